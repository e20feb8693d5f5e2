// The ports a pattern gets under the explorer: every call is answered from a list, and the first one beyond the list is
// noted and left suspended for good.
#pragma once

#include <optional>
#include <span>

#include "core/pattern/pattern.hpp"
#include "explore/model/request.hpp"

namespace stalemate {

/// The calls of one op. Single-threaded.
class Conversation {
 public:
  /// `answers` are the replies to the first calls. `identity` is another one for every op, so that their chance
  /// differs.
  Conversation(std::span<const Reply> answers, std::uint32_t identity) : answers_(answers), identity_(identity) {}

  /// The call that was not answered; nothing if the op came to its end.
  [[nodiscard]] const std::optional<Request>& asked() const { return asked_; }

  struct Ask {
    Conversation& conversation;
    Request request;
    [[nodiscard]] bool await_ready() const { return conversation.used_ < conversation.answers_.size(); }
    void await_suspend(std::coroutine_handle<>) const { conversation.asked_ = request; }
    [[nodiscard]] Reply await_resume() const { return conversation.answers_[conversation.used_++]; }
  };
  [[nodiscard]] Ask ask(const Request& request) { return Ask{*this, request}; }

  /// Small numbers that no other op draws.
  [[nodiscard]] std::uint64_t draw() { return 1 + identity_ + 64ULL * draws_++; }
  [[nodiscard]] Nanoseconds slept_ns() const { return slept_ns_; }
  void sleep(Nanoseconds duration_ns) { slept_ns_ += duration_ns > 0 ? duration_ns : 0; }

 private:
  std::span<const Reply> answers_;
  std::uint32_t identity_;
  std::size_t used_ = 0;
  std::uint64_t draws_ = 0;
  Nanoseconds slept_ns_ = 0;
  std::optional<Request> asked_ = {};
};

class VirtualDatabase final : public Database {
 public:
  explicit VirtualDatabase(Conversation& conversation) : conversation_(conversation) {}
  Task<Result<std::optional<Row>>> read(Key key) override;
  Task<Result<std::optional<Row>>> read_replica(Key key) override;
  Task<Result<Written>> write(Key key, Value value) override;
  Task<Result<Written>> write_with_message(Key key, Value value) override;

 private:
  Task<Result<std::optional<Row>>> read_as(RequestKind kind);
  Task<Result<Written>> write_as(RequestKind kind, Value value);
  Conversation& conversation_;
};

class VirtualCache final : public Cache {
 public:
  VirtualCache(Conversation& conversation, bool local) : conversation_(conversation), local_(local) {}
  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;

 private:
  Conversation& conversation_;
  bool local_;
};

class VirtualFeed final : public Feed {
 public:
  explicit VirtualFeed(Conversation& conversation) : conversation_(conversation) {}
  Task<Result<Change>> next() override;
  Task<Result<void>> acknowledge(Change change) override;

 private:
  Conversation& conversation_;
};

/// Sleeps end at any moment, so one that is over at once leaves nothing out: the process may still take its time.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Conversation& conversation) : conversation_(conversation) {}
  [[nodiscard]] Nanoseconds now_ns() const override { return conversation_.slept_ns(); }
  Task<void> sleep(Nanoseconds duration_ns) override;

 private:
  Conversation& conversation_;
};

class VirtualRandom final : public Random {
 public:
  explicit VirtualRandom(Conversation& conversation) : conversation_(conversation) {}
  std::uint64_t next() override { return conversation_.draw(); }

 private:
  Conversation& conversation_;
};

}  // namespace stalemate
