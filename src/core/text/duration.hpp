// Durations as people write them: 10ms, 100us, 1m30s.
#pragma once

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"

namespace stalemate {

/// Reads a duration: one or more of NUMBER UNIT, units h m s ms us (or µs) ns, each at most once and in falling order;
/// NUMBER is decimal, with an optional fraction ("1.5s"). The sum is positive and at most 24 h.
/// Errors: ErrorCode::wrong_type with a sentence that names the text and what would be right.
[[nodiscard]] Result<Nanoseconds> parse_duration(std::string_view text);

/// The shortest exact text parse_duration reads back, such as "1m30s"; "0s" for 0. Requires: duration_ns >= 0.
[[nodiscard]] std::string format_duration(Nanoseconds duration_ns);

/// For people: three significant digits and one unit, such as "1.24 ms" or "20.0 s"; a negative one has a minus sign.
[[nodiscard]] std::string format_duration_short(Nanoseconds duration_ns);

}  // namespace stalemate
