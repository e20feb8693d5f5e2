// The 95 % bounds against what they claim: how often they hold, by adding up binomial probabilities.

#include "check/exact/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "unit/check/brute_force.hpp"

namespace stalemate::test {
namespace {

/// The chance that `sample` draws of the share `share` give `hits`.
double binomial(std::uint64_t hits, std::uint64_t sample, double share) {
  const auto n = static_cast<double>(sample);
  const auto k = static_cast<double>(hits);
  return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(share) +
                  (n - k) * std::log1p(-share));
}

TEST(ShareBound, is_right_to_one_percent) {
  for (std::uint64_t hits = 1; hits < 400; ++hits) {
    const double exact = brute_share_upper_95(hits, 1'000'000);
    EXPECT_NEAR(share_upper_95(hits, 1'000'000), exact, 0.01 * exact) << hits << " hits";
  }
  EXPECT_EQ(share_upper_95(0, 300), 0.01);
  EXPECT_EQ(share_upper_95(0, 1), 1);
  EXPECT_EQ(share_upper_95(0, 0), 1);
  EXPECT_EQ(share_upper_95(7, 7), 1);
}

TEST(ShareBound, holds_19_times_out_of_20_whatever_the_share) {
  for (const std::uint64_t sample : {1ULL, 3ULL, 10ULL, 100ULL, 1000ULL}) {
    for (double share = 0.0005; share < 1; share *= 1.2) {
      double holds = 0;
      for (std::uint64_t hits = 0; hits <= sample; ++hits) {
        holds += share_upper_95(hits, sample) >= share ? binomial(hits, sample, share) : 0;
      }
      EXPECT_GT(holds, 0.949) << "share " << share << " of a sample of " << sample;
    }
  }
}

TEST(Nines, that_can_be_claimed_of_a_sample_without_a_miss_are_log10_of_a_third_of_it) {
  for (const std::uint64_t sample : {3ULL, 30ULL, 3000ULL, 1'000'000ULL}) {
    EXPECT_NEAR(nines_of(share_upper_95(0, sample)), std::log10(static_cast<double>(sample) / 3), 1e-12);
  }
  EXPECT_EQ(nines_of(1), 0);
  EXPECT_NEAR(nines_of(0.001), 3, 1e-12);
}

}  // namespace
}  // namespace stalemate::test
