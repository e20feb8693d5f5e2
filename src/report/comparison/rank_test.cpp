#include "report/comparison/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/assert.hpp"

namespace stalemate {
namespace {

// By u: the share of all orders of `first` and `second` values in which u pairs have the first one smaller.
std::vector<double> shares_by_pairs(std::size_t first, std::size_t second) {
  const std::size_t pairs = first * second;
  // ways[f] of f first ones among the second ones that were dealt with so far. The largest value is one of either side:
  // of the second, it is larger than all first ones.
  std::vector<std::vector<double>> shares(first + 1, std::vector<double>(pairs + 1, 0));
  for (auto& none : shares) {
    none[0] = 1;
  }
  for (std::size_t of_second = 1; of_second <= second; ++of_second) {
    for (std::size_t of_first = 1; of_first <= first; ++of_first) {
      const double is_second = static_cast<double>(of_second) / static_cast<double>(of_first + of_second);
      std::vector<double> both(pairs + 1, 0);
      for (std::size_t u = 0; u <= of_first * of_second; ++u) {
        both[u] = (1 - is_second) * shares[of_first - 1][u];
        both[u] += u < of_first ? 0 : is_second * shares[of_first][u - of_first];
      }
      shares[of_first] = std::move(both);
    }
  }
  return std::move(shares[first]);
}

double smaller_pairs(std::span<const double> first, std::span<const double> second) {
  double pairs = 0;
  for (const double one : first) {
    for (const double other : second) {
      pairs += one < other ? 1 : one == other ? 0.5 : 0;
    }
  }
  return pairs;
}

}  // namespace

double rank_test_chance(std::span<const double> first, std::span<const double> second) {
  STALEMATE_ASSERT(first.size() <= 100 && second.size() <= 100, "more repeats than anybody makes");
  if (first.empty() || second.empty()) {
    return 1;
  }
  const double pairs = static_cast<double>(first.size() * second.size());
  const double smaller = smaller_pairs(first, second);
  const auto least = static_cast<std::size_t>(std::ceil(std::min(smaller, pairs - smaller)));
  const std::vector<double> shares = shares_by_pairs(first.size(), second.size());
  double chance = 0;
  for (std::size_t u = 0; u <= least; ++u) {
    chance += shares[u];
  }
  return std::min(1.0, 2 * chance);
}

double share_smaller(std::span<const double> first, std::span<const double> second) {
  STALEMATE_ASSERT(!first.empty() && !second.empty(), "a share is of something");
  return smaller_pairs(first, second) / static_cast<double>(first.size() * second.size());
}

bool are_told_apart(std::span<const double> first, std::span<const double> second) {
  return rank_test_chance(first, second) < chance_max;
}

}  // namespace stalemate
