// A thread of its own for work that blocks, which waits most of the time and can be told to end.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "core/try_start.hpp"
#include "drive/live_clock.hpp"

namespace stalemate {

/// Thread rule: start and end on one thread; wait_until on the one that was started.
class OwnThread {
 public:
  OwnThread() = default;
  OwnThread(const OwnThread&) = delete;
  OwnThread& operator=(const OwnThread&) = delete;
  ~OwnThread() { end(); }

  /// Begins to do `work`; `what` is what the thread is for, such as "for a worker".
  /// Errors: defect: there can be no thread. Requires: called once at most.
  template <class Work>
  [[nodiscard]] Result<void> start(std::string_view what, Work work) {
    Result<std::thread> thread = try_start(what, [&work] { return std::thread(std::move(work)); });
    if (!thread) {
      return std::unexpected(thread.error());
    }
    thread_ = std::move(*thread);
    return {};
  }
  /// Waits until then. False, at once: the thread is to end.
  [[nodiscard]] bool wait_until(SteadyTime time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_until(lock, time, [this] { return ending_; });
  }
  /// Ends its waits, and returns when its work is done. Twice is no error.
  void end() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

 private:
  std::mutex mutex_ = {};
  std::condition_variable changed_ = {};
  bool ending_ = false;
  std::thread thread_ = {};
};

}  // namespace stalemate
