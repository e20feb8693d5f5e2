// Whether repeats of two measurements differ, or only happened to.
#pragma once

#include <span>

namespace stalemate {

/// What chance may do: below this, two measurements are told apart.
inline constexpr double chance_max = 0.05;

/// How likely it is that repeats of one and the same measurement fall apart as far as these, in either direction; from
/// their ranks alone, exactly. Ties count for half a rank, and make it larger. 1 where one side has none.
/// With four on each side and none of one among the other, 2 / 70. Requires: no NaN, at most 100 on each side.
/// Source: Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the
/// other", Annals of Mathematical Statistics 18 (1947), with its recursion.
[[nodiscard]] double rank_test_chance(std::span<const double> first, std::span<const double> second);

/// The share of pairs, one of each side, in which the first is the smaller one; a tie is half a pair. Requires: both
/// have some.
[[nodiscard]] double share_smaller(std::span<const double> first, std::span<const double> second);

/// Whether rank_test_chance is below chance_max.
[[nodiscard]] bool are_told_apart(std::span<const double> first, std::span<const double> second);

}  // namespace stalemate
