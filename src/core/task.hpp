// Task<T>: a lazily started coroutine that belongs to whoever holds it and resumes its awaiter when done.
//
// The same Task runs over real sockets and under the explorer, so it knows no event loop. Frames come from a
// thread-local pool (frame_pool.hpp).
//
// Rule of this house (GCC 12.2 destroys some temporaries twice): never build a temporary with `{` or a lambda inside a
// `co_await` expression; name it first. No coroutine lambdas with captures. tests/tidy refuses both.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "core/assert.hpp"
#include "core/frame_pool.hpp"

namespace stalemate {

template <class T>
class Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> continuation = std::noop_coroutine();

  static void* operator new(std::size_t size) { return frame_allocate(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { frame_release(frame, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
      return self.promise().continuation;
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }

  // Exceptions are for start-up only; one that reaches a coroutine is a defect.
  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> result;
  Task<T> get_return_object() noexcept;
  template <class U>
  void return_value(U&& value) {
    result.emplace(std::forward<U>(value));
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
};

}  // namespace detail

/// A coroutine that starts when awaited (or by `start`) and yields one T.
/// Thread rule: runs on whichever thread resumes it; one thread at a time. Destroying a suspended Task destroys its
/// locals, so whoever holds its handle must let go first.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() noexcept = default;
  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { reset(); }

  /// Runs until the first suspension, without an awaiter. Requires: not started before.
  void start() { handle_.resume(); }
  [[nodiscard]] bool done() const noexcept { return !handle_ || handle_.done(); }
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(handle_); }

  /// The value of a finished, started Task. Requires: done().
  [[nodiscard]] T take() {
    STALEMATE_ASSERT(handle_ && handle_.done(), "a task's result is taken only once it is done");
    if constexpr (!std::is_void_v<T>) {
      return std::move(*handle_.promise().result);
    }
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiter) noexcept {
    handle_.promise().continuation = awaiter;
    return handle_;
  }
  T await_resume() {
    if constexpr (!std::is_void_v<T>) {
      return std::move(*handle_.promise().result);
    }
  }

 private:
  void reset() noexcept {
    if (handle_) {
      std::exchange(handle_, {}).destroy();
    }
  }
  Handle handle_ = {};
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

}  // namespace stalemate
