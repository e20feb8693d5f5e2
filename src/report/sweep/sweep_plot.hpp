// A sweep drawn with plain characters, which every terminal and log shows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/sweep/sweep_results.hpp"

namespace stalemate {

/// The figure over the only axis, as lines: what was measured (the stretch from
/// lowest to highest, the median in it) and what was predicted. Empty where
/// fewer than two points have the figure, and where `width` leaves no room.
/// Requires: one axis.
[[nodiscard]] std::string curve_plot(const SweepResults& results, std::size_t figure, std::size_t width);

/// The figure at each value of both axes, as lines, each median with a mark
/// that is darker the greater it is; below it the same of the predictions, if
/// there are any. Empty where it would be wider than `width`. Requires: two
/// axes.
[[nodiscard]] std::string heat_map(const SweepResults& results, std::size_t figure, std::size_t width);

/// The cells that the widest of the lines takes.
[[nodiscard]] std::size_t widest_line(std::string_view lines);

}  // namespace stalemate
