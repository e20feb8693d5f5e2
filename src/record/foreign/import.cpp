#include "record/foreign/import.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "record/foreign/edn.hpp"
#include "record/foreign/event_assembler.hpp"
#include "record/history_reader.hpp"
#include "record/load/mapped_file.hpp"

namespace stalemate {
namespace {

/// The first character that is neither blank nor within a comment of EDN, and the next one after it that is no blank.
std::string_view first_two(std::string_view text, char (&buffer)[2]) {
  std::size_t found = 0;
  for (std::size_t at = 0; at < text.size() && found < 2; ++at) {
    if (text[at] == ';') {
      at = std::min(text.find('\n', at), text.size());
    } else if (std::string_view(" \t\r\n,").find(text[at]) == std::string_view::npos) {
      buffer[found++] = text[at];
    }
  }
  return {buffer, found};
}

}  // namespace

std::string_view name_of(HistoryFormat format) {
  switch (format) {
    case HistoryFormat::native: return "native";
    case HistoryFormat::edn: return "edn";
    case HistoryFormat::json_lines: return "json-lines";
    case HistoryFormat::jepsen_log: return "jepsen-log";
    case HistoryFormat::csv: return "csv";
  }
  STALEMATE_ASSERT(false, "a history format outside the enumeration");
}

Result<HistoryFormat> guess_format(std::string_view bytes, std::string_view name) {
  if (looks_like_history(std::as_bytes(std::span(bytes)))) {
    return HistoryFormat::native;
  }
  if (bytes.starts_with(calls_record_begin)) {
    return failed(ErrorCode::protocol,
                  std::string(name) +
                      " is a record of calls to stores, as `stalemate proxy --record` writes it; a "
                      "history has reads and writes of clients, and which of these a call belongs to "
                      "is not in the record (`stalemate run` of the service's own file tells it)");
  }
  if (bytes.starts_with("op,process,key,")) {
    return HistoryFormat::csv;
  }
  constexpr std::size_t looked_at_bytes = std::size_t{1} << 20U;
  const std::string_view front = bytes.substr(0, looked_at_bytes);
  char buffer[2] = {};
  const std::string_view two = first_two(front, buffer);
  if (two == "{\"") {
    return HistoryFormat::json_lines;
  }
  if (two == "[{" && front.find(':') > front.find('"')) {
    return HistoryFormat::json_lines;
  }
  if (!two.empty() && std::string_view("[({#").find(two[0]) != std::string_view::npos) {
    return HistoryFormat::edn;
  }
  if (front.find("\t:invoke") != std::string_view::npos || front.find(" :invoke ") != std::string_view::npos) {
    return HistoryFormat::jepsen_log;
  }
  return failed(ErrorCode::protocol,
                std::string(name) + (bytes.empty() ? " is empty" : " is in no format known here") +
                    "; a history begins with SMHIST (our own), [ or { (EDN or JSON), \"op,process,key\" (CSV), or has "
                    "lines like \"0 :invoke :read nil\" (a Jepsen log)");
}

namespace {

Result<EventHistory> read_own_events(const std::filesystem::path& path) {
  const Result<History> history = read_history(path);
  if (!history) {
    return std::unexpected(history.error());
  }
  EventHistory events = to_events(*history);
  events.name = path.string();
  return events;
}

Result<EventHistory> parse_as(HistoryFormat format, std::string_view text, std::string_view name, bool is_excerpt) {
  switch (format) {
    case HistoryFormat::edn: return parse_edn(text, name, is_excerpt);
    case HistoryFormat::json_lines: return parse_json_lines(text, name, is_excerpt);
    case HistoryFormat::jepsen_log: return parse_jepsen_log(text, name, is_excerpt);
    case HistoryFormat::csv: {
      Result<EventHistory> events = parse_csv(text, name);
      if (events) {
        events->facts.is_excerpt = events->facts.is_excerpt || is_excerpt;
      }
      return events;
    }
    case HistoryFormat::native: break;
  }
  return failed(ErrorCode::protocol, std::string(name) + " is one of our own histories, not a text");
}

std::unexpected<Error> wrong_option(std::string_view option, const std::string& why) {
  return failed(ErrorCode::wrong_type, std::string(option) + ": " + why);
}

/// Every key held it at first.
Result<void> set_initial(EventHistory& events, const std::string& text) {
  if (events.has_initial) {
    return wrong_option("--initial", events.name + " says itself that every key held " +
                                         events.values.edn(events.initial) + " at first, so leave it out");
  }
  edn::Reader reader(text, "--initial");
  const Result<edn::Form> form = reader.next();
  if (!form || !reader.skip() || !reader.is_at_end()) {
    return wrong_option("--initial", "'" + text + "' is no value in EDN, such as nil, 0, \"a text\" or [1 2]");
  }
  events.has_initial = true;
  events.initial = intern(events.values, *form);
  put_in_order(events);
  return {};
}

}  // namespace

Result<EventHistory> parse_events(std::string_view text, std::string_view name, const ImportOptions& options) {
  if (options.is_excerpt && options.initial) {
    return wrong_option("--initial", "what held before an --excerpt is not known, so leave out one of the two");
  }
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // which editors put before UTF-8
  text.remove_prefix(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
  const Result<HistoryFormat> format = guess_format(text, name);
  if (!format) {
    return std::unexpected(format.error());
  }
  Result<EventHistory> events = parse_as(*format, text, name, options.is_excerpt);
  if (events && options.initial) {
    if (Result<void> set = set_initial(*events, *options.initial); !set) {
      return std::unexpected(set.error());
    }
  }
  return events;
}

Result<EventHistory> read_events(const std::filesystem::path& path, const ImportOptions& options) {
  const Result<bool> is_own = is_own_history(path);
  if (!is_own) {
    return std::unexpected(is_own.error());
  }
  if (*is_own) {
    if (options.is_excerpt || options.initial) {
      return wrong_option(options.is_excerpt ? "--excerpt" : "--initial",
                          path.string() + " is one of our own histories, which say what every row held at first");
    }
    return read_own_events(path);
  }
  const Result<MappedFile> file = MappedFile::open(path, text_history_limit);
  if (!file) {
    return std::unexpected(file.error());
  }
  return file->if_whole(parse_events(file->text(), path.string(), options));
}

}  // namespace stalemate
