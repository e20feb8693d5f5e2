// The header and the trailer of a history as JSON text, and back.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "record/history.hpp"

namespace stalemate {

[[nodiscard]] std::string to_json(const HistoryHeader& header);
[[nodiscard]] std::string to_json(const HistoryTrailer& trailer);

/// Errors of both: ErrorCode::protocol; the sentence names the member that is missing or of another type. Unknown
/// members are ignored.
[[nodiscard]] Result<HistoryHeader> parse_header_json(std::string_view text);
[[nodiscard]] Result<HistoryTrailer> parse_trailer_json(std::string_view text);

}  // namespace stalemate
