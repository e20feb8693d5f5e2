// Lets a coroutine of a driver wait for a short time. It may be destroyed while it waits.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <coroutine>
#include <memory>
#include <utility>

#include "core/types.hpp"

namespace stalemate {

/// Awaitable once: resumes on the thread of `context` after `duration_ns`. Safe to destroy while waiting.
class Pause {
 public:
  Pause(boost::asio::io_context& context, Nanoseconds duration_ns)
      : state_(std::make_shared<State>(context, duration_ns)) {}
  Pause(const Pause&) = delete;
  Pause& operator=(const Pause&) = delete;
  ~Pause() {
    state_->waiting = {};
    state_->timer.cancel();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    state_->waiting = handle;
    state_->timer.async_wait([state = state_](const boost::system::error_code&) {
      if (const std::coroutine_handle<> waiting = std::exchange(state->waiting, {})) {
        waiting.resume();
      }
    });
  }
  void await_resume() const noexcept {}

 private:
  struct State {
    State(boost::asio::io_context& context, Nanoseconds duration_ns)
        : timer(context, std::chrono::nanoseconds(duration_ns)) {}
    boost::asio::steady_timer timer;
    std::coroutine_handle<> waiting = {};
  };
  std::shared_ptr<State> state_;
};

}  // namespace stalemate
