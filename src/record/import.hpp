// Reads histories that others recorded, and our own as exported.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/error.hpp"
#include "core/input_file.hpp"
#include "record/event_history.hpp"

namespace stalemate {

/// `native`: our own blocks. `edn`: Jepsen's histories and the kv and cas-register files, a map a line or one vector of
/// them. `json_lines`: a JSON object a line. `jepsen_log`: lines of `INFO  jepsen.util - PROCESS\t:TYPE\t:F\tVALUE`.
/// `csv`: as write_csv makes it.
enum class HistoryFormat : std::uint8_t { native, edn, json_lines, jepsen_log, csv };
[[nodiscard]] std::string_view name_of(HistoryFormat format);

/// A history in any format but our own, which is read as a whole.
inline constexpr InputLimit text_history_limit = {.what = "a history that is a text",
                                                  .bytes_max = std::uint64_t{1} << 30U};

/// What the bytes look like, whatever the file is called.
/// Errors: ErrorCode::protocol, none of the formats; the sentence says what each begins with.
[[nodiscard]] Result<HistoryFormat> guess_format(std::string_view bytes, std::string_view name);

/// Each reads a whole text. `name` is what error sentences call the file.
/// An op without a completion, or with `:info`, is `info`; ops of :nemesis are left out.
/// Errors: ErrorCode::protocol; the sentence gives file, line, what was wrong and what would be right.
[[nodiscard]] Result<EventHistory> parse_edn(std::string_view text, std::string_view name);
[[nodiscard]] Result<EventHistory> parse_json_lines(std::string_view text, std::string_view name);
[[nodiscard]] Result<EventHistory> parse_jepsen_log(std::string_view text, std::string_view name);
[[nodiscard]] Result<EventHistory> parse_csv(std::string_view text, std::string_view name);

/// The history in `path`, in whichever format it is. Native ones are better read with read_history, which keeps steps.
/// Errors: as read_history, guess_format and the parsers.
[[nodiscard]] Result<EventHistory> read_events(const std::filesystem::path& path);

}  // namespace stalemate
