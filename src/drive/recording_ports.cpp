#include "drive/recording_ports.hpp"

namespace stalemate {

Step StepRecorder::begin_step(Store store, Command command, Role role, Value value, FaultId fault) const {
  Step step;
  step.op = op_;
  step.store = store;
  step.command = command;
  step.role = role;
  step.fault = fault;
  step.value = value;
  step.start_ns = clock_.now_ns();
  return step;
}

void StepRecorder::end_step(Step& step, const Error* error) {
  step.end_ns = clock_.now_ns();
  step.outcome = error == nullptr ? Outcome::ok : error->outcome;
  step.error = error == nullptr ? ErrorCode::none : error->code;
  outages_.note(step.store, step.start_ns, step.end_ns, step.error);
  if (error != nullptr) {
    refusals_.note(step.store, *error, kind_ == OpKind::background ? CallingPart::background : CallingPart::clients);
  }
  append(step);
}

void StepRecorder::end_step(Step& step, Outcome answered) {
  step.end_ns = clock_.now_ns();
  step.outcome = answered;
  step.error = ErrorCode::none;
  outages_.note(step.store, step.start_ns, step.end_ns, step.error);
  append(step);
}

void StepRecorder::skip_step(Step& step) {
  step.end_ns = step.start_ns;
  step.outcome = Outcome::fail;
  append(step);
}

void StepRecorder::append(const Step& step) {
  ++counts_->steps;
  if (step.fault != no_fault) {
    ++counts_->faults[step.fault];
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
  const CallEffect planned = recorder_.planned_for(Role::load);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(store, Command::read, Role::load, absent, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return std::optional<Row>();
  }
  Task<Result<std::optional<Row>>> call = store == Store::replica ? inner_.read_replica(key) : inner_.read(key);
  Result<std::optional<Row>> row = co_await call;
  if (row && *row) {
    step.value = (*row)->value;
    step.retries = (*row)->retries;
    recorder_.count_retries(step.retries);
  }
  recorder_.end_step(step, row ? nullptr : &row.error());
  co_return row;
}

Task<Result<Written>> RecordingDatabase::record_write(Key key, Value value, bool with_message) {
  const CallEffect planned = recorder_.planned_for(Role::update);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(Store::database, Command::write, Role::update, value, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return Written();
  }
  Task<Result<Written>> call = planned.action.roll_back ? inner_.write_rolled_back(key, value)
                               : with_message           ? inner_.write_with_message(key, value)
                                                        : inner_.write(key, value);
  Result<Written> written = co_await call;
  if (written) {
    step.version = written->version;
    step.retries = written->retries;
    recorder_.count_retries(step.retries);
  }
  recorder_.end_step(step, written ? nullptr : &written.error());
  co_return written;
}

Task<Result<std::optional<Value>>> RecordingCache::get(Key key) {
  const CallEffect planned = planned_for(Role::lookup);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(store_, Command::get, Role::lookup, absent, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return std::optional<Value>();
  }
  Result<std::optional<Value>> entry = co_await inner_.get(key);
  if (entry) {
    step.value = entry->value_or(absent);
    recorder_.count_lookup(store_, entry->has_value());
  }
  recorder_.end_step(step, entry ? nullptr : &entry.error());
  co_return entry;
}

Task<Result<void>> RecordingCache::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  const Role role = recorder_.kind() == OpKind::read ? Role::fill : Role::refresh;
  const CallEffect planned = planned_for(role);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(store_, Command::set, role, value, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return Result<void>();
  }
  Result<void> set = co_await inner_.set(key, value, time_to_live_ns);
  recorder_.end_step(step, set ? nullptr : &set.error());
  co_return set;
}

Task<Result<bool>> RecordingCache::erase(Key key) {
  const CallEffect planned = planned_for(Role::invalidate);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(store_, Command::erase, Role::invalidate, absent, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return false;
  }
  Result<bool> erased = co_await inner_.erase(key);
  recorder_.end_step(step, erased ? nullptr : &erased.error());
  co_return erased;
}

// What a command that sets has set is what it was sent; one that refused, or was busy to the end, did nothing.
Task<Result<CacheReply>> RecordingCache::call(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
  const CallEffect planned = planned_for(command.role);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  const bool sets = command.command == Command::set;
  Step step =
      recorder_.begin_step(store_, command.command, command.role, sets ? arguments.value : absent, planned.fault);
  step.cache_command = number_of(command);
  step.version = sets ? arguments.stamp : unknown_version;
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return CacheReply();
  }
  Result<CacheReply> reply = co_await inner_.call(command, key, arguments);
  if (!reply) {
    recorder_.end_step(step, &reply.error());
    co_return reply;
  }
  if (!sets) {
    step.value = reply->value;
    step.version = reply->stamp;
  }
  if (command.role == Role::lookup) {
    recorder_.count_lookup(store_, reply->value != absent);
  }
  recorder_.end_step(step, reply->verdict == CacheVerdict::done ? Outcome::ok : Outcome::fail);
  co_return reply;
}

}  // namespace stalemate
