// One schedule of a real application: which steps can be taken now, and what came of those that were taken.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "explore/application/application_fault.hpp"
#include "explore/application/application_world.hpp"
#include "explore/application/footprint.hpp"
#include "explore/judge.hpp"

namespace stalemate {

enum class StepKind : std::uint8_t {
  begin,     ///< a process begins its next op
  let_go,    ///< a call that waits at a gate is let go, perhaps with a fault
  arrive,    ///< a late copy of a call reaches its store
  crash,     ///< a process dies
  strike,    ///< evict, restart or rollback
  remember,  ///< the cache's standby stops following: what a later rollback puts back
  rest       ///< nothing is left to do; the application is read through every instance
};

/// A step by what it is, so that it is found again in another run.
struct ScheduleStep {
  StepKind kind = StepKind::begin;
  std::uint8_t process = 0;  ///< of begin, let_go, arrive (whose call it is) and crash
  std::uint8_t call = 0;     ///< of let_go and arrive: which of its process's calls, 0 the first
  ApplicationFault fault = ApplicationFault::none;
  friend auto operator<=>(const ScheduleStep&, const ScheduleStep&) = default;
};

/// True of steps that count as a fault. A rollback's is its `remember`.
[[nodiscard]] bool is_fault(const ScheduleStep& step);

/// A step and what came of it.
struct TakenStep {
  ScheduleStep step = {};
  HeldCall call = {};                      ///< of let_go and arrive
  bool waits = false;                      ///< of let_go: its store makes it wait for another call
  std::string reply = {};                  ///< what the store answered
  std::vector<std::string> set_free = {};  ///< texts of calls that had waited in their store until this step
  std::vector<JudgedEvent> events = {};
  Footprint footprint = {};
  std::optional<RestReads> reads = {};  ///< of rest, if nobody was in an op
  std::uint64_t seen = 0;  ///< a hash of what the application did: held calls, answers, commits; not of `reply`
  std::string shown = {};  ///< the calls held after it, in words
  /// Of an op that ended in it without a fault and was not done, or perhaps not: who, and what was answered; else
  /// empty.
  std::string not_done = {};
};

/// What may go wrong in a schedule.
struct ScheduleFaults {
  std::vector<ApplicationFault> faults = {};
  std::uint8_t faults_max = 0;
};

/// Takes steps in a world, one schedule from its start on. Single-threaded.
/// Errors: those of the world.
class ScheduleRun {
 public:
  /// The world outlives it.
  ScheduleRun(ApplicationWorld& world, const Scope& scope, const ScheduleFaults& faults);

  /// Begins a schedule. Requires: called first.
  [[nodiscard]] Result<void> start();
  /// The steps that can be taken now: first those of processes, in order, then late copies, then faults; last `rest`,
  /// where no process and no late copy has a step left. Empty only behind `rest`.
  [[nodiscard]] std::vector<ScheduleStep> enabled() const;
  /// Requires: the step is enabled.
  [[nodiscard]] Result<void> take(const ScheduleStep& step);

  [[nodiscard]] const std::vector<TakenStep>& taken() const { return taken_; }
  [[nodiscard]] const Scope& scope() const { return scope_; }
  /// An op is under way, or a call waits in its store.
  [[nodiscard]] bool is_somebody_busy() const;

 private:
  enum class CallState : std::uint8_t { held, waits, gone };
  struct KnownCall {
    HeldCall call = {};
    CallState state = CallState::held;
  };
  struct ProcessState {
    std::vector<std::uint8_t> ops = {};  // in ops_of(scope)
    std::size_t next_op = 0;
    bool in_op = false;
    bool dead = false;
    std::vector<KnownCall> calls = {};
  };

  void add_faults(std::vector<ScheduleStep>& steps) const;
  [[nodiscard]] Result<Situation> carry_out(const ScheduleStep& step, TakenStep& taken);
  [[nodiscard]] Result<void> come_to_rest(TakenStep& taken);
  void absorb(const Situation& situation, TakenStep& taken);
  void absorb_calls(const Situation& situation, TakenStep& taken);
  void end_op(ProcessState& process, Ending ending, TakenStep& taken);
  [[nodiscard]] std::string words_of_not_done(const AnsweredOp& answer) const;
  void summarize(const Situation& situation, TakenStep& taken) const;
  [[nodiscard]] static Footprint own_footprint(const ScheduleStep& step, const HeldCall& call);

  ApplicationWorld& world_;
  Scope scope_;
  ScheduleFaults faults_;
  std::vector<ScopeOp> ops_;
  std::vector<ProcessState> processes_ = {};
  std::vector<ScheduleStep> late_copies_ = {};  // `arrive` steps that can be taken
  std::uint8_t faults_taken_ = 0;
  bool cache_changed_ = false;  // by a call that was let go since the last strike, or since the copy was made
  bool remembers_ = false;
  bool rested_ = false;
  std::vector<TakenStep> taken_ = {};
};

}  // namespace stalemate
