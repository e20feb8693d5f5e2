// The JSON lines reader: an object a line, as Jepsen's EDN has it with texts for keywords; one array of them too.
#include <limits>
#include <nlohmann/json.hpp>

#include "record/event_assembler.hpp"
#include "record/import.hpp"
#include "record/json_value.hpp"

namespace stalemate {
namespace {

using edn::Form;
using Json = nlohmann::ordered_json;

constexpr std::string_view shape_wanted =
    R"(; an op should look like {"type": "invoke", "process": 0, "f": "read", "value": null})";

class JsonHistory {
 public:
  explicit JsonHistory(std::string_view name) : name_(name) {}

  Result<void> take(const Json& op, std::uint64_t line) {
    line_ = line;
    if (!op.is_object()) {
      return wrong("this is not an object");
    }
    const Json* process = find(op, "process");
    if (process != nullptr && process->is_string()) {
      return take_other(op);
    }
    if (process == nullptr || !is_whole(*process)) {
      return wrong(process == nullptr ? "the op has no \"process\"" : "\"process\" is no whole number");
    }
    RawEvent event{.process = process->get<std::int64_t>(), .line = line};
    const auto type = event_type_of(word(op, "type"));
    const auto kind = event_kind_of(word(op, "f"));
    if (!type) {
      return wrong("\"type\" should be invoke, ok, fail or info");
    }
    if (!kind) {
      return wrong("\"f\" should be read, write, cas, append or add");
    }
    event.type = *type;
    event.kind = *kind;
    return take_rest(op, std::move(event));
  }

  Result<EventHistory> finish() { return assemble(std::move(events_), facts_, name_); }

 private:
  std::unexpected<Error> wrong(const std::string& what) const {
    return failed(ErrorCode::protocol,
                  std::string(name_) + ", line " + std::to_string(line_) + ": " + what + std::string(shape_wanted));
  }

  static const Json* find(const Json& object, const char* name) {
    const auto member = object.find(name);
    return member == object.end() ? nullptr : &*member;
  }

  /// An integer of 64 bits with a sign.
  static bool is_whole(const Json& json) {
    return json.is_number_integer() &&
           (!json.is_number_unsigned() ||
            json.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  }

  /// The text without a colon before it, which some exporters leave there; empty where there is none.
  static std::string word(const Json& object, const char* name) {
    const Json* member = find(object, name);
    if (member == nullptr || !member->is_string()) {
      return {};
    }
    auto text = member->get<std::string>();
    return text.starts_with(':') ? text.substr(1) : text;
  }

  Result<void> take_rest(const Json& op, RawEvent event) {
    if (const Json* value = find(op, "value"); value != nullptr) {
      Result<Form> form = form_of(*value);
      if (!form) {
        return wrong(form.error().detail);
      }
      event.value = std::move(*form);
    }
    if (const Json* key = find(op, "key"); key != nullptr) {
      Result<Form> form = form_of(*key);
      if (!form) {
        return wrong(form.error().detail);
      }
      event.key = std::move(*form);
    }
    if (const Json* time = find(op, "time"); time != nullptr && is_whole(*time)) {
      event.time_ns = time->get<std::int64_t>();
    }
    if (const Json* intended = find(op, "intended"); intended != nullptr && is_whole(*intended)) {
      event.intended_ns = intended->get<std::int64_t>();
    }
    if (const Json* index = find(op, "op"); index != nullptr) {
      if (!index->is_number_unsigned() || index->get<std::uint64_t>() >= std::numeric_limits<std::uint32_t>::max()) {
        return wrong("\"op\" is not a number from 0 to 4294967294");
      }
      event.op_index = index->get<std::uint32_t>();
    }
    event.error = error_code_of(word(op, "error"));
    events_.push_back(std::move(event));
    return {};
  }

  Result<void> take_other(const Json& op) {
    const Json* value = find(op, "value");
    if (word(op, "f") != export_facts_f || value == nullptr || !value->is_object()) {
      return {};
    }
    const auto is_true = [&](const char* name) {
      const Json* member = find(*value, name);
      return member != nullptr && member->is_boolean() && member->get<bool>();
    };
    facts_.emplace(ExportFacts{.is_keyed = is_true("keyed"), .is_timed = is_true("timed")});
    if (const Json* initial = find(*value, "initial"); initial != nullptr) {
      Result<Form> form = form_of(*initial);
      if (!form) {
        return wrong(form.error().detail);
      }
      facts_->has_initial = true;
      facts_->initial = std::move(*form);
    }
    return {};
  }

  std::string_view name_;
  std::uint64_t line_ = 0;
  std::vector<RawEvent> events_;
  std::optional<ExportFacts> facts_;
};

Result<Json> parse_json(std::string_view text, std::string_view name, std::uint64_t line, bool is_last) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return failed(ErrorCode::protocol,
                  std::string(name) + ", line " + std::to_string(line) + ": this is not JSON" +
                      (is_last ? ", and the file ends here without an end of line, so it may be cut" : "") +
                      std::string(shape_wanted));
  }
  return json;
}

}  // namespace

Result<EventHistory> parse_json_lines(std::string_view text, std::string_view name) {
  JsonHistory history(name);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') {
    const Result<Json> array = parse_json(text, name, 1, false);
    if (!array) {
      return std::unexpected(array.error());
    }
    std::uint64_t number = 0;
    for (const Json& op : *array) {
      if (const Result<void> taken = history.take(op, ++number); !taken) {
        return std::unexpected(taken.error());
      }
    }
    Result<EventHistory> finished = history.finish();
    if (finished) {
      finished->has_end_mark = true;
    }
    return finished;
  }
  std::uint64_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    const Result<Json> op = parse_json(line, name, number, end == text.size());
    if (!op) {
      return std::unexpected(op.error());
    }
    if (const Result<void> taken = history.take(*op, number); !taken) {
      return std::unexpected(taken.error());
    }
  }
  return history.finish();
}

}  // namespace stalemate
