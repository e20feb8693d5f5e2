// Medians, ranges, and whether repeats differ.
#include "report/comparison/spread.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "report/comparison/rank_test.hpp"

namespace stalemate {
namespace {

TEST(Spread, is_the_middle_and_both_ends) {
  EXPECT_EQ(spread_of(std::array{3.0, 1.0, 2.0}), (Spread{2, 1, 3, 3}));
  EXPECT_EQ(spread_of(std::array{4.0, 1.0, 2.0, 3.0}), (Spread{2.5, 1, 4, 4}));
  EXPECT_EQ(spread_of(std::array{7.0}), (Spread{7, 7, 7, 1}));
}

double pairs_smaller(const std::vector<double>& first, const std::vector<double>& second) {
  double pairs = 0;
  for (const double one : first) {
    pairs += static_cast<double>(std::ranges::count_if(second, [one](double other) { return one < other; }));
  }
  return pairs;
}

// Every way to deal the ranks out to the two sides, each as likely.
double chance_by_all_orders(const std::vector<double>& first, const std::vector<double>& second) {
  const double all_pairs = static_cast<double>(first.size() * second.size());
  const double seen = pairs_smaller(first, second);
  const double least = std::min(seen, all_pairs - seen);
  const std::size_t count = first.size() + second.size();
  double orders = 0;
  double as_far = 0;
  for (unsigned chosen = 0; chosen < (1U << count); ++chosen) {
    std::vector<double> dealt_first;
    std::vector<double> dealt_second;
    for (unsigned rank = 0; rank < count; ++rank) {
      ((chosen >> rank & 1U) != 0 ? dealt_first : dealt_second).push_back(rank);
    }
    if (dealt_first.size() == first.size()) {
      orders += 1;
      as_far += pairs_smaller(dealt_first, dealt_second) <= least ? 1 : 0;
    }
  }
  return std::min(1.0, 2 * as_far / orders);
}

TEST(RankTest, counts_the_orders_that_are_as_far_apart) {
  for (std::size_t first_size = 1; first_size <= 5; ++first_size) {
    for (std::size_t second_size = 1; second_size <= 4; ++second_size) {
      std::vector<double> ranks(first_size + second_size);
      for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        ranks[rank] = static_cast<double>(rank * 7 % ranks.size()) + static_cast<double>(rank) / 100;
      }
      const std::vector<double> first(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(first_size));
      const std::vector<double> second(ranks.begin() + static_cast<std::ptrdiff_t>(first_size), ranks.end());
      EXPECT_NEAR(rank_test_chance(first, second), chance_by_all_orders(first, second), 1e-12)
          << first_size << " and " << second_size;
      EXPECT_DOUBLE_EQ(rank_test_chance(first, second), rank_test_chance(second, first));
    }
  }
}

TEST(RankTest, tells_four_of_each_apart_and_no_three) {
  EXPECT_NEAR(rank_test_chance(std::array{1.0, 2.0, 3.0, 4.0}, std::array{5.0, 6.0, 7.0, 8.0}), 2.0 / 70, 1e-12);
  EXPECT_TRUE(are_told_apart(std::array{5.0, 6.0, 7.0, 8.0}, std::array{1.0, 2.0, 3.0, 4.0}));
  EXPECT_FALSE(are_told_apart(std::array{1.0, 2.0, 3.0}, std::array{5.0, 6.0, 7.0}));
  EXPECT_FALSE(are_told_apart(std::array{1.0, 2.0, 3.0, 4.0}, std::array{5.0, 6.0, 7.0, 3.5}))
      << "with one among the others it is 2 * 2 / 70";
}

TEST(RankTest, takes_nothing_from_ties_and_from_sides_without_values) {
  const std::array same = {2.0, 2.0, 2.0, 2.0, 2.0};
  EXPECT_EQ(rank_test_chance(same, same), 1);
  EXPECT_EQ(rank_test_chance({}, same), 1);
  EXPECT_DOUBLE_EQ(share_smaller(same, same), 0.5);
  EXPECT_DOUBLE_EQ(share_smaller(std::array{1.0, 2.0}, std::array{2.0, 3.0}), 3.5 / 4);
}

}  // namespace
}  // namespace stalemate
