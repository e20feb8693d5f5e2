// Ports whose calls wait for their turn: each stops before it is sent until it is told how to go on.
#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <utility>

#include "core/ports.hpp"
#include "drive/troubled_ports.hpp"

namespace stalemate {

/// How a call may go on.
struct Permit {
  CallTrouble trouble = {};
  bool asks_once = false;  ///< a busy answer is not waited out
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
  void give(const Permit& permit) {
    permit_ = permit;
    std::exchange(waiting_, {}).resume();
  }
  /// The process that waits is no more.
  void forget() { waiting_ = {}; }

 private:
  std::coroutine_handle<> waiting_ = {};
  Permit permit_ = {};
};

/// `call`, which is not yet started, in its turn. Nothing goes wrong with it but in whether it is made.
template <class T>
Task<Result<T>> in_turn(Turn& turn, Task<Result<T>> call) {
  Turn::Wait mine{turn};
  const Permit permit = co_await mine;
  static_cast<void>(permit);
  Result<T> result = co_await call;
  co_return result;
}

class DatabaseInTurn final : public Database {
 public:
  DatabaseInTurn(Turn& turn, Database& inner, TroubleSetting setting)
      : turn_(turn), troubled_(inner, std::move(setting)) {}
  Task<Result<std::optional<Row>>> read(Key key) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<std::optional<Row>> row = co_await troubled_.read(key);
    co_return row;
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<std::optional<Row>> row = co_await troubled_.read_replica(key);
    co_return row;
  }
  Task<Result<Written>> write(Key key, Value value) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<Written> written = co_await troubled_.write(key, value);
    co_return written;
  }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<Written> written = co_await troubled_.write_with_message(key, value);
    co_return written;
  }

 private:
  Turn& turn_;
  TroubledDatabase troubled_;
};

/// As DatabaseInTurn.
class CacheInTurn final : public Cache {
 public:
  CacheInTurn(Turn& turn, Cache& inner, TroubleSetting setting) : turn_(turn), troubled_(inner, std::move(setting)) {}
  Task<Result<std::optional<Value>>> get(Key key) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<std::optional<Value>> entry = co_await troubled_.get(key);
    co_return entry;
  }
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<void> set = co_await troubled_.set(key, value, time_to_live_ns);
    co_return set;
  }
  Task<Result<bool>> erase(Key key) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    Result<bool> erased = co_await troubled_.erase(key);
    co_return erased;
  }
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    troubled_.expect(permit.trouble);
    arguments.patience_ns = permit.asks_once ? 0 : arguments.patience_ns;
    Result<CacheReply> reply = co_await troubled_.call(command, key, arguments);
    co_return reply;
  }

 private:
  Turn& turn_;
  TroubledCache troubled_;
};

class FeedInTurn final : public Feed {
 public:
  FeedInTurn(Turn& turn, Feed& inner) : turn_(turn), inner_(inner) {}
  Task<Result<Change>> next() override { return in_turn(turn_, inner_.next()); }
  Task<Result<void>> acknowledge(Change change) override { return in_turn(turn_, inner_.acknowledge(change)); }

 private:
  Turn& turn_;
  Feed& inner_;
};

/// Whose sleeps end at once: the order of steps is another's affair.
class HastyClock final : public Clock {
 public:
  [[nodiscard]] Nanoseconds now_ns() const override { return 0; }
  Task<void> sleep(Nanoseconds /*duration_ns*/) override { co_return; }
};

}  // namespace stalemate
