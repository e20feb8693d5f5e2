// The JSON lines writer.
#include "core/text/printable.hpp"
#include "record/foreign/event_log.hpp"
#include "record/foreign/export.hpp"
#include "record/foreign/json_value.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

std::string_view json_type(EventType type) {
  switch (type) {
    case EventType::invoke: return "invoke";
    case EventType::ok: return "ok";
    case EventType::fail: return "fail";
    case EventType::info: return "info";
  }
  return "info";
}

Json json_value(const EventHistory& history, const EventOp& op, EventType type) {
  if (op.kind == EventKind::cas) {
    return Json::array({json_of(history.values, op.expected), json_of(history.values, op.value)});
  }
  return op.kind == EventKind::read && type != EventType::ok ? Json() : json_of(history.values, op.value);
}

/// A process, or a value as a form. Only nil, integers and texts are JSON's own.
Json json_of_edn(const std::string& text) {
  edn::Reader reader(text, "a process");
  const edn::Form form = reader.next().value_or(edn::Form{});
  return form.kind == edn::FormKind::integer || form.kind == edn::FormKind::text ? json_of(form) : Json{{"edn", text}};
}

Json json_of_facts(const EventHistory& history, bool has_keys) {
  Json facts = json_of(form_of_facts(history, has_keys));
  if (history.has_initial) {
    facts["initial"] = json_of(history.values, history.initial);
  }
  return facts;
}

/// One line, with terminal control characters escaped.
void write_line(const Json& json, std::ostream& out) {
  out << printable(json.dump()) << "\n";
}

/// The extra members of an op's first line.
void add_details(const EventOp& op, Json& json) {
  if (op.intended != op.invocation) {
    json["intended"] = op.intended;
  }
  if (op.version != unknown_version) {
    json["version"] = op.version;
  } else if (op.update != UpdateFate::unseen) {
    json["update"] = name_of(op.update);
  }
}

}  // namespace

void write_json_lines(const EventHistory& history, std::ostream& out) {
  const bool has_keys = is_keyed(history);
  write_line(
      Json{
          {"process", "nemesis"}, {"type", "info"}, {"f", export_facts_f}, {"value", json_of_facts(history, has_keys)}},
      out);
  std::size_t number = 0;
  for (const LogLine& line : make_log(history)) {
    const EventOp& op = history.ops[line.op];
    Json json = {{"index", number++}};
    if (history.timed) {
      json["time"] = line.instant;
    }
    json["type"] = json_type(line.type);
    json["process"] = json_of_edn(history.processes[op.process]);
    json["f"] = name_of(op.kind);
    Json value = json_value(history, op, line.type);
    if (has_keys) {
      value = Json::array({json_of(history.values, history.keys[op.key]), std::move(value)});
    }
    json["value"] = std::move(value);
    if (line.says_op) {
      json["op"] = op.index;
    }
    if (line.type == EventType::invoke) {
      add_details(op, json);
    } else if (op.error != ErrorCode::none) {
      json["error"] = name_of(op.error);
    }
    write_line(json, out);
  }
}

}  // namespace stalemate
