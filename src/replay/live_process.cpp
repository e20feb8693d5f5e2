#include "replay/live_process.hpp"

#include "core/text/key_names.hpp"

namespace stalemate {

Value live_value(Value explored) {
  return explored == absent ? absent : initial_value + explored;
}

LiveProcess::LiveProcess(const Witness& witness, std::uint8_t number, std::unique_ptr<Session> session,
                         std::unique_ptr<Session> late, MemoryCache& local)
    : witness_(witness),
      session_(std::move(session)),
      late_(std::move(late)),
      random_(1, number),
      database_(turn_, session_->database(), trouble_setting()),
      cache_(turn_, session_->cache(), trouble_setting()),
      local_(turn_, local, trouble_setting()),
      feed_(turn_, is_background() ? static_cast<Feed&>(*session_->feed()) : no_feed_) {
  const std::vector<ScopeOp> all = ops_of(witness.options.scope);
  for (std::size_t op = 0; op < all.size(); ++op) {
    if (all[op].process == number) {
      ops_.emplace_back(static_cast<std::uint8_t>(op), all[op]);
    }
  }
}

Task<Result<void>> LiveProcess::connect() {
  Result<void> connected = co_await session_->connect();
  if (connected && late_) {
    connected = co_await late_->connect();
  }
  co_return connected;
}

void LiveProcess::start() {
  serving_ = is_background() ? serve_in_background() : serve();
  serving_.start();
}

void LiveProcess::die() {
  turn_.forget();
  serving_ = {};
  if (is_background()) {
    start();
  }
}

Task<Result<void>> LiveProcess::arrives(std::size_t step) {
  return late_calls_.at(step)(late_->database(), late_->cache());
}

Task<Result<void>> LiveProcess::lose_change() {
  const Result<Change> change = co_await session_->feed()->next();
  if (!change) {
    co_return std::unexpected(change.error());
  }
  Result<void> gone = co_await session_->feed()->acknowledge(*change);
  co_return gone;
}

// Nobody waits for an answer that will not come: the order of steps is another's affair.
TroubleSetting LiveProcess::trouble_setting() {
  return {clock_, 0, [this](LateCall call) { late_calls_[step_] = std::move(call); }};
}

Ports LiveProcess::ports() {
  return Ports{database_, cache_, clock_, random_, local_, feed_, witness_.options.time_to_live_ns};
}

Task<void> LiveProcess::serve() {
  const Pattern& pattern = witness_.options.pattern->instance();
  for (const auto& [number, op] : ops_) {
    EndedOp ended{number, {}};
    if (op.kind == OpKind::read) {
      const Result<Value> value = co_await pattern.read(ports(), live_key);
      ended.ending.outcome = value ? Outcome::ok : value.error().outcome;
      ended.ending.value = value ? *value : absent;
    } else {
      const Result<void> written = co_await pattern.write(ports(), live_key, live_value(op.value));
      ended.ending.outcome = written ? Outcome::ok : written.error().outcome;
    }
    ended_.push_back(ended);
  }
}

// A round that failed is begun again, as the explorer does it.
Task<void> LiveProcess::serve_in_background() {
  while (true) {
    const Result<void> done = co_await witness_.options.pattern->instance().background(ports());
    static_cast<void>(done);
  }
}

}  // namespace stalemate
