// Reads histories that others recorded, and our own as exported.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/input_file.hpp"
#include "record/foreign/event_history.hpp"

namespace stalemate {

/// `native`: our own blocks. `edn`: Jepsen's histories and the kv and cas-register files, a map a line or one vector of
/// them. `json_lines`: a JSON object a line. `jepsen_log`: lines of `INFO  jepsen.util - PROCESS\t:TYPE\t:F\tVALUE`.
/// `csv`: as write_csv makes it.
enum class HistoryFormat : std::uint8_t { native, edn, json_lines, jepsen_log, csv };
[[nodiscard]] std::string_view name_of(HistoryFormat format);

/// How a record of calls to stores begins, which `proxy --record` writes. It is no history.
inline constexpr std::string_view calls_record_begin = R"({"format":"stalemate calls )";

/// The formats other than our own. A file in them is read as a whole.
inline constexpr InputLimit text_history_limit = {.what = "a history that is a text",
                                                  .bytes_max = std::uint64_t{1} << 30U};

/// The format that the bytes look like; the file's name does not matter.
/// Errors: ErrorCode::protocol, none of the formats; the sentence says what each begins with, or that it is a record of
/// calls.
[[nodiscard]] Result<HistoryFormat> guess_format(std::string_view bytes, std::string_view name);

/// What the user says of a file that does not say it itself.
struct ImportOptions {
  bool is_excerpt = false;                  ///< a part of a longer history; ops may end that have not begun
  std::optional<std::string> initial = {};  ///< what every key held at first, as EDN
};

/// Each reads a whole text. `name` is what error sentences call the file.
/// An op without a completion, or with `:info`, is `info`; ops of :nemesis are left out. A `delete` is a write of nil,
/// an `insert` a cas from nil. Errors: ErrorCode::protocol; the sentence gives file, line, what was wrong and what
/// would be right.
[[nodiscard]] Result<EventHistory> parse_edn(std::string_view text, std::string_view name);
[[nodiscard]] Result<EventHistory> parse_edn(std::string_view text, std::string_view name, bool is_excerpt);
[[nodiscard]] Result<EventHistory> parse_json_lines(std::string_view text, std::string_view name);
[[nodiscard]] Result<EventHistory> parse_json_lines(std::string_view text, std::string_view name, bool is_excerpt);
[[nodiscard]] Result<EventHistory> parse_jepsen_log(std::string_view text, std::string_view name);
[[nodiscard]] Result<EventHistory> parse_jepsen_log(std::string_view text, std::string_view name, bool is_excerpt);
[[nodiscard]] Result<EventHistory> parse_csv(std::string_view text, std::string_view name);

/// The same for a text in any of these formats.
/// Errors: as guess_format and the parsers; ErrorCode::wrong_type, an option says what the file says itself, or what is
/// no value in EDN.
[[nodiscard]] Result<EventHistory> parse_events(std::string_view text, std::string_view name,
                                                const ImportOptions& options = {});

/// The history in `path`, in any format. Read native ones with read_history, which keeps steps.
/// Errors: as read_history and parse_events.
[[nodiscard]] Result<EventHistory> read_events(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace stalemate
