// What a fault does by itself: the shortest run that is wrong with the fault, while the same order of steps without
// it is right.
//
// A pattern that is broken without faults is broken with every fault, too, and the shortest run that shows it needs no
// fault. So two runs are compared. The second one has no faults: whenever a process or a store takes a step in the
// first, it takes its next step in the second, if it has one. What is unfinished there at the end is finished, one
// process after the other. The fault is to blame only if the first violates a property and the second does not.
#pragma once

#include "explore/model/search.hpp"

namespace stalemate {

/// Breadth first over at most limits.pairs_max pairs of such runs. A violation's steps are those of the first run.
/// Deterministic.
/// Requires: options.faults is not empty; limits.exhaust is false.
[[nodiscard]] SearchResult search_fault_alone(const MachineOptions& options, const ExploreLimits& limits,
                                              const StepBounds& bounds = {});

}  // namespace stalemate
