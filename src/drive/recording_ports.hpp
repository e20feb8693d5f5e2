// The ports a pattern gets in a live run: each call is recorded as a step, and the plan's call faults are applied.
#pragma once

#include <optional>

#include "core/fault.hpp"
#include "core/op.hpp"
#include "core/ports.hpp"
#include "drive/counters.hpp"
#include "drive/live_clock.hpp"
#include "drive/outages.hpp"
#include "drive/refusals.hpp"
#include "plan/plan.hpp"
#include "record/history_writer.hpp"

namespace stalemate {

/// What the steps of one client need to know: which op is going on and where to write. One a client.
/// Thread rule: the client's thread.
class StepRecorder {
 public:
  StepRecorder(const Plan& plan, LiveClock& clock, HistoryWriter::Lane& lane, ByPhase<DriveCounts>& counts,
               Outages& outages, Refusals& refusals)
      : plan_(plan), clock_(clock), lane_(lane), counts_by_phase_(counts), outages_(outages), refusals_(refusals) {}

  /// Calls belong to `op` from now on.
  void begin(const PlannedOp& op) {
    op_ = op.index;
    kind_ = op.kind;
    fault_marks_ = op.fault_marks;
    lookup_counted_ = false;
    counts_ = &counts_by_phase_.of(plan_.is_warm_up(op.intended_ns));
  }
  [[nodiscard]] OpKind kind() const { return kind_; }
  [[nodiscard]] LiveClock& clock() { return clock_; }

  /// What the plan's faults do to a call of this role in the current op.
  [[nodiscard]] CallEffect planned_for(Role role) const {
    return fault_marks_ == 0 ? CallEffect{} : plan_.effect(fault_marks_, role);
  }

  /// A step of the current op that begins now.
  [[nodiscard]] Step begin_step(Store store, Command command, Role role, Value value, FaultId fault) const;
  /// Ends and records a call that was made; `error` is nullptr if it succeeded.
  void end_step(Step& step, const Error* error);
  /// The same of one that was answered, `fail` if the answer was no.
  void end_step(Step& step, Outcome answered);
  /// Records a call that a fault left out.
  void skip_step(Step& step);
  /// A read counts once: by its first lookup in the cache, or by a hit in the memory of its application server.
  void count_lookup(Store store, bool hit) {
    if (kind_ != OpKind::read || lookup_counted_ || (store == Store::local && !hit)) {
      return;
    }
    lookup_counted_ = true;
    ++(hit ? counts_->hits : counts_->misses);
  }
  void count_retries(std::uint8_t retries) { counts_->retries += retries; }

 private:
  void append(const Step& step);

  const Plan& plan_;
  LiveClock& clock_;
  HistoryWriter::Lane& lane_;
  ByPhase<DriveCounts>& counts_by_phase_;
  DriveCounts* counts_ = &counts_by_phase_.measured;  // of the current op
  Outages& outages_;
  Refusals& refusals_;
  std::uint32_t fault_marks_ = 0;
  OpIndex op_ = no_op;
  OpKind kind_ = OpKind::read;
  bool lookup_counted_ = false;
};

class RecordingDatabase final : public Database {
 public:
  RecordingDatabase(Database& inner, StepRecorder& recorder) : inner_(inner), recorder_(recorder) {}
  Task<Result<std::optional<Row>>> read(Key key) override;
  Task<Result<Written>> write(Key key, Value value) override;
  Task<Result<Written>> write_with_message(Key key, Value value) override;
  Task<Result<std::optional<Row>>> read_replica(Key key) override;

 private:
  Task<Result<std::optional<Row>>> record_read(Key key, Store store);
  Task<Result<Written>> record_write(Key key, Value value, bool with_message);

  Database& inner_;
  StepRecorder& recorder_;
};

class RecordingCache final : public Cache {
 public:
  /// `store` is cache, or local for the memory of the application server, whose calls no fault hits.
  RecordingCache(Cache& inner, StepRecorder& recorder, Store store = Store::cache)
      : inner_(inner), recorder_(recorder), store_(store) {}
  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;

 private:
  [[nodiscard]] CallEffect planned_for(Role role) const {
    return store_ == Store::local ? CallEffect{} : recorder_.planned_for(role);
  }

  Cache& inner_;
  StepRecorder& recorder_;
  Store store_;
};

}  // namespace stalemate
