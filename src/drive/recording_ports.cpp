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
  append(step);
}

void StepRecorder::skip_step(Step& step) {
  step.end_ns = step.start_ns;
  step.outcome = Outcome::fail;
  append(step);
}

void StepRecorder::append(const Step& step) {
  ++counts_.steps;
  if (step.fault != no_fault) {
    ++counts_.faults[step.fault];
  }
  lane_.append(step);
}

Task<Result<std::optional<Row>>> RecordingDatabase::read(Key key) {
  const CallEffect planned = recorder_.planned_for(Role::load);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(Store::database, Command::read, Role::load, absent, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return std::optional<Row>();
  }
  Result<std::optional<Row>> row = co_await inner_.read(key);
  if (row && *row) {
    step.value = (*row)->value;
    step.version = (*row)->version;
    step.retries = (*row)->retries;
    recorder_.count_retries(step.retries);
  }
  recorder_.end_step(step, row ? nullptr : &row.error());
  co_return row;
}

Task<Result<Written>> RecordingDatabase::write(Key key, Value value) {
  const CallEffect planned = recorder_.planned_for(Role::update);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(Store::database, Command::write, Role::update, value, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return Written();
  }
  Result<Written> written = co_await inner_.write(key, value);
  if (written) {
    step.version = written->version;
    step.retries = written->retries;
    recorder_.count_retries(step.retries);
  }
  recorder_.end_step(step, written ? nullptr : &written.error());
  co_return written;
}

Task<Result<std::optional<Value>>> RecordingCache::get(Key key) {
  const CallEffect planned = recorder_.planned_for(Role::lookup);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(Store::cache, Command::get, Role::lookup, absent, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return std::optional<Value>();
  }
  Result<std::optional<Value>> entry = co_await inner_.get(key);
  if (entry) {
    step.value = entry->value_or(absent);
    recorder_.count_lookup(entry->has_value());
  }
  recorder_.end_step(step, entry ? nullptr : &entry.error());
  co_return entry;
}

Task<Result<void>> RecordingCache::set(Key key, Value value, Nanoseconds time_to_live_ns) {
  const Role role = recorder_.kind() == OpKind::read ? Role::fill : Role::refresh;
  const CallEffect planned = recorder_.planned_for(role);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(Store::cache, Command::set, role, value, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return Result<void>();
  }
  Result<void> set = co_await inner_.set(key, value, time_to_live_ns);
  recorder_.end_step(step, set ? nullptr : &set.error());
  co_return set;
}

Task<Result<bool>> RecordingCache::erase(Key key) {
  const CallEffect planned = recorder_.planned_for(Role::invalidate);
  if (planned.action.delay_before_ns > 0) {
    co_await recorder_.clock().sleep(planned.action.delay_before_ns);
  }
  Step step = recorder_.begin_step(Store::cache, Command::erase, Role::invalidate, absent, planned.fault);
  if (planned.action.skip) {
    recorder_.skip_step(step);
    co_return false;
  }
  Result<bool> erased = co_await inner_.erase(key);
  recorder_.end_step(step, erased ? nullptr : &erased.error());
  co_return erased;
}

}  // namespace stalemate
