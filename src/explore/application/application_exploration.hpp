// An exploration of a real application: growing scopes, each judge's verdict with the shortest run that violates it.
#pragma once

#include <span>
#include <vector>

#include "explore/application/schedule_search.hpp"
#include "explore/exploration.hpp"

namespace stalemate {

/// What is wanted.
struct ApplicationExplorationOptions {
  /// In this order. What has been violated once is not looked for in later ones.
  std::vector<Scope> scopes = {};
  /// True where the scopes grow for as long as there is time, so that what was decided in some is a verdict, if there
  /// is one with a race among them, of two processes or more; false where a verdict needs all of them.
  bool grows = true;
  std::vector<ApplicationFault> faults = {};  ///< looked for after the runs without, one fault at most a run
  std::uint8_t faults_max = 0;
  std::vector<const JudgeInfo*> judges = {};
  std::function<bool()> out_of_time = {};
  std::function<void(const ScheduleProgress&)> on_schedule = {};
};

/// The scopes that an exploration grows through: fewest processes first, then ops. In the first ones a single client
/// has no race with anybody, so that what a fault does by itself is seen.
[[nodiscard]] std::vector<Scope> growing_scopes();

/// What was found of one judge.
struct ApplicationFinding {
  const JudgeInfo* judge = nullptr;
  Finding finding = Finding::unknown;
  std::vector<Scope> proved = {};                  ///< the scopes in which every order keeps the property
  std::vector<Scope> open = {};                    ///< those in which that is not known, of what was begun
  std::optional<ApplicationWitness> witness = {};  ///< of the first scope with a violation
  bool shortest = false;                           ///< no run of the witness's scope with fewer steps violates it
};

struct ApplicationExploration {
  std::vector<ApplicationFinding> findings = {};  ///< without faults, in the order of the options' judges
  /// Where faults were asked for, of runs that have one. A judge is asked in the scopes that no run without a fault has
  /// violated so far; those never asked are left out.
  std::vector<ApplicationFinding> with_faults = {};
  std::vector<ScheduleSearchResult> searches = {};  ///< in their order
  bool out_of_time = false;
  std::uint64_t trace_hash = 0;
};

/// Deterministic if the world is, and out_of_time never says so. Errors: those of the world.
[[nodiscard]] Result<ApplicationExploration> explore_application(ApplicationWorld& world,
                                                                 const ApplicationExplorationOptions& options);

/// Of the faults that were asked for those that took place in no schedule: nothing is known of them.
[[nodiscard]] std::vector<ApplicationFault> faults_not_met(const ApplicationExploration& exploration,
                                                           std::span<const ApplicationFault> faults);

/// The finding of all that was tried, with faults and without: violated, unknown, holds or (if no judge is concerned)
/// vacuous, the first of these that there is.
[[nodiscard]] Finding worst_of(const ApplicationExploration& exploration);

/// The patterns that behave the same without faults, as far as `findings` go; none where they decide nothing. What is
/// violated, docs/guarantees.md shows as violated; what holds, it shows to hold, or else a search of the pattern in the
/// scopes in which it was proved finds no violation.
[[nodiscard]] std::vector<std::string_view> patterns_like(std::span<const ApplicationFinding> findings);

}  // namespace stalemate
