// The CSV writer (RFC 4180, with line feeds).
#include "record/foreign/csv.hpp"
#include "record/foreign/event_log.hpp"
#include "record/foreign/export.hpp"

namespace stalemate {
namespace {

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string result = "\"";
  for (const char character : text) {
    result += character == '"' ? "\"\"" : std::string(1, character);
  }
  return result + "\"";
}

}  // namespace

void write_csv(const EventHistory& history, std::ostream& out) {
  std::string_view divider;
  for (const std::string_view name : history.timed ? csv::timed_names : csv::ordered_names) {
    out << divider << name;
    divider = ",";
  }
  out << "\n";
  out << ",,," << export_facts_f << ",," << field(print(form_of_facts(history, is_keyed(history)))) << ",,,,,,\n";
  for (const EventOp& op : history.ops) {
    out << op.index << "," << field(history.processes[op.process]) << ","
        << field(history.values.edn(history.keys[op.key])) << "," << name_of(op.kind) << ","
        << (op.kind == EventKind::cas ? field(history.values.edn(op.expected)) : "") << ","
        << field(history.values.edn(op.value)) << "," << name_of(op.outcome) << "," << op.invocation << ",";
    if (op.completion != never) {
      out << op.completion;
    }
    out << "," << op.intended << "," << (op.error == ErrorCode::none ? std::string_view() : name_of(op.error)) << ",";
    if (op.version != unknown_version) {
      out << op.version;
    } else if (op.update != UpdateFate::unseen) {
      out << name_of(op.update);
    }
    out << "\n";
  }
}

}  // namespace stalemate
