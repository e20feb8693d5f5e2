// The origin's global readers-writer lock, for coroutines of one thread (--serialize).
#pragma once

#include <coroutine>
#include <deque>

#include "core/assert.hpp"

namespace stalemate {

/// First come, first served: a reader that comes after a waiting writer waits too, so neither side starves.
/// Thread rule: one thread.
class RunLock {
 public:
  enum class Mode : bool { shared, exclusive };

  /// Awaiting it holds the lock in `mode`. Requires: named before it is awaited; each is awaited once.
  class Acquire {
   public:
    Acquire(RunLock& lock, Mode mode) : lock_(lock), mode_(mode) {}
    bool await_ready() { return lock_.waiting_.empty() && lock_.take(mode_); }
    void await_suspend(std::coroutine_handle<> waiting) { lock_.waiting_.push_back({waiting, mode_}); }
    void await_resume() const noexcept {}

   private:
    RunLock& lock_;
    Mode mode_;
  };

  [[nodiscard]] Acquire acquire(Mode mode) { return {*this, mode}; }
  /// Gives back a lock held in `mode`; resumes those whose turn it is before it returns.
  void release(Mode mode) {
    STALEMATE_ASSERT(mode == Mode::exclusive ? writing_ : readers_ > 0, "a lock is released by its holder");
    if (mode == Mode::exclusive) {
      writing_ = false;
    } else {
      --readers_;
    }
    while (!waiting_.empty() && take(waiting_.front().mode)) {
      const std::coroutine_handle<> next = waiting_.front().handle;
      waiting_.pop_front();
      next.resume();
    }
  }

 private:
  struct Waiting {
    std::coroutine_handle<> handle;
    Mode mode;
  };

  bool take(Mode mode) {
    if (writing_ || (mode == Mode::exclusive && readers_ > 0)) {
      return false;
    }
    if (mode == Mode::exclusive) {
      writing_ = true;
    } else {
      ++readers_;
    }
    return true;
  }

  std::deque<Waiting> waiting_ = {};
  unsigned readers_ = 0;
  bool writing_ = false;
};

}  // namespace stalemate
