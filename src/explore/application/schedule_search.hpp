// All schedules of one scope, without trying two that are the same run to the application, its stores and the judges.
//
// The search is stateless: an application cannot be copied, so each schedule begins on a fresh key, and the steps that
// it has in common with the one before are taken again. It is depth first, with sleep sets: a step that was tried from
// a state need not be tried later, as long as only steps were taken since that commute with it. What a step touches is
// known once it was taken, which is when sleep sets need it.
//
// Source: Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", LNCS 1032, 1996, chapter 5:
// exactly one order of every run is tried to its end.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "explore/application/run_judging.hpp"

namespace stalemate {

/// How far a search is.
struct ScheduleProgress {
  const Scope* scope = nullptr;
  std::uint8_t faults_max = 0;
  std::uint64_t schedules = 0;  ///< tried
  std::uint64_t left = 0;       ///< an estimate: as if what is not tried yet branched like what is
};

struct ScheduleSearchOptions {
  Scope scope = {};
  ScheduleFaults faults = {};
  std::vector<const JudgeInfo*> judges = {};  ///< each concerns the scope
  bool reduce = true;                         ///< else every order is tried
  std::size_t steps_max = 120;                ///< of a schedule
  /// Asked before each schedule; true: the search is given up. Empty: never.
  std::function<bool()> out_of_time = {};
  std::function<void(const ScheduleProgress&)> on_schedule = {};
};

/// A run of an application that violates a property, and what is needed to repeat it.
struct ApplicationWitness {
  const JudgeInfo* judge = nullptr;
  Scope scope = {};
  std::vector<ScheduleStep> choices = {};  ///< behind a violation at rest the last one is `rest`
  std::vector<TakenStep> run = {};         ///< what was seen, a step a choice
  std::string trouble = {};                ///< of a violation at rest: a sentence
  bool repeated = true;                    ///< the choices were taken once more by themselves, and violated it again
};

/// Without `rest`, which is no step of the application's.
[[nodiscard]] std::size_t steps_of(const ApplicationWitness& witness);
[[nodiscard]] std::size_t faults_of(const ApplicationWitness& witness);

/// What was found of one scope.
struct ScheduleSearchResult {
  Scope scope = {};
  std::uint8_t faults_max = 0;
  bool complete = false;        ///< not given up for lack of time
  std::uint64_t schedules = 0;  ///< begun
  std::uint64_t redundant = 0;  ///< of these: given up when all that was left was known from others
  std::uint64_t left = 0;       ///< where not complete: an estimate of the schedules that were not tried
  std::uint64_t steps = 0;
  std::optional<std::uint64_t> orders = 0;  ///< orders there are, each once; nothing where they could not be counted
  std::uint64_t unrepeatable = 0;           ///< schedules whose first steps showed something else than before
  std::string difference = {};              ///< of the first of these, in a sentence
  std::uint64_t too_long = 0;               ///< schedules that were given up after steps_max steps
  std::uint64_t stuck = 0;                  ///< schedules at whose end an op was never answered
  std::vector<ApplicationFault> faults_met = {};  ///< those that took place in a schedule, each once
  StrangeReads strange = {};
  std::uint64_t not_done = 0;       ///< schedules in which, without a fault, a request was not answered with `ok`
  std::string first_not_done = {};  ///< of the first of these: whose it was, and what was answered
  std::uint64_t uncommitted = 0;    ///< schedules at whose rest a transaction was open that had written
  /// Ops that were not done in any schedule, where all were tried: "writer 1's write". The application was then never
  /// seen to do what the scope is about.
  std::vector<std::string> never_done = {};
  std::uint64_t trace_hash = 0;                    ///< of all that the application did
  std::vector<ApplicationWitness> witnesses = {};  ///< at most one a judge: the fewest steps, then faults

  /// True if the property holds wherever there is no witness: every order was tried to its end, or one like it.
  [[nodiscard]] bool is_proof() const {
    return complete && unrepeatable == 0 && too_long == 0 && stuck == 0 && never_done.empty();
  }
};

/// With faults, only runs that have one are judged. Deterministic if the world is.
/// Errors: those of the world.
[[nodiscard]] Result<ScheduleSearchResult> search_schedules(ApplicationWorld& world,
                                                            const ScheduleSearchOptions& options);

/// What came of a witness's choices, taken once more.
struct RepeatedRun {
  std::vector<TakenStep> run = {};             ///< up to the first step that was not possible
  std::optional<std::size_t> impossible = {};  ///< that step
  bool violated = false;                       ///< at its last step, and not before
  std::string trouble = {};
};
[[nodiscard]] Result<RepeatedRun> repeat_run(ApplicationWorld& world, const ApplicationWitness& witness);

}  // namespace stalemate
