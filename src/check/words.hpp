// Words for ops and times in the sentences of violations and stories.
#pragma once

#include <string>

#include "core/op.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Instants up to this one are said to be "before the run".
inline constexpr Nanoseconds before_the_run = -(Nanoseconds{1} << 60U);

/// "1.234567 s": an instant since the run's start, to the nanosecond, without trailing zeros; "never".
[[nodiscard]] std::string words_of_instant(Nanoseconds instant_ns);
/// "3 ns", "12.5 us", "3.25 ms", "1.5 s": three significant digits.
[[nodiscard]] std::string words_of_duration(Nanoseconds duration_ns);
/// "1007", "nothing" for absent, or the imported name.
[[nodiscard]] std::string words_of_value(const HistoryHeader& header, Value value);
/// The key's imported name or product id.
[[nodiscard]] std::string words_of_key(const HistoryHeader& header, Key key);
/// "client 3's write of 1007 (op 12, 1.2 s to 1.3 s)", "client 1's read of 1000 (op 4, from 1.2 s, never completed)".
[[nodiscard]] std::string words_of_op(const HistoryHeader& header, const Op& op);

}  // namespace stalemate
