#include "report/comparison/spread.hpp"

#include <algorithm>
#include <vector>

#include "core/assert.hpp"

namespace stalemate {

Spread spread_of(std::span<const double> values) {
  STALEMATE_ASSERT(!values.empty(), "a spread is of something");
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  const std::size_t middle = sorted.size() / 2;
  const double upper = sorted[middle];
  const double median = sorted.size() % 2 == 1 ? upper : sorted[middle - 1] + (upper - sorted[middle - 1]) / 2;
  return {median, sorted.front(), sorted.back(), sorted.size()};
}

}  // namespace stalemate
