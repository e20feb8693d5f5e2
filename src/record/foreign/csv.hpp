// The columns of our CSV files, which the writer and the reader share.
#pragma once

#include <array>
#include <string_view>

namespace stalemate::csv {

enum Column : unsigned {
  op,
  process,
  key,
  f,
  expected,
  value,
  outcome,
  invocation,
  completion,
  intended,
  error,
  update
};

/// The names where instants are nanoseconds.
inline constexpr std::array<std::string_view, 12> timed_names = {
    "op",      "process",       "key",           "f",           "expected", "value",
    "outcome", "invocation_ns", "completion_ns", "intended_ns", "error",    "update"};
/// The names where they are positions in a log.
inline constexpr std::array<std::string_view, 12> ordered_names = {"op",
                                                                   "process",
                                                                   "key",
                                                                   "f",
                                                                   "expected",
                                                                   "value",
                                                                   "outcome",
                                                                   "invocation_position",
                                                                   "completion_position",
                                                                   "intended_position",
                                                                   "error",
                                                                   "update"};
/// The `f` of a row of older files, which says what every key held at first in `value`.
inline constexpr std::string_view initial_f = "initial";
/// Files without the last of the columns are read as well.
inline constexpr std::size_t columns_min = timed_names.size() - 1;

}  // namespace stalemate::csv
