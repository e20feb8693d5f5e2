// Thresholds for CI: --fail-if 'reads.dropped>0'.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/run/figures.hpp"
#include "core/error.hpp"
#include "report/ci/verdict_sheet.hpp"
#include "report/results/relation.hpp"
#include "report/results/run_results.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// One threshold: a figure of a run, how to compare, and a bound.
struct Threshold {
  std::string text = {};  ///< as written
  RunFigure figure = {};
  Relation relation = Relation::greater;
  double bound = 0;
};

/// Reads FIGURE RELATION BOUND, relations < <= == != >= >; the bound is a number, for a time a duration such as 5ms
/// (a plain number only for a figure whose name ends in its unit), for a ratio a share such as 0.01%. `flag` is whose
/// value it is, for messages; `more` as of find_figure. Errors: wrong_type: not of that form, a time without a unit, or
/// no figure of that name (with the nearest).
[[nodiscard]] Result<Threshold> parse_threshold(std::string_view text, std::string_view flag = "--fail-if",
                                                std::span<const RunFigure> more = {});

/// Whether the figure compares so with the bound.
[[nodiscard]] bool holds(const Threshold& threshold, double found);

/// A run of the scenario can have a figure for each of them. Errors: wrong_type: why not, such as that it has no cache.
[[nodiscard]] Result<void> check_thresholds(const std::vector<Threshold>& thresholds, const Scenario& scenario,
                                            std::string_view flag = "--fail-if");

/// One threshold, judged on a run's results.
struct JudgedThreshold {
  Threshold threshold = {};
  std::optional<double> found = {};  ///< none where this run has no figure there (no cache, say), which is no pass
  bool is_crossed = false;           ///< it came true
};

[[nodiscard]] std::vector<JudgedThreshold> judge_thresholds(const std::vector<Threshold>& thresholds,
                                                            const RunResults& results);

/// "fail-if stale.stale>0: yes, it is 12" and the like.
[[nodiscard]] std::vector<VerdictCase> cases_of(const std::vector<JudgedThreshold>& judged);

}  // namespace stalemate
