// The run's clock: nanoseconds of CLOCK_MONOTONIC since the run's start, and sleeping on an event loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <coroutine>

#include "core/pattern/ports.hpp"

namespace stalemate {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Waits for a timer from a coroutine. Requires: named before it is awaited, and alive until resumed.
class TimerWait {
 public:
  explicit TimerWait(boost::asio::steady_timer& timer) : timer_(timer) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    timer_.async_wait([waiting](const boost::system::error_code&) { waiting.resume(); });
  }
  void await_resume() const noexcept {}

 private:
  boost::asio::steady_timer& timer_;
};

/// Thread rule: now_ns() on any thread; sleep() on the thread that runs the context.
class LiveClock final : public Clock {
 public:
  explicit LiveClock(boost::asio::io_context& context) : context_(context) {}

  /// Makes `origin` instant 0; it may lie in the future, then now_ns() is negative until it comes.
  /// Requires: nobody uses the clock yet.
  void set_origin(SteadyTime origin) { origin_ = origin; }

  [[nodiscard]] Nanoseconds now_ns() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - origin_).count();
  }
  Task<void> sleep(Nanoseconds duration_ns) override;

  [[nodiscard]] SteadyTime time_of(Nanoseconds instant_ns) const {
    return origin_ + std::chrono::nanoseconds(instant_ns);
  }

 private:
  boost::asio::io_context& context_;
  SteadyTime origin_ = std::chrono::steady_clock::now();
};

}  // namespace stalemate
