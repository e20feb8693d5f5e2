// The scenarios that decide runs: one and the same load, with each pattern.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// A scenario with another pattern.
struct PlannedAlternative {
  Scenario scenario = {};                  ///< valid; its name is the pattern's
  std::vector<std::string> left_out = {};  ///< sentences: what of the original has no effect with that pattern
};

/// The scenario with that pattern, or with none and without a cache for "none": the same keys, rates, times and
/// servers; of settings and faults those that have an effect.
/// Errors: wrong_type: no such pattern, with the nearest.
[[nodiscard]] Result<PlannedAlternative> with_pattern(const Scenario& scenario, const std::string& pattern);

/// The same load in all, at another share of writes: half of the ops, or a tenth where the scenario has a third or
/// more.
[[nodiscard]] Scenario at_another_write_share(const Scenario& scenario);

}  // namespace stalemate
