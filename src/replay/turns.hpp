// Ports whose calls wait for their turn: each stops before it is sent until it is told how to go on.
#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/pattern/ports.hpp"
#include "drive/ports/troubled_ports.hpp"

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

/// The call that `make` makes, in its turn, with what the permit says is to go wrong with it.
template <class Make>
std::invoke_result_t<Make, const Permit&> in_turn(Turn& turn, Troubled& troubled, Make make) {
  Turn::Wait mine{turn};
  const Permit permit = co_await mine;
  troubled.expect(permit.trouble);
  auto answer = co_await make(permit);
  co_return answer;
}

class DatabaseInTurn final : public Database {
 public:
  DatabaseInTurn(Turn& turn, Database& inner, TroubleSetting setting)
      : turn_(turn), troubled_(inner, std::move(setting)) {}
  Task<Result<std::optional<Row>>> read(Key key) override {
    return in_turn(turn_, troubled_, [this, key](const Permit& /*permit*/) { return troubled_.read(key); });
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override {
    return in_turn(turn_, troubled_, [this, key](const Permit& /*permit*/) { return troubled_.read_replica(key); });
  }
  Task<Result<Written>> write(Key key, Value value) override {
    return in_turn(turn_, troubled_,
                   [this, key, value](const Permit& /*permit*/) { return troubled_.write(key, value); });
  }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    return in_turn(turn_, troubled_,
                   [this, key, value](const Permit& /*permit*/) { return troubled_.write_with_message(key, value); });
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
    return in_turn(turn_, troubled_, [this, key](const Permit& /*permit*/) { return troubled_.get(key); });
  }
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override {
    return in_turn(turn_, troubled_, [this, key, value, time_to_live_ns](const Permit& /*permit*/) {
      return troubled_.set(key, value, time_to_live_ns);
    });
  }
  Task<Result<bool>> erase(Key key) override {
    return in_turn(turn_, troubled_, [this, key](const Permit& /*permit*/) { return troubled_.erase(key); });
  }
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override {
    return in_turn(turn_, troubled_, [this, &command, key, arguments](const Permit& permit) mutable {
      arguments.patience_ns = permit.asks_once ? 0 : arguments.patience_ns;
      return troubled_.call(command, key, arguments);
    });
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
