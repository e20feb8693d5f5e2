#include "drive/ports/late_calls.hpp"

#include <utility>

#include "drive/ports/no_cache.hpp"

namespace stalemate {

LateCalls::LateCalls(const StepRecorder& recorder, std::unique_ptr<Session> session, bool has_cache)
    : recorder_(recorder),
      session_(std::move(session)),
      no_cache_(std::make_unique<NoCache>()),
      database_(session_->database(), recorder_),
      cache_(has_cache ? session_->cache() : *no_cache_, recorder_) {}

void LateCalls::take(const PlannedOp& op, FaultId fault, Nanoseconds late_ns, LateCall call) {
  waiting_.remove_if([](const Task<void>& task) { return task.done(); });
  ++left_;
  Late late{op, fault, late_ns, std::move(call)};
  waiting_.push_back(wait_and_make(std::move(late)));
  waiting_.back().start();
}

Task<void> LateCalls::wait_and_make(Late late) {
  co_await recorder_.clock().sleep(late.late_ns);
  due_.push_back(std::move(late));
  if (std::exchange(is_busy_, true)) {
    co_return;
  }
  while (!due_.empty()) {
    const Late next = std::move(due_.front());
    due_.pop_front();
    recorder_.begin_late(next.op, next.fault);
    const Result<void> done = co_await next.call(database_, cache_);
    static_cast<void>(done);  // its step tells
    --left_;
  }
  is_busy_ = false;
}

}  // namespace stalemate
