// The reader of Jepsen's text logs: lines that end in `PROCESS\t:TYPE\t:F\tVALUE`, with tabs or spaces, among others
// that do not.
#include <algorithm>
#include <charconv>
#include <vector>

#include "record/foreign/event_assembler.hpp"
#include "record/foreign/import.hpp"

namespace stalemate {
namespace {

constexpr std::string_view shape_wanted =
    "; an op should look like \"... 0\\t:invoke\\t:read\\tnil\", its parts divided by tabs or spaces";

std::vector<std::string_view> split_at_tabs(std::string_view line) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const std::size_t end = line.find('\t', begin);
    std::string_view part = line.substr(begin, end - begin);
    const std::size_t first = part.find_first_not_of(' ');
    part.remove_prefix(std::min(first, part.size()));
    while (part.ends_with(' ') || part.ends_with('\r')) {
      part.remove_suffix(1);
    }
    parts.push_back(part);
    if (end == std::string_view::npos) {
      return parts;
    }
    begin = end + 1;
  }
}

bool is_type(std::string_view part) {
  return part.starts_with(':') && event_type_of(part.substr(1)).has_value();
}

/// Words up to the function that follows a type, then the rest as it is: a value may hold spaces.
std::vector<std::string_view> split_at_spaces(std::string_view line) {
  constexpr std::string_view spaces = " \t\r";
  std::vector<std::string_view> parts;
  line = line.substr(0, line.find_last_not_of(spaces) + 1);
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(spaces), line.size()));
    const bool is_value =
        parts.size() > 2 && is_type(parts[parts.size() - 2]) && parts.back().starts_with(':') && !line.empty();
    const std::string_view part = is_value ? line : line.substr(0, line.find_first_of(spaces));
    if (part.empty()) {
      return parts;
    }
    parts.push_back(part);
    line.remove_prefix(part.size());
  }
}

/// Of a line with spaces only one that holds a type and a function is taken for an op: others may hold a word like
/// `:ok`.
std::vector<std::string_view> split(std::string_view line) {
  if (line.contains("\t:")) {
    return split_at_tabs(line);
  }
  std::vector<std::string_view> parts = split_at_spaces(line);
  const auto type = std::ranges::find_if(parts, is_type);
  const bool is_op = type != parts.end() && type + 1 != parts.end() && (type + 1)->starts_with(':');
  return is_op ? parts : std::vector<std::string_view>();
}

/// Which of the parts is `:invoke`, `:ok`, `:fail` or `:info`; the number of parts if none.
std::size_t find_type(const std::vector<std::string_view>& parts) {
  for (std::size_t place = 1; place < parts.size(); ++place) {
    if (is_type(parts[place])) {
      return place;
    }
  }
  return parts.size();
}

/// Adds the line's event; lines without one are other lines of the log.
Result<void> take_line(std::string_view line, std::string_view name, std::uint64_t number,
                       std::vector<RawEvent>& events) {
  const auto wrong = [&](const std::string& what) {
    return failed(ErrorCode::protocol,
                  std::string(name) + ", line " + std::to_string(number) + ": " + what + std::string(shape_wanted));
  };
  const std::vector<std::string_view> parts = split(line);
  const std::size_t type = find_type(parts);
  if (type == parts.size()) {
    return {};
  }
  const std::string_view before = parts[type - 1];
  const std::string_view process = before.substr(before.find_last_of(' ') + 1);
  if (process.starts_with(":")) {
    return {};  // the nemesis
  }
  RawEvent event{.type = *event_type_of(parts[type].substr(1)), .line = number};
  std::int64_t process_number = 0;
  const char* const end = process.data() + process.size();
  if (const auto [stop, code] = std::from_chars(process.data(), end, process_number);
      stop != end || code != std::errc()) {
    return wrong("\"" + std::string(process.substr(0, 40)) + "\" is no process number");
  }
  event.process = std::to_string(process_number);
  if (type + 1 >= parts.size() || !parts[type + 1].starts_with(':')) {
    return wrong("after " + std::string(parts[type]) + " should follow one of " + std::string(functions_known));
  }
  if (!take_function(parts[type + 1].substr(1), event)) {
    return wrong(why_not_read(parts[type + 1].substr(1)));
  }
  if (type + 2 >= parts.size()) {
    return wrong("the value is missing");
  }
  edn::Reader reader(parts[type + 2], name);
  Result<edn::Form> value = reader.next();
  if (!value) {
    return wrong("the value \"" + std::string(parts[type + 2].substr(0, 40)) + "\" is not EDN");
  }
  event.value = std::move(*value);
  events.push_back(std::move(event));
  return {};
}

}  // namespace

Result<EventHistory> parse_jepsen_log(std::string_view text, std::string_view name) {
  return parse_jepsen_log(text, name, false);
}

Result<EventHistory> parse_jepsen_log(std::string_view text, std::string_view name, bool is_excerpt) {
  std::vector<RawEvent> events;
  std::uint64_t number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    if (const Result<void> taken = take_line(text.substr(begin, end - begin), name, ++number, events); !taken) {
      return std::unexpected(taken.error());
    }
    begin = end + 1;
  }
  Result<EventHistory> history = assemble(std::move(events), std::nullopt, {.name = name, .is_excerpt = is_excerpt});
  if (history && !text.ends_with('\n')) {
    history->notes.push_back(cut_line_note(number));
  }
  return history;
}

}  // namespace stalemate
