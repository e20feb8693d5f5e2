// The EDN writer.
#include "record/foreign/edn.hpp"
#include "record/foreign/event_log.hpp"
#include "record/foreign/export.hpp"

namespace stalemate {
namespace {

std::string_view edn_type(EventType type) {
  switch (type) {
    case EventType::invoke: return ":invoke";
    case EventType::ok: return ":ok";
    case EventType::fail: return ":fail";
    case EventType::info: return ":info";
  }
  return ":info";
}

std::string edn_value(const EventHistory& history, const EventOp& op, EventType type) {
  if (op.kind == EventKind::cas) {
    return "[" + history.values.edn(op.expected) + " " + history.values.edn(op.value) + "]";
  }
  return op.kind == EventKind::read && type != EventType::ok ? "nil" : history.values.edn(op.value);
}

/// The extra members of an op's first line.
void write_details(const EventOp& op, std::ostream& out) {
  if (op.intended != op.invocation) {
    out << ", :intended " << op.intended;
  }
  if (op.version != unknown_version) {
    out << ", :version " << op.version;
  } else if (op.update != UpdateFate::unseen) {
    out << ", :update :" << name_of(op.update);
  }
}

}  // namespace

void write_edn(const EventHistory& history, std::ostream& out) {
  const bool has_keys = is_keyed(history);
  out << "{:process :nemesis, :type :info, :f :" << export_facts_f << ", :value "
      << print(form_of_facts(history, has_keys)) << "}\n";
  std::size_t number = 0;
  for (const LogLine& line : make_log(history)) {
    const EventOp& op = history.ops[line.op];
    const std::string value = edn_value(history, op, line.type);
    out << "{:index " << number++;
    if (history.timed) {
      out << ", :time " << line.instant;
    }
    out << ", :type " << edn_type(line.type) << ", :process " << history.processes[op.process]
        << ", :f :" << name_of(op.kind) << ", :value ";
    if (has_keys) {
      out << "[" << history.values.edn(history.keys[op.key]) << " " << value << "]";
    } else {
      out << value;
    }
    if (line.says_op) {
      out << ", :op " << op.index;
    }
    if (line.type == EventType::invoke) {
      write_details(op, out);
    }
    if (line.type != EventType::invoke && op.error != ErrorCode::none) {
      out << ", :error :" << name_of(op.error);
    }
    out << "}\n";
  }
}

}  // namespace stalemate
