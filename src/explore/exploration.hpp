// An exploration: a pattern judged within a scope, each violation with a shortest witness.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explore/model/search.hpp"

namespace stalemate {

struct Exploration;

/// What is wanted.
struct ExplorationOptions {
  const PatternInfo* pattern = nullptr;
  std::optional<Scope> scope = {};  ///< nothing: each judge's own
  std::vector<const VirtualFaultInfo*> faults = {};
  std::uint8_t faults_max = 0;
  std::vector<const JudgeInfo*> judges = {};
  Nanoseconds time_to_live_ns = 0;  ///< as the patterns' ports report it
  bool every_event = false;         ///< the small steps of machine.hpp
  bool one_after_another = false;   ///< no two clients' ops overlap
  /// Only runs count in which a fault is to blame: without it the same order of steps is right (fault_alone.hpp).
  bool fault_alone = false;
  /// What is known of the same judges, in the same scopes, without faults; nullptr: nothing. Not of fault_alone.
  const Exploration* without_faults = nullptr;
  ExploreLimits limits = {};  ///< of each search
};

/// A run that violates a property. Enough to repeat it: the machine's options and its choices.
struct Witness {
  MachineOptions options = {};  ///< with the one judge
  std::vector<Choice> choices = {};
};

enum class Finding : std::uint8_t {
  holds,  ///< on every interleaving within the scope
  violated,
  unknown,  ///< a limit was passed first
  vacuous   ///< the scope has no ops that could violate it
};

struct JudgeFinding {
  const JudgeInfo* judge = nullptr;
  Scope scope = {};
  Finding finding = Finding::unknown;
  std::optional<Witness> witness = {};  ///< where violated
  /// Where unknown: why. Where violated: `complete` if no part of the scope has a shorter run, else why that is not
  /// known.
  SearchEnd end = SearchEnd::complete;
  /// Where `end` is not complete: no run of at most so many steps violates it, but for one that is its witness.
  std::size_t steps_ruled_out = 0;
};

struct Exploration {
  std::vector<JudgeFinding> findings = {};  ///< in the order of the options' judges
  std::uint64_t states = 0;                 ///< of all searches together
  std::uint64_t transitions = 0;
  std::uint64_t runs = 0;       ///< random runs, at most this many a judge; 0: every interleaving
  std::uint64_t bytes_max = 0;  ///< of the largest search
  std::uint64_t trace_hash = 0;
  bool exhausted = false;  ///< as the limits wanted: every state of each whole scope was visited, also after violations
  SearchEnd exhaust_end = SearchEnd::complete;  ///< why not, where that was wanted and not reached
};

/// A witness has the fewest steps that any part of the scope needs; among those the fewest processes, then ops, then
/// faults. So a scope's witness is never longer than that of a scope it contains. Large scopes are searched once a
/// judge, which costs less than one search for all. Deterministic.
[[nodiscard]] Exploration explore(const ExplorationOptions& options);

/// A finding of a violation with the shortest witness that parts of its scope have, each searched within the options'
/// limits; the finding itself if none of them has a shorter one. For scopes that only random_search can get through.
[[nodiscard]] JudgeFinding shortened(const ExplorationOptions& options, const JudgeFinding& finding);

/// Whether `fault` can take place at all in a run of `pattern` within `scope`. Searched in runs of at most two of its
/// processes: one of them can already leave behind all that a fault can hit.
[[nodiscard]] bool can_take_place(const VirtualFaultInfo& fault, const PatternInfo& pattern, const Scope& scope);

/// How many faults the run has.
[[nodiscard]] std::size_t faults_of(const Witness& witness);

/// "holds", "violated", "unknown" or "vacuous".
[[nodiscard]] std::string_view name_of(Finding finding);

}  // namespace stalemate
