// Pearson's test, for samples drawn with a fixed seed.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace stalemate {

/// Expects counts that a sample with these chances would show, all but once in a million times. Cells expected to hold
/// fewer than ten are taken together.
inline void expect_distribution(const std::vector<std::uint64_t>& counts, const std::vector<double>& chances) {
  ASSERT_EQ(counts.size(), chances.size());
  double total = 0;
  double chance_total = 0;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    total += static_cast<double>(counts[cell]);
    chance_total += chances[cell];
  }
  ASSERT_NEAR(chance_total, 1, 1e-9);
  double statistic = 0;
  double freedom = -1;
  double count = 0;
  double expected = 0;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    count += static_cast<double>(counts[cell]);
    expected += chances[cell] * total;
    if (expected >= 10 || (cell + 1 == counts.size() && expected > 0)) {
      statistic += (count - expected) * (count - expected) / expected;
      ++freedom;
      count = 0;
      expected = 0;
    }
  }
  ASSERT_GE(freedom, 1) << "a test with one cell cannot fail";
  // Wilson and Hilferty: the cube root is about normal; 4.75 standard deviations are one in a million.
  const double spread = 2 / (9 * freedom);
  const double normal = (std::cbrt(statistic / freedom) - (1 - spread)) / std::sqrt(spread);
  EXPECT_LT(normal, 4.75) << "chi-square " << statistic << " with " << freedom << " degrees of freedom";
}

}  // namespace stalemate
