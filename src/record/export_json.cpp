// The JSON lines writer.
#include "record/event_log.hpp"
#include "record/export.hpp"
#include "record/json_value.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

std::string_view type_name(EventType type) {
  switch (type) {
    case EventType::invoke: return "invoke";
    case EventType::ok: return "ok";
    case EventType::fail: return "fail";
    case EventType::info: return "info";
  }
  return "info";
}

Json value_of(const EventHistory& history, const EventOp& op, EventType type) {
  if (op.kind == EventKind::cas) {
    return Json::array({json_of(history.values, op.expected), json_of(history.values, op.value)});
  }
  return op.kind == EventKind::read && type != EventType::ok ? Json() : json_of(history.values, op.value);
}

}  // namespace

void write_json_lines(const EventHistory& history, std::ostream& out) {
  const bool has_keys = is_keyed(history);
  Json facts = {{"keyed", has_keys}, {"timed", history.timed}};
  if (history.has_initial) {
    facts["initial"] = json_of(history.values, history.initial);
  }
  out << Json{{"process", "nemesis"}, {"type", "info"}, {"f", export_facts_f}, {"value", facts}}.dump() << "\n";
  std::size_t number = 0;
  for (const LogLine& line : make_log(history)) {
    const EventOp& op = history.ops[line.op];
    Json json = {{"index", number++}};
    if (history.timed) {
      json["time"] = line.instant;
    }
    json["type"] = type_name(line.type);
    json["process"] = history.processes[op.process];
    json["f"] = name_of(op.kind);
    Json value = value_of(history, op, line.type);
    if (has_keys) {
      value = Json::array({json_of(history.values, history.keys[op.key]), std::move(value)});
    }
    json["value"] = std::move(value);
    if (line.says_op) {
      json["op"] = op.index;
    }
    if (line.type == EventType::invoke && op.intended != op.invocation) {
      json["intended"] = op.intended;
    }
    if (line.type != EventType::invoke && op.error != ErrorCode::none) {
      json["error"] = name_of(op.error);
    }
    out << json.dump() << "\n";
  }
}

}  // namespace stalemate
