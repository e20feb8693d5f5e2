// The columns of our CSV files, which the writer and the reader share.
#pragma once

#include <array>
#include <string_view>

namespace stalemate::csv {

enum Column : unsigned { op, process, key, f, expected, value, outcome, invocation, completion, intended, error };

/// The names where instants are nanoseconds.
inline constexpr std::array<std::string_view, 11> timed_names = {
    "op",      "process",       "key",           "f",           "expected", "value",
    "outcome", "invocation_ns", "completion_ns", "intended_ns", "error"};
/// The names where they are positions in a log.
inline constexpr std::array<std::string_view, 11> ordered_names = {"op",
                                                                   "process",
                                                                   "key",
                                                                   "f",
                                                                   "expected",
                                                                   "value",
                                                                   "outcome",
                                                                   "invocation_position",
                                                                   "completion_position",
                                                                   "intended_position",
                                                                   "error"};

/// The `f` of the row that says what every key held at first, before all ops; nothing else is filled in but `value`.
inline constexpr std::string_view initial_f = "initial";

}  // namespace stalemate::csv
