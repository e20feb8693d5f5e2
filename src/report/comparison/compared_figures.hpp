// The figures of a comparison: its table's rows, and the members of its JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/results/run_results.hpp"

namespace stalemate {

/// How a figure is written. `ratio`: two decimals; `share`: a percentage; `number`: three digits; `latency` and `span`:
/// nanoseconds.
enum class FigureUnit : std::uint8_t { count, ratio, share, number, latency, span };

struct ComparedFigure {
  std::string name;   ///< in JSON; where results.json has the figure, its path there
  std::string label;  ///< of the row
  FigureUnit unit = FigureUnit::count;
  bool only_if_any = false;  ///< the row is left out where all runs have 0
  /// None where the run has no such figure.
  std::function<std::optional<double>(const RunResults&)> value;
  /// Why it has none, as a cell; "" for no reason. May be empty.
  std::function<std::string(const RunResults&)> why_none = {};
};

/// All rows for these runs, in order; those of checks only where one of the runs violates it.
[[nodiscard]] std::vector<ComparedFigure> compared_figures(std::span<const RunResults* const> runs);

/// "6,000", "2.00", "64.3 %", "1.24 ms". Requires: value >= 0.
[[nodiscard]] std::string figure_text(double value, FigureUnit unit);

}  // namespace stalemate
