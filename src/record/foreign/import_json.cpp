// The JSON lines reader: an object a line, as Jepsen's EDN has it with texts for keywords; one array of them too.
#include <algorithm>

#include "record/foreign/import.hpp"
#include "record/foreign/import_op.hpp"
#include "record/foreign/json_value.hpp"

namespace stalemate {
namespace {

using edn::Form;

constexpr OpNotation json_notation = {
    .before = "\"",
    .behind = "\"",
    .shape = R"(an op should look like {"type": "invoke", "process": 0, "f": "read", "value": null})"};

Result<Form> parse_json(std::string_view text, std::string_view name, std::uint64_t line, bool is_last,
                        std::uint64_t forms_max = edn::Reader::forms_max) {
  Result<Form> form = form_of_json(text, forms_max);
  if (!form) {
    return failed(ErrorCode::protocol,
                  std::string(name) + ", line " + std::to_string(line) + ": " + form.error().detail +
                      (is_last ? ", and the file ends here without an end of line, so it may be cut" : "") + "; " +
                      std::string(json_notation.shape));
  }
  return form;
}

/// One array of ops; an op's line is its place.
Result<EventHistory> parse_array(std::string_view text, std::string_view name, OpReader& history) {
  const Result<Form> array = parse_json(text, name, 1, false, OpReader::forms_max);
  if (!array) {
    return std::unexpected(array.error());
  }
  std::uint64_t number = 0;
  for (const Form& op : array->items) {
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

}  // namespace

Result<EventHistory> parse_json_lines(std::string_view text, std::string_view name) {
  return parse_json_lines(text, name, false);
}

Result<EventHistory> parse_json_lines(std::string_view text, std::string_view name, bool is_excerpt) {
  OpReader history(name, json_notation, is_excerpt);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') {
    return parse_array(text, name, history);
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
    const Result<Form> op = parse_json(line, name, number, end == text.size());
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
