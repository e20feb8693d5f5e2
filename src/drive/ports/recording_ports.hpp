// The ports a pattern gets in a live run: each call is recorded as a step, and the plan's call faults are applied.
#pragma once

#include <optional>

#include "core/op.hpp"
#include "core/pattern/ports.hpp"
#include "drive/live_clock.hpp"
#include "drive/ports/call_troubles.hpp"
#include "drive/ports/troubled_ports.hpp"
#include "drive/watch/counters.hpp"
#include "drive/watch/outages.hpp"
#include "drive/watch/refusals.hpp"
#include "plan/plan.hpp"
#include "record/history_writer.hpp"

namespace stalemate {

class LateCalls;

/// What the steps of one client need to know: which op is under way and where to write. One for each client.
/// Thread rule: the client's thread.
class StepRecorder {
 public:
  StepRecorder(const Plan& plan, CallTroubles& troubles, LiveClock& clock, HistoryWriter::Lane& lane,
               ByPhase<DriveCounts>& counts, Outages& outages, Refusals& refusals)
      : plan_(plan),
        troubles_(troubles),
        clock_(clock),
        lane_(lane),
        counts_by_phase_(counts),
        outages_(outages),
        refusals_(refusals) {}

  /// Where late copies of calls go; needed where the plan has any.
  void send_late_calls_to(LateCalls* late_calls) { late_calls_ = late_calls; }

  /// Calls belong to `op` from now on.
  void begin(const PlannedOp& op);
  /// The next call belongs to `op`, which may be over: it takes effect late because of `fault`.
  void begin_late(const PlannedOp& op, FaultId fault);
  /// The op under way is a read, or an add that has not loaded yet: it has written nothing.
  [[nodiscard]] bool is_reading() const { return is_reading_; }
  /// The add under way loads now.
  void begin_reading() { is_reading_ = true; }
  /// It has loaded this, and writes from now on. Recorded as a step: docs/history-format.md.
  void end_reading(Value loaded);
  [[nodiscard]] LiveClock& clock() { return clock_; }
  [[nodiscard]] const Scenario& scenario() const { return plan_.scenario(); }
  /// The process of the current op has died in mid-op: what it would call now is never called.
  [[nodiscard]] bool is_dead() const { return is_dead_; }

  /// What the plan's faults do to a call that is made now; it may be the one before which its process dies.
  [[nodiscard]] CallEffect next_call(RoleMask call, Key key);
  /// Whether a push to this server, for an op that would begin now, is lost.
  [[nodiscard]] bool loses_push(const PlannedOp& op);
  /// What troubled ports of this client need.
  [[nodiscard]] TroubleSetting trouble_setting();

  /// A step of the current op that begins now.
  [[nodiscard]] Step begin_step(Store store, Command command, Role role, Value value, FaultId fault) const;
  /// Ends and records a call as its trouble had it; `error` is nullptr if it succeeded.
  void end_step(Step& step, const CallTrouble& trouble, const Error* error);
  /// The same for a call that was answered; `fail` if it was refused.
  void end_step(Step& step, const CallTrouble& trouble, Outcome answered);
  /// Records that the process died before it wrote the row: this value is nobody's to read.
  void note_never_written(Value value, FaultId fault);
  /// A read counts once: by its first lookup in the cache, or by a hit in the memory of its application server.
  void count_lookup(Store store, bool hit) {
    if (op_.kind != OpKind::read || lookup_counted_ || (store == Store::local && !hit)) {
      return;
    }
    lookup_counted_ = true;
    ++(hit ? counts_->hits : counts_->misses);
  }
  void count_retries(std::uint8_t retries) { counts_->retries += retries; }

 private:
  void append(const Step& step);
  void append_skipped(Step& step);

  const Plan& plan_;
  CallTroubles& troubles_;
  LiveClock& clock_;
  HistoryWriter::Lane& lane_;
  ByPhase<DriveCounts>& counts_by_phase_;
  DriveCounts* counts_ = &counts_by_phase_.measured;  // of the current op
  Outages& outages_;
  Refusals& refusals_;
  LateCalls* late_calls_ = nullptr;
  PlannedOp op_ = {};
  CallEffect effect_ = {};         // of the call that is being made
  FaultId late_fault_ = no_fault;  // of a late call
  bool lookup_counted_ = false;
  bool is_reading_ = false;
  bool is_dead_ = false;
};

/// What a call of a process that has died is told.
[[nodiscard]] Error process_died();

class RecordingDatabase final : public Database {
 public:
  RecordingDatabase(Database& inner, StepRecorder& recorder)
      : troubled_(inner, recorder.trouble_setting()), recorder_(recorder) {}
  Task<Result<std::optional<Row>>> read(Key key) override;
  Task<Result<Written>> write(Key key, Value value) override;
  Task<Result<Written>> write_with_message(Key key, Value value) override;
  Task<Result<std::optional<Row>>> read_replica(Key key) override;

 private:
  Task<Result<std::optional<Row>>> record_read(Key key, Store store);
  Task<Result<Written>> record_write(Key key, Value value, bool with_message);

  TroubledDatabase troubled_;
  StepRecorder& recorder_;
};

class RecordingCache final : public Cache {
 public:
  /// `store` is cache, or local for the memory of the application server, on which no fault acts.
  RecordingCache(Cache& inner, StepRecorder& recorder, Store store = Store::cache)
      : troubled_(inner, recorder.trouble_setting()), recorder_(recorder), store_(store) {}
  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;

 private:
  [[nodiscard]] CallEffect next_call(Role role, Key key) {
    return store_ == Store::local ? CallEffect{} : recorder_.next_call(role_bit(role), key);
  }

  TroubledCache troubled_;
  StepRecorder& recorder_;
  Store store_;
};

}  // namespace stalemate
