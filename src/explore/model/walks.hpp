// Random search for scopes that are too large to exhaust: many runs, each under a random scheduler.
#pragma once

#include "explore/model/search.hpp"

namespace stalemate {

struct WalkOptions {
  std::uint64_t runs = 10'000;
  std::uint64_t seed = 1;
  /// 0: every step is drawn uniformly from the possible ones. Else probabilistic concurrency testing: the process with
  /// the highest priority runs as long as it can, and priorities change at depth - 1 random steps of a
  /// run. Source: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized scheduler with probabilistic guarantees of
  /// finding bugs", ASPLOS 2010.
  std::uint32_t depth = 0;
  /// Asked before each run; true: stop. Empty: all runs are done.
  std::function<bool()> is_stopped = {};
};

/// `states` counts steps, repetitions included; `complete` only where every judge has its violation. Deterministic.
[[nodiscard]] SearchResult random_search(const MachineOptions& options, const WalkOptions& walks);

}  // namespace stalemate
