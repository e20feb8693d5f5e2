// Exhaustive search: every interleaving within a scope, shortest first.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "explore/model/machine.hpp"

namespace stalemate {

/// The steps from the first state to a violation, and who saw it.
struct Path {
  const JudgeInfo* judge = nullptr;
  std::vector<Choice> choices = {};
};

struct ExploreLimits {
  std::uint64_t states_max = 20'000'000;
  /// The same where pairs of runs are searched (fault_alone.hpp), of which there are many more.
  std::uint64_t pairs_max = 1'000'000;
  std::uint64_t bytes_max = 4ULL << 30U;
  /// Asked before each search and every few thousand states; true: the search is given up. Empty: never.
  std::function<bool()> is_stopped = {};
  bool exhaust = false;  ///< go on until every state was visited, also after every judge has a violation
};

/// Why a search came to its end.
enum class SearchEnd : std::uint8_t {
  complete,       ///< there was no more to search
  states_max,     ///< as the limits have it
  bytes_max,      ///< as the limits have it
  bounds,         ///< there are more nodes or worlds than can be numbered
  out_of_memory,  ///< the machine has no more
  stopped,        ///< is_stopped said so
  runs_over       ///< of random_search: no run violated a property
};

struct SearchResult {
  bool complete = false;  ///< every reachable state was met, or (unless exhausted) every judge has its violation
  SearchEnd end = SearchEnd::complete;  ///< complete only where `complete`
  std::size_t steps_searched = 0;       ///< where not `complete`: all runs of at most so many steps were looked at
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t bytes = 0;                  ///< of memory, at the end
  std::uint64_t trace_hash = 0;             ///< of all states and the steps between them, in the order they were met
  std::vector<const JudgeInfo*> open = {};  ///< where not `complete`: those of whom more might have been found
  std::vector<Path> violations = {};        ///< at most one a judge, each with the fewest steps
};

/// The most steps that a violation of each judge may have, in the order of the options' judges; empty: any number.
using StepBounds = std::vector<std::size_t>;

/// Breadth first over states. Longer violations than the bounds allow are not looked for. Deterministic.
[[nodiscard]] SearchResult search(const MachineOptions& options, const ExploreLimits& limits,
                                  const StepBounds& bounds = {});

}  // namespace stalemate
