// What repeats of one measurement say together.
#pragma once

#include <cstdint>
#include <span>

namespace stalemate {

/// Invariant: min <= median <= max.
struct Spread {
  double median = 0;  ///< of an even number the mean of the two in the middle
  double min = 0;
  double max = 0;
  std::uint64_t count = 0;
  friend bool operator==(const Spread&, const Spread&) = default;
};

/// Requires: at least one, none of them a NaN.
[[nodiscard]] Spread spread_of(std::span<const double> values);

}  // namespace stalemate
