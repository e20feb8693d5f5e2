#include "drive/ports/recording_ports.hpp"

#include "core/absent_row.hpp"
#include "drive/ports/late_calls.hpp"

namespace stalemate {

Error process_died() {
  return {ErrorCode::cancelled, Outcome::info, "a fault of this run has let the process die"};
}

void StepRecorder::begin(const PlannedOp& op) {
  op_ = op;
  late_fault_ = no_fault;
  is_dead_ = false;
  lookup_counted_ = false;
  is_reading_ = op.kind == OpKind::read;
  counts_ = &counts_by_phase_.of(plan_.is_warm_up(op.intended_ns));
}

void StepRecorder::begin_late(const PlannedOp& op, FaultId fault) {
  begin(op);
  late_fault_ = fault;
  lookup_counted_ = true;
}

void StepRecorder::end_reading(Value loaded) {
  is_reading_ = false;
  Step step = begin_step(Store::local, Command::read, Role::update, loaded, no_fault);
  step.outcome = Outcome::ok;
  step.end_ns = step.start_ns;
  append(step);
}

CallEffect StepRecorder::next_call(RoleMask call, Key key) {
  if (!troubles_.any() || is_dead_) {
    return {};
  }
  effect_ = {};
  if (late_fault_ != no_fault) {
    effect_.fault = late_fault_;
    return effect_;
  }
  const Nanoseconds now_ns = clock_.now_ns();
  effect_ = troubles_.of_call({op_.fault_draw, call, key, now_ns});
  if (effect_.crash) {
    is_dead_ = true;
    counts_->faults[effect_.fault].note(now_ns);
  }
  return effect_;
}

bool StepRecorder::loses_push(const PlannedOp& op) {
  if (!troubles_.any()) {
    return false;
  }
  const Nanoseconds now_ns = clock_.now_ns();
  const CallEffect effect = troubles_.of_call({op.fault_draw, find_call("push")->calls, op.key, now_ns});
  if (effect.fault != no_fault) {
    counts_->faults[effect.fault].note(now_ns);
  }
  return effect.fault != no_fault;
}

TroubleSetting StepRecorder::trouble_setting() {
  const auto keep = [this](LateCall call) {
    PlannedOp op = op_;
    op.kind = is_reading_ ? OpKind::read : op.kind;  // a late set is a fill or a refresh, as it would be now
    late_calls_->take(op, effect_.fault, effect_.trouble.late_ns, std::move(call));
  };
  return {clock_, plan_.scenario().op_limit_ns, keep};
}

Step StepRecorder::begin_step(Store store, Command command, Role role, Value value, FaultId fault) const {
  Step step;
  step.op = op_.index;
  step.store = store;
  step.command = command;
  step.role = role;
  step.fault = fault;
  step.value = value;
  step.start_ns = clock_.now_ns();
  return step;
}

void StepRecorder::end_step(Step& step, const CallTrouble& trouble, const Error* error) {
  if (is_skip(trouble)) {
    append_skipped(step);
    return;
  }
  step.end_ns = clock_.now_ns();
  step.outcome = error == nullptr ? Outcome::ok : error->outcome;
  step.error = error == nullptr ? ErrorCode::none : error->code;
  // What a fault left without an answer says nothing of the store.
  if (trouble.answered) {
    outages_.note(step.store, step.start_ns, step.end_ns, step.error);
    if (error != nullptr) {
      refusals_.note(step.store, *error,
                     op_.kind == OpKind::background ? CallingPart::background : CallingPart::clients);
    }
  }
  append(step);
}

void StepRecorder::end_step(Step& step, const CallTrouble& trouble, Outcome answered) {
  if (is_skip(trouble)) {
    end_step(step, trouble, nullptr);
    return;
  }
  step.end_ns = clock_.now_ns();
  step.outcome = answered;
  step.error = ErrorCode::none;
  outages_.note(step.store, step.start_ns, step.end_ns, step.error);
  append(step);
}

void StepRecorder::note_never_written(Value value, FaultId fault) {
  Step step = begin_step(Store::database, Command::write, Role::update, value, fault);
  append_skipped(step);
}

void StepRecorder::append_skipped(Step& step) {
  step.skipped = true;
  step.end_ns = step.start_ns;
  step.outcome = Outcome::fail;
  append(step);
}

void StepRecorder::append(const Step& step) {
  ++counts_->steps;
  if (step.fault != no_fault && late_fault_ == no_fault && !is_dead_) {
    counts_->faults[step.fault].note(step.start_ns);
  }
  lane_.append(step);
}

Task<Result<std::optional<Row>>> RecordingDatabase::read(Key key) {
  return record_read(key, Store::database);
}

Task<Result<std::optional<Row>>> RecordingDatabase::read_replica(Key key) {
  return record_read(key, Store::replica);
}

Task<Result<Written>> RecordingDatabase::write(Key key, Value value) {
  return record_write(key, value, false);
}

Task<Result<Written>> RecordingDatabase::write_with_message(Key key, Value value) {
  return record_write(key, value, true);
}

Task<Result<std::optional<Row>>> RecordingDatabase::record_read(Key key, Store store) {
  const CallEffect effect = recorder_.next_call(role_bit(Role::load), key);
  if (recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  troubled_.expect(effect.trouble);
  if (effect.trouble.delay_ns > 0) {
    co_await troubled_.until_sent();
  }
  Step step = recorder_.begin_step(store, Command::read, Role::load, absent, effect.fault);
  Task<Result<std::optional<Row>>> call = store == Store::replica ? troubled_.read_replica(key) : troubled_.read(key);
  Result<std::optional<Row>> row = co_await call;
  if (row && !*row && recorder_.scenario().delete_share > 0) {
    step.value = no_row;
    if (recorder_.scenario().negative_entries) {
      row = Row{.value = no_row};  // which the pattern caches like any value
    }
  } else if (row && *row) {
    step.value = (*row)->value;
    step.retries = (*row)->retries;
    recorder_.count_retries(step.retries);
  }
  recorder_.end_step(step, effect.trouble, row ? nullptr : &row.error());
  co_return row;
}

Task<Result<Written>> RecordingDatabase::record_write(Key key, Value value, bool with_message) {
  const CallEffect effect = recorder_.next_call(role_bit(Role::update), key);
  if (effect.crash) {
    recorder_.note_never_written(value, effect.fault);
  }
  if (recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  troubled_.expect(effect.trouble);
  if (effect.trouble.delay_ns > 0) {
    co_await troubled_.until_sent();
  }
  Step step = recorder_.begin_step(Store::database, Command::write, Role::update, value, effect.fault);
  Task<Result<Written>> call = with_message ? troubled_.write_with_message(key, value) : troubled_.write(key, value);
  Result<Written> written = co_await call;
  if (written) {
    step.version = written->version;
    step.retries = written->retries;
    recorder_.count_retries(step.retries);
  }
  recorder_.end_step(step, effect.trouble, written ? nullptr : &written.error());
  co_return written;
}

Task<Result<std::optional<Value>>> RecordingCache::get(Key key) {
  CallEffect effect = next_call(Role::lookup, key);
  if (recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  if (effect.trouble.answered && effect.trouble.late_copies > 0) {
    effect = {};  // a second look changes nothing
  }
  troubled_.expect(effect.trouble);
  if (effect.trouble.delay_ns > 0) {
    co_await troubled_.until_sent();
  }
  Step step = recorder_.begin_step(store_, Command::get, Role::lookup, absent, effect.fault);
  Result<std::optional<Value>> entry = co_await troubled_.get(key);
  if (entry) {
    step.value = entry->value_or(absent);
    recorder_.count_lookup(store_, entry->has_value());
  }
  recorder_.end_step(step, effect.trouble, entry ? nullptr : &entry.error());
  co_return entry;
}

Task<Result<void>> RecordingCache::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  const Role role = recorder_.is_reading() ? Role::fill : Role::refresh;
  value = row_after(value);
  const CallEffect effect = next_call(role, key);
  if (recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  troubled_.expect(effect.trouble);
  if (effect.trouble.delay_ns > 0) {
    co_await troubled_.until_sent();
  }
  Step step = recorder_.begin_step(store_, Command::set, role, value, effect.fault);
  Result<void> set = co_await troubled_.set(key, value, time_to_live_ns);
  recorder_.end_step(step, effect.trouble, set ? nullptr : &set.error());
  co_return set;
}

Task<Result<bool>> RecordingCache::erase(Key key) {
  const CallEffect effect = next_call(Role::invalidate, key);
  if (recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  troubled_.expect(effect.trouble);
  if (effect.trouble.delay_ns > 0) {
    co_await troubled_.until_sent();
  }
  Step step = recorder_.begin_step(store_, Command::erase, Role::invalidate, absent, effect.fault);
  Result<bool> erased = co_await troubled_.erase(key);
  recorder_.end_step(step, effect.trouble, erased ? nullptr : &erased.error());
  co_return erased;
}

// A command that sets has set the value it was sent; one that was refused, or busy to the end, did nothing.
Task<Result<CacheReply>> RecordingCache::call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  const CallEffect effect = next_call(command.role, key);
  if (recorder_.is_dead()) {
    co_return std::unexpected(process_died());
  }
  troubled_.expect(effect.trouble);
  if (effect.trouble.delay_ns > 0) {
    co_await troubled_.until_sent();
  }
  const bool sets = command.command == Command::set;
  Step step =
      recorder_.begin_step(store_, command.command, command.role, sets ? arguments.value : absent, effect.fault);
  step.cache_command = number_of(command);
  step.version = sets ? arguments.stamp : unknown_version;
  Result<CacheReply> reply = co_await troubled_.call(command, key, arguments);
  if (!reply) {
    recorder_.end_step(step, effect.trouble, &reply.error());
    co_return reply;
  }
  if (!sets) {
    step.value = reply->value;
    step.version = reply->stamp;
  }
  if (command.role == Role::lookup) {
    recorder_.count_lookup(store_, reply->value != absent);
  }
  recorder_.end_step(step, effect.trouble, reply->verdict == CacheVerdict::done ? Outcome::ok : Outcome::fail);
  co_return reply;
}

}  // namespace stalemate
