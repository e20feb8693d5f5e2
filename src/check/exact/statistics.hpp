// What a sample proves: 95 % bounds of shares, and nines.
#pragma once

#include <cstdint>

namespace stalemate {

/// The greatest share that `hits` of `sample` events leave possible at 95 %, one-sided; at most 1. 3/sample for no hit
/// (the rule of three); else by Wilson and Hilferty's approximation of the Poisson limit, which is right to 1 %.
/// Requires: hits <= sample; 0 of 0 gives 1.
[[nodiscard]] double share_upper_95(std::uint64_t hits, std::uint64_t sample);

/// -log10(share); 0 for a share of 1 or more. Requires: share > 0.
[[nodiscard]] double nines_of(double share);

}  // namespace stalemate
