// The figures that alternatives are compared by: the rows of decide's table, the members of its JSON, and the names
// that --want takes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "report/comparison/compared_figures.hpp"
#include "report/decision/measured.hpp"

namespace stalemate {

/// How often something was the case, of how many; of several rounds added up.
struct ShareCounts {
  std::uint64_t found = 0;
  std::uint64_t looked_at = 0;
};

/// Figures in a million are shares times this.
inline constexpr double a_million = 1e6;

struct DecisionFigure {    // NOLINT(clang-analyzer-optin.performance.Padding): in the order in which rows are written
  std::string_view name;   ///< as in --want and JSON, such as "read_p99"
  std::string_view label;  ///< of the row
  FigureUnit unit = FigureUnit::count;
  std::string_view meaning;  ///< one line, for the docs
  /// None where the run has no such figure.
  std::optional<double> (*value)(const MeasuredRun& run) = nullptr;
  /// Of a figure that counts cases in a million; else nullptr. None where there was nothing to look at.
  std::optional<ShareCounts> (*counts)(const MeasuredRun& run) = nullptr;
  bool is_worst = false;  ///< the greatest of all rounds is what counts
};

/// All of them, in the order of the table.
[[nodiscard]] std::span<const DecisionFigure> decision_figures();
/// nullptr: there is none of that name.
[[nodiscard]] const DecisionFigure* find_decision_figure(std::string_view name);

/// Those that the rules look at by themselves.
inline constexpr std::string_view cost_figure = "cpu_seconds_per_hour";
inline constexpr std::string_view quickness_figure = "read_p50";
inline constexpr std::string_view staleness_figure = "stale_reads_per_million";

/// The table of docs/decide.md: Markdown, one row a figure.
[[nodiscard]] std::string decision_figures_table();

}  // namespace stalemate
