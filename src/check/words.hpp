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
/// "3 ns", "12.5 us", "3.25 ms", "1.5 s": three significant digits; of instants that are positions, "3 positions".
[[nodiscard]] std::string words_of_duration(Nanoseconds duration_ns, bool is_timed = true);
/// "1007", "nothing" for absent, or the imported name.
[[nodiscard]] std::string words_of_value(const HistoryHeader& header, Value value);
/// The key's imported name or number, or its product id.
[[nodiscard]] std::string words_of_key(const HistoryHeader& header, Key key);
/// The client's imported name or number.
[[nodiscard]] std::string words_of_client(const HistoryHeader& header, ClientId client);
/// "1.2 s to 1.3 s", "begun at 1.2 s, never answered"; of instants that are positions, "positions 4 to 7".
[[nodiscard]] std::string words_of_interval(Nanoseconds invocation_ns, Nanoseconds completion_ns, bool is_timed);
/// "client 3's write of 1007 (op 12, 1.2 s to 1.3 s)", "client 3's delete (op 13, 2 s to 2.1 s)", "client 1's read of
/// 1000 (op 4, begun at 1.2 s, never answered)".
[[nodiscard]] std::string words_of_op(const HistoryHeader& header, const Op& op);

}  // namespace stalemate
