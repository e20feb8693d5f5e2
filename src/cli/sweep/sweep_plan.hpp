// What a sweep is to do, read from the command line and checked before anything starts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/run/fail_if.hpp"
#include "cli/run/figures.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/sweep/parameter.hpp"
#include "core/error.hpp"
#include "report/sweep/sweep_results.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// The command line's words.
struct SweepWords {
  std::string scenario = {};
  std::vector<std::string> over = {};
  std::string of = {};    ///< empty: hit_ratio, or without a cache read_p99
  std::string find = {};  ///< empty: a grid
  std::string budget = {};
  std::string svg = {};    ///< a file; "-" for standard output
  bool draws_svg = false;  ///< also where the file is named ""
  unsigned repeat = 1;
  unsigned steps = 6;
  bool is_linear = false;
};

/// A search: NAME[=LOW..HIGH] where CONDITION [and CONDITION ...].
struct WantedSearch {
  WantedRange where = {};
  std::vector<Threshold> conditions = {};
};

struct SweepPlan {
  Scenario scenario = {};               ///< with the flags applied
  std::vector<SweepAxis> axes = {};     ///< of a grid one or two
  std::vector<RunFigure> figures = {};  ///< of a search one a condition
  std::vector<SweptFigure> named = {};  ///< the same, as they were called
  std::optional<WantedSearch> search = {};
  std::optional<Nanoseconds> budget_ns = {};
};

/// Errors: wrong_type: one sentence: what was wrong and what would be right; among them a value at which the scenario
/// is not valid, and a figure that none of its runs can have.
[[nodiscard]] Result<SweepPlan> plan_sweep(const SweepWords& words, const RunFlags& flags);

/// The command that does it again with the scenario in `folder`.
[[nodiscard]] std::string command_of(const SweepWords& words, const SweepPlan& plan, const std::string& folder);

}  // namespace stalemate
