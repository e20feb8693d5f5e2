// Carries out a sweep: one real run after the other, with what was measured on disk after each.
#pragma once

#include <optional>

#include "cli/output/results_folder.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/sweep/sweep_plan.hpp"
#include "core/error.hpp"
#include "report/sweep/sweep_results.hpp"

namespace stalemate {

struct FinishedSweep {
  SweepResults results = {};
  ResultsFolder folder = {};
  /// Why it ended before its plan did, other than by the budget or an interrupt; none: it did not.
  std::optional<Error> trouble = {};
};

/// Runs every point, or those that a search asks for, on private servers that are started once, and writes the sweep's
/// folder: sweep.json, sweep.csv, sweep.svg, scenario.toml, `latest`, and each run's folder. An interrupt ends it in
/// order during a run; at other times at once, with what was measured on disk.
/// Errors: a sentence for people; nothing was measured, and no folder is left.
[[nodiscard]] Result<FinishedSweep> do_sweep(const SweepPlan& plan, const SweepWords& words, const RunFlags& flags);

}  // namespace stalemate
