// Ports whose calls wait for their turn: each stops before it is sent until it is told how to go on.
#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <utility>

#include "core/ports.hpp"

namespace stalemate {

/// How a call may go on.
enum class Permit : std::uint8_t {
  go,
  lose_request,  ///< it is not sent; its caller is told of a timeout
  lose_reply,    ///< it is sent and done; its caller is told of a timeout
  ask_once,      ///< a busy answer is not waited out
  refuse         ///< of a write of the row: the database rolls it back
};

/// A call that was sent and not yet carried out, or another copy of one.
using LateCall = std::function<Task<Result<void>>()>;

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

  /// The call that waits, for whoever makes it another time. Requires: is_awaited().
  [[nodiscard]] const LateCall& waiting_call() const { return call_; }
  void set_waiting_call(LateCall call) { call_ = std::move(call); }

 private:
  std::coroutine_handle<> waiting_ = {};
  Permit permit_ = Permit::go;
  LateCall call_ = {};
};

/// `call`, which is not yet started, as it may go on.
template <class T>
Task<Result<T>> with_permit(Permit permit, Task<Result<T>> call) {
  if (permit == Permit::lose_request) {
    co_return uncertain(ErrorCode::timed_out, "the request was left out");
  }
  Result<T> result = co_await call;
  if (permit == Permit::lose_reply) {
    co_return uncertain(ErrorCode::timed_out, "the reply was left out");
  }
  co_return result;
}

/// `call`, which is not yet started, in its turn.
template <class T>
Task<Result<T>> in_turn(Turn& turn, Task<Result<T>> call) {
  Turn::Wait mine{turn};
  const Permit permit = co_await mine;
  Result<T> result = co_await with_permit(permit, std::move(call));
  co_return result;
}

/// Whether a call was carried out.
template <class T>
Task<Result<void>> without_answer(Task<Result<T>> call) {
  const Result<T> result = co_await call;
  co_return without_value(result);
}

/// What arrives late takes the second connection, `late`, which may be nullptr where nothing does.
class DatabaseInTurn final : public Database {
 public:
  DatabaseInTurn(Turn& turn, Database& inner, Database* late) : turn_(turn), inner_(inner), late_(late) {}
  Task<Result<std::optional<Row>>> read(Key key) override { return in_turn(turn_, inner_.read(key)); }
  Task<Result<Written>> write(Key key, Value value) override {
    turn_.set_waiting_call([late = late_, key, value] { return without_answer(late->write(key, value)); });
    return write_in_turn(key, value, false);
  }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    turn_.set_waiting_call([late = late_, key, value] { return without_answer(late->write_with_message(key, value)); });
    return write_in_turn(key, value, true);
  }
  Task<Result<std::optional<Row>>> read_replica(Key key) override { return in_turn(turn_, inner_.read_replica(key)); }

 private:
  Task<Result<Written>> write_in_turn(Key key, Value value, bool with_message) {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    Task<Result<Written>> call = permit == Permit::refuse ? inner_.write_rolled_back(key, value)
                                 : with_message           ? inner_.write_with_message(key, value)
                                                          : inner_.write(key, value);
    Result<Written> written = co_await with_permit(permit, std::move(call));
    co_return written;
  }

  Turn& turn_;
  Database& inner_;
  Database* late_;
};

/// As DatabaseInTurn.
class CacheInTurn final : public Cache {
 public:
  CacheInTurn(Turn& turn, Cache& inner, Cache* late) : turn_(turn), inner_(inner), late_(late) {}
  Task<Result<std::optional<Value>>> get(Key key) override { return in_turn(turn_, inner_.get(key)); }
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override {
    turn_.set_waiting_call(
        [late = late_, key, value, time_to_live_ns] { return without_answer(late->set(key, value, time_to_live_ns)); });
    return in_turn(turn_, inner_.set(key, value, time_to_live_ns));
  }
  Task<Result<bool>> erase(Key key) override {
    turn_.set_waiting_call([late = late_, key] { return without_answer(late->erase(key)); });
    return in_turn(turn_, inner_.erase(key));
  }
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override {
    turn_.set_waiting_call(
        [late = late_, &command, key, arguments] { return without_answer(late->call(command, key, arguments)); });
    return call_in_turn(command, key, arguments);
  }

 private:
  Task<Result<CacheReply>> call_in_turn(const CacheCommandInfo& command, Key key, CacheArguments arguments) {
    Turn::Wait mine{turn_};
    const Permit permit = co_await mine;
    arguments.patience_ns = permit == Permit::ask_once ? 0 : arguments.patience_ns;
    Result<CacheReply> reply = co_await with_permit(permit, inner_.call(command, key, arguments));
    co_return reply;
  }

  Turn& turn_;
  Cache& inner_;
  Cache* late_;
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
