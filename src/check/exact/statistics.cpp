#include "check/exact/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace stalemate {

double share_upper_95(std::uint64_t hits, std::uint64_t sample) {
  if (sample == 0) {
    return 1;
  }
  const auto size = static_cast<double>(sample);
  if (hits == 0) {
    return std::min(1.0, 3 / size);
  }
  constexpr double normal_95 = 1.6448536269514722;
  const double next = static_cast<double>(hits) + 1;
  const double root = 1 - 1 / (9 * next) + normal_95 / (3 * std::sqrt(next));
  return std::min(1.0, next * root * root * root / size);
}

double nines_of(double share) {
  return share >= 1 ? 0 : -std::log10(share);
}

}  // namespace stalemate
