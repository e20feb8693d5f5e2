// An exploration: a pattern judged within a scope, each violation with its smallest witness.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explore/search.hpp"

namespace stalemate {

/// What is wanted.
struct ExplorationOptions {
  const PatternInfo* pattern = nullptr;
  std::optional<Scope> scope = {};  ///< nothing: each judge's own
  std::vector<const VirtualFaultInfo*> faults = {};
  std::uint8_t faults_max = 0;
  std::vector<const JudgeInfo*> judges = {};
  Nanoseconds time_to_live_ns = 0;  ///< what the patterns' ports say of it
  bool every_event = false;         ///< the small steps of machine.hpp
  /// It is known that these judges see no violation in these scopes without faults.
  bool sound_without_faults = false;
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
  SearchEnd end = SearchEnd::complete;  ///< where unknown: why
};

struct Exploration {
  std::vector<JudgeFinding> findings = {};  ///< in the order of the options' judges
  std::uint64_t states = 0;                 ///< of all searches together
  std::uint64_t transitions = 0;
  std::uint64_t runs = 0;       ///< by lot, at most so many a judge; 0: every interleaving
  std::uint64_t bytes_max = 0;  ///< of the largest search
  std::uint64_t trace_hash = 0;
  bool exhausted = false;  ///< as the limits wanted: every state of each whole scope was met, also behind violations
  SearchEnd exhaust_end = SearchEnd::complete;  ///< where that was wanted and not reached: why
};

/// Searches parts of the scope first, the smaller the earlier, so that a witness has the fewest processes, then ops,
/// then faults, then steps. Large scopes are searched once a judge, which is less than once for all. Deterministic.
[[nodiscard]] Exploration explore(const ExplorationOptions& options);

/// The smallest witness that `judge` finds in a part of `scope`, each part searched within the options' limits; nothing
/// if none of them has one. For scopes that only random_search can get through.
[[nodiscard]] std::optional<Witness> smallest_witness(const ExplorationOptions& options, const JudgeInfo& judge,
                                                      const Scope& scope);

/// "holds", "violated", "unknown" or "vacuous".
[[nodiscard]] std::string_view name_of(Finding finding);

}  // namespace stalemate
