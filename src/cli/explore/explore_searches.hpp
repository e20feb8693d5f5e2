// The searches of explore, with progress on standard error; an interrupt ends each with what it has.
#pragma once

#include <vector>

#include "cli/text/explore_text.hpp"
#include "cli/text/waiting.hpp"
#include "explore/exploration.hpp"
#include "explore/matrix/matrix.hpp"
#include "explore/model/walks.hpp"

namespace stalemate {

/// Rows of all patterns, computed on as many threads as there are processors.
[[nodiscard]] std::vector<MatrixRow> whole_matrix(const std::vector<const JudgeInfo*>& judges,
                                                  const ExploreLimits& limits);

/// Every interleaving, and what each fault does by itself; with `walks.runs` random runs instead, in the scope asked
/// for, each violation with the shortest witness that parts of the scope have. `listener` hears what is done.
[[nodiscard]] Explored search_pattern(const ExplorationOptions& options, const WalkOptions& walks,
                                      const Waiting::Listener& listener = {});

}  // namespace stalemate
