#include "report/bounds.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stalemate {
namespace {

// The chance of at most `found` in `looked_at` looks, summed term by term: the slow twin of the incomplete beta
// function.
double at_most(std::uint64_t found, std::uint64_t looked_at, double share) {
  double sum = 0;
  for (std::uint64_t k = 0; k <= found; ++k) {
    const auto n = static_cast<double>(looked_at);
    const auto kd = static_cast<double>(k);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(kd + 1) - std::lgamma(n - kd + 1) + kd * std::log(share) +
                    (n - kd) * std::log1p(-share));
  }
  return sum;
}

RC_GTEST_PROP(ShareBounds, leave_two_and_a_half_percent_on_either_side, ()) {
  const auto looked_at = *rc::gen::inRange<std::uint64_t>(2, 3000);
  const auto found = *rc::gen::inRange<std::uint64_t>(1, looked_at);
  const Bounds bounds = share_bounds(found, looked_at);
  RC_ASSERT(std::abs(at_most(found, looked_at, bounds.upper) - 0.025) < 1e-6);
  RC_ASSERT(std::abs(at_most(found - 1, looked_at, bounds.lower) - 0.975) < 1e-6);
}

RC_GTEST_PROP(ShareBounds, of_nothing_found_are_the_rule_of_three, ()) {
  const auto looked_at = *rc::gen::inRange<std::uint64_t>(30, 10'000'000);
  const Bounds bounds = share_bounds(0, looked_at);
  RC_ASSERT(bounds.lower == 0);
  const double rule_of_three = 3.0 / static_cast<double>(looked_at);
  RC_ASSERT(bounds.upper < rule_of_three);
  RC_ASSERT(bounds.upper > 0.95 * rule_of_three);
}

TEST(ShareBounds, agree_with_published_figures) {
  // R: binom.test(10, 100)$conf.int
  EXPECT_NEAR(share_bounds(10, 100).lower, 0.04900469, 1e-7);
  EXPECT_NEAR(share_bounds(10, 100).upper, 0.17622260, 1e-7);
  EXPECT_NEAR(share_bounds(0, 57).upper, 0.0512, 1e-4);
  EXPECT_NEAR(share_bounds(1, 1).lower, 0.05, 1e-12);
  EXPECT_EQ(share_bounds(1, 1).upper, 1);
}

TEST(ShareBounds, stay_sound_for_very_many_looks) {
  const Bounds bounds = share_bounds(1'000'000, 2'000'000'000);
  EXPECT_NEAR(bounds.lower, 0.0005, 2e-6);
  EXPECT_NEAR(bounds.upper, 0.0005, 2e-6);
  EXPECT_LT(bounds.lower, 0.0005);
  EXPECT_GT(bounds.upper, 0.0005);
}

}  // namespace
}  // namespace stalemate
