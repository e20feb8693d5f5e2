// A sweep as a picture: one SVG file that needs no other, light or dark as the
// reader's system is.
#pragma once

#include <cstddef>
#include <string>

#include "report/sweep/sweep_results.hpp"

namespace stalemate {

/// One axis: a curve of the medians with the stretch from lowest to highest,
/// and the predictions as a dashed line. Two axes: a cell for each pair of
/// values, darker the greater the median, with the prediction below it. Has a
/// title, a description in words with every figure, and axes with units. No
/// text from outside becomes markup.
[[nodiscard]] std::string sweep_svg(const SweepResults& results, std::size_t figure);

}  // namespace stalemate
