// What a fault does by itself: the shortest run in which it takes place and without which the same order of steps is
// right.
//
// A pattern that is broken anyway is broken with every fault, too, and the shortest run that shows it needs none. So
// two runs are compared. The second one is without faults: wherever a process or a store takes a step in the first, it
// takes its next step in the second, if it has one. What is still going on there at the end is brought to its end, one
// process after the other. Only where the first violates a property and the second does not is the fault to blame.
#pragma once

#include "explore/model/search.hpp"

namespace stalemate {

/// Breadth first over at most limits.pairs_max pairs of such runs. A violation's steps are those of the first run.
/// Deterministic.
/// Requires: options.faults is not empty; limits.exhaust is false.
[[nodiscard]] SearchResult search_fault_alone(const MachineOptions& options, const ExploreLimits& limits,
                                              const StepBounds& bounds = {});

}  // namespace stalemate
