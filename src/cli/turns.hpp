// Ports whose calls wait for their turn: each stops before it is sent until it is told how to go on.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "core/ports.hpp"

namespace stalemate {

/// How a call may go on.
enum class Permit : std::uint8_t {
  go,
  lose_request,  ///< it is not sent; its caller is told of a timeout
  lose_reply     ///< it is sent and done; its caller is told of a timeout
};

/// Where one process waits. Thread rule: one thread.
class Turn {
 public:
  struct Wait {
    Turn& turn;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) noexcept { turn.waiting_ = waiting; }
    [[nodiscard]] Permit await_resume() const noexcept { return turn.permit_; }
  };

  [[nodiscard]] bool is_awaited() const { return static_cast<bool>(waiting_); }
  /// Requires: is_awaited().
  void give(Permit permit) {
    permit_ = permit;
    std::exchange(waiting_, {}).resume();
  }
  /// The process that waits is no more.
  void forget() { waiting_ = {}; }

 private:
  std::coroutine_handle<> waiting_ = {};
  Permit permit_ = Permit::go;
};

/// `call`, which is not yet started, in its turn.
template <class T>
Task<Result<T>> in_turn(Turn& turn, Task<Result<T>> call) {
  Turn::Wait mine{turn};
  const Permit permit = co_await mine;
  if (permit == Permit::lose_request) {
    co_return uncertain(ErrorCode::timed_out, "the request was left out");
  }
  Result<T> result = co_await call;
  if (permit == Permit::lose_reply) {
    co_return uncertain(ErrorCode::timed_out, "the reply was left out");
  }
  co_return result;
}

class DatabaseInTurn final : public Database {
 public:
  DatabaseInTurn(Turn& turn, Database& inner) : turn_(turn), inner_(inner) {}
  Task<Result<std::optional<Row>>> read(Key key) override { return in_turn(turn_, inner_.read(key)); }
  Task<Result<Written>> write(Key key, Value value) override { return in_turn(turn_, inner_.write(key, value)); }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    return in_turn(turn_, inner_.write_with_message(key, value));
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override { return in_turn(turn_, inner_.read_replica(key)); }

 private:
  Turn& turn_;
  Database& inner_;
};

class CacheInTurn final : public Cache {
 public:
  CacheInTurn(Turn& turn, Cache& inner) : turn_(turn), inner_(inner) {}
  Task<Result<std::optional<Value>>> get(Key key) override { return in_turn(turn_, inner_.get(key)); }
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override {
    return in_turn(turn_, inner_.set(key, value, time_to_live_ns));
  }
  Task<Result<bool>> erase(Key key) override { return in_turn(turn_, inner_.erase(key)); }
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override {
    return in_turn(turn_, inner_.call(command, key, arguments));
  }

 private:
  Turn& turn_;
  Cache& inner_;
};

/// Whose sleeps end at once: the order of steps is another's affair.
class HastyClock final : public Clock {
 public:
  [[nodiscard]] Nanoseconds now_ns() const override { return 0; }
  Task<void> sleep(Nanoseconds /*duration_ns*/) override { co_return; }
};

}  // namespace stalemate
