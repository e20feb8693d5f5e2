#include "drive/client.hpp"

#include <algorithm>

#include "core/absent_row.hpp"
#include "drive/ports/no_cache.hpp"

namespace stalemate {
namespace {

// The plan draws from the streams below this one.
constexpr std::uint64_t first_client_stream = 0x10000;

std::unique_ptr<Cache> make_no_cache() {
  return std::make_unique<NoCache>();
}

}  // namespace

std::deque<PlannedOp> Inbox::clear() {
  waiting_everywhere_ -= waiting_ops_.size();
  return std::exchange(waiting_ops_, {});
}

Client::Client(ClientShared& shared, ClientId id, std::unique_ptr<Session> session)
    : shared_(shared),
      id_(id),
      session_(std::move(session)),
      inbox_(shared.waiting),
      recorder_(shared.make_recorder()),
      random_(shared.plan.scenario().seed, first_client_stream + id),
      guarded_(session_->database(), session_->guarded()),
      database_(guarded_, recorder_),
      no_cache_(make_no_cache()),
      cache_(shared.has_cache ? session_->cache() : *no_cache_, recorder_),
      local_(shared.local, recorder_, Store::local) {}

void Client::start() {
  serving_ = serve();
  serving_.start();
}

Task<void> Client::serve() {
  while (true) {
    Inbox::Next next = inbox_.next();
    const std::optional<PlannedOp> planned = co_await next;
    if (!planned) {
      co_return;
    }
    if (shared_.lock == nullptr) {
      co_await perform(*planned);
      continue;
    }
    const RunLock::Mode mode = planned->kind == OpKind::read ? RunLock::Mode::shared : RunLock::Mode::exclusive;
    RunLock::Acquire acquire = shared_.lock->acquire(mode);
    co_await acquire;
    co_await perform(*planned);
    shared_.lock->release(mode);
  }
}

Task<Result<Value>> Client::call_pattern(const PlannedOp& planned) {
  if (OpService* const service = session_->service(); service != nullptr) {
    Result<Value> served = co_await service->perform(planned);
    co_return served;
  }
  const Nanoseconds time_to_live_ns = shared_.plan.scenario().time_to_live_ns;
  const Ports ports{database_, cache_, shared_.clock, random_, local_, no_feed_, time_to_live_ns};
  if (planned.kind == OpKind::read) {
    Result<Value> value = co_await shared_.pattern.read(ports, planned.key);
    co_return row_read(std::move(value));
  }
  if (planned.kind == OpKind::add) {
    Result<Value> added = co_await add(ports, planned);
    co_return added;
  }
  const Result<void> written = co_await shared_.pattern.write(ports, planned.key, planned.value);
  if (!written) {
    co_return std::unexpected(written.error());
  }
  co_return planned.value;
}

// What is added is the planned value less the loaded one, so that the sum still names its op.
Task<Result<Value>> Client::add(const Ports& ports, const PlannedOp& planned) {
  const Scenario& scenario = shared_.plan.scenario();
  for (unsigned attempts = 0;; ++attempts) {
    recorder_.begin_reading();
    const Result<Value> loaded = co_await load_to_add(ports, planned.key);
    if (!loaded || recorder_.is_dead()) {
      co_return failed(loaded ? ErrorCode::cancelled : loaded.error().code, "nothing was loaded that it could add to");
    }
    recorder_.end_reading(*loaded);
    guarded_.expect(scenario.add_guard ? std::optional(*loaded) : std::nullopt);
    const Result<void> written = co_await shared_.pattern.write(ports, planned.key, planned.value);
    guarded_.expect(std::nullopt);
    if (written) {
      co_return planned.value;
    }
    const bool was_held_back = scenario.add_guard && written.error().code == ErrorCode::serialization_failure;
    if (!was_held_back || written.error().outcome != Outcome::fail || attempts >= scenario.retries_max) {
      co_return std::unexpected(written.error());
    }
  }
}

Task<Result<Value>> Client::load_to_add(const Ports& ports, Key key) {
  if (shared_.plan.scenario().add_from == AddFrom::cache) {
    Result<Value> value = co_await shared_.pattern.read(ports, key);
    co_return row_read(std::move(value));
  }
  const Result<std::optional<Row>> row = co_await ports.database.read(key);
  if (!row) {
    co_return std::unexpected(row.error());
  }
  co_return row_read(row->has_value() ? (*row)->value : absent);
}

// In a run with deletes a read says with a value of its own that there was no row.
Result<Value> Client::row_read(Result<Value> value) const {
  const bool found_none = value && *value == absent && shared_.plan.scenario().delete_share > 0;
  return found_none ? Result<Value>(no_row) : value;
}

Task<void> Client::perform(const PlannedOp& planned) {
  Op op;
  op.index = planned.index;
  op.key = planned.key;
  op.client = id_;
  op.kind = planned.kind;
  op.value = planned.value;
  op.intended_ns = planned.intended_ns;
  op.invocation_ns = std::max(shared_.clock.now_ns(), planned.intended_ns);
  under_way_ = op;
  const std::uint64_t busy = ++shared_.in_flight;
  recorder_.begin(planned);
  const Result<Value> result = co_await call_pattern(planned);
  --shared_.in_flight;
  under_way_.reset();
  op.completion_ns = shared_.clock.now_ns();
  if (recorder_.is_dead()) {
    // Whatever its code made of calls that were never made, nobody was told.
    op.outcome = recorder_.is_reading() ? Outcome::fail : Outcome::info;
    op.error = ErrorCode::cancelled;
  } else if (result) {
    op.outcome = Outcome::ok;
    op.value = *result;
  } else {
    op.outcome = result.error().outcome;
    op.error = result.error().code;
    // A read has no effect that could be uncertain: without an answer it returned nothing.
    if (op.kind == OpKind::read) {
      op.outcome = Outcome::fail;
    }
  }
  count(op, busy);
  if (op.outcome == Outcome::info) {
    op.completion_ns = never;
  }
  shared_.lane.append(op);
}

void Client::count(const Op& op, std::uint64_t busy) {
  const bool is_warm_up = shared_.plan.is_warm_up(op.intended_ns);
  DriveCounts& all_counts = shared_.counts.of(is_warm_up);
  OpCounts& counts = all_counts.of(op.kind);
  ++counts.sent;
  counts.late += op.invocation_ns - op.intended_ns > shared_.plan.scenario().late_bound_ns ? 1 : 0;
  switch (op.outcome) {
    case Outcome::ok: ++counts.ok; break;
    case Outcome::fail: ++counts.fail; break;
    case Outcome::info: ++counts.info; break;
  }
  if (op.outcome != Outcome::ok) {
    ++all_counts.errors[static_cast<std::size_t>(op.error)];
    return;
  }
  for (DriveLatency* latency : {&shared_.latency.of(is_warm_up), &shared_.latency_live}) {
    KindLatency& of_kind = latency->of(op.kind);
    of_kind.response.record(op.completion_ns - op.intended_ns);
    of_kind.service.record(op.completion_ns - op.invocation_ns);
  }
  const ConcurrencyLevel at_level = {1, busy, op.completion_ns - op.invocation_ns};
  if (busy * 2 <= shared_.clients) {
    all_counts.half += at_level;
  } else if (busy * 4 > shared_.clients * 3) {
    all_counts.full += at_level;
  }
}

void Client::abandon() {
  if (!under_way_) {
    return;
  }
  under_way_->outcome = under_way_->kind == OpKind::read ? Outcome::fail : Outcome::info;
  under_way_->error = ErrorCode::cancelled;
  under_way_->completion_ns = under_way_->kind == OpKind::read ? shared_.clock.now_ns() : never;
  count(*under_way_, shared_.in_flight);
  shared_.lane.append(*under_way_);
  under_way_.reset();
}

}  // namespace stalemate
