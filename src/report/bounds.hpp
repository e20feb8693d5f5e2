// How certain a count is: 95 % bounds on the true share or rate.
#pragma once

#include <cstdint>

namespace stalemate {

/// A range that holds the true figure with 95 % confidence.
struct Bounds {
  double lower = 0;
  double upper = 0;
};

/// The share behind `found` of `looked_at` independent looks. With none found (or all), one-sided: the whole 5 % is on
/// the other end, which for none found is about 3 / looked_at (the rule of three). Requires: found <= looked_at,
/// looked_at > 0. Source: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the
/// binomial", Biometrika 26 (1934).
[[nodiscard]] Bounds share_bounds(std::uint64_t found, std::uint64_t looked_at);

}  // namespace stalemate
