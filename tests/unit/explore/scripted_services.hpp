// Small services: each is a function of the replies it got, run again from its start with every reply, so that it can
// be stopped at every call.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "explore/application/application_world.hpp"

namespace stalemate::testing_explore {

/// `tell` has all instances drop their copies; `keep` and `drop` are no calls: they change the instance's own copy.
enum class Asks : std::uint8_t {
  get,
  set,
  erase,
  set_newer,
  mark,
  tell,
  select,
  select_for_update,
  update,
  open,
  commit,
  keep
};

struct ScriptedCall {
  Asks asks = Asks::get;
  std::string key = "product:{key}";
  Value value = absent;
  int version = 0;
};

struct ScriptedReply {
  bool answered = true;
  bool there = true;
  Value value = absent;
  int version = 0;
};

inline bool asks_cache(const ScriptedCall& call) {
  return call.asks <= Asks::tell;
}
inline bool asks_to_write(const ScriptedCall& call) {
  return call.asks != Asks::get && call.asks != Asks::select;
}

/// What a service does with the request it handles. call() ends the handler by an exception until the reply is there.
class Talk {
 public:
  struct NotYet {};
  struct Done {
    ScriptedCall call = {};
    std::optional<ScriptedReply> reply = {};
  };

  /// `copy`: what the instance's memory held when the request came.
  explicit Talk(std::vector<Done>& done, std::optional<Value> copy = {}) : done_(done), copy_(copy) {}

  [[nodiscard]] const std::optional<Value>& copy() const { return copy_; }
  /// The instance's memory holds this from now on.
  void keep(Value value) { send({.asks = Asks::keep, .value = value}); }

  ScriptedReply call(const ScriptedCall& wanted) {
    send(wanted);
    if (!done_[next_ - 1].reply) {
      throw NotYet();
    }
    return *done_[next_ - 1].reply;
  }
  /// Does not wait for the reply.
  void send(const ScriptedCall& wanted) {
    if (next_ == done_.size()) {
      done_.push_back({wanted});
    }
    ++next_;
  }
  void answer(Outcome outcome, Value value = absent) { ending_ = AnsweredOp{0, outcome, value}; }
  [[nodiscard]] const std::optional<AnsweredOp>& ending() const { return ending_; }

 private:
  std::vector<Done>& done_;
  std::optional<Value> copy_;
  std::size_t next_ = 0;
  std::optional<AnsweredOp> ending_ = {};
};

/// `schedule` counts the schedules since the service was started, which only one that is not repeatable looks at.
using Service = void (*)(Talk& talk, OpKind kind, Value value, int schedule);

inline void no_cache(Talk& talk, OpKind kind, Value value, int /*schedule*/) {
  const ScriptedCall call{.asks = kind == OpKind::read ? Asks::select : Asks::update, .value = value};
  const ScriptedReply reply = talk.call(call);
  talk.answer(reply.answered ? Outcome::ok : Outcome::info, reply.value);
}

inline void cache_aside(Talk& talk, OpKind kind, Value value, int /*schedule*/) {
  if (kind == OpKind::write) {
    const bool is_written = talk.call({.asks = Asks::update, .value = value}).answered;
    talk.answer(is_written && talk.call({.asks = Asks::erase}).answered ? Outcome::ok : Outcome::info);
    return;
  }
  const ScriptedReply hit = talk.call({.asks = Asks::get});
  if (hit.answered && hit.there) {
    talk.answer(Outcome::ok, hit.value);
    return;
  }
  const ScriptedReply row = talk.call({.asks = Asks::select});
  if (row.answered) {
    talk.call({.asks = Asks::set, .value = row.value});
  }
  talk.answer(row.answered ? Outcome::ok : Outcome::fail, row.value);
}

/// Answers before the cache has taken its SET or DEL.
inline void hasty_cache_aside(Talk& talk, OpKind kind, Value value, int /*schedule*/) {
  if (kind == OpKind::write) {
    const bool is_written = talk.call({.asks = Asks::update, .value = value}).answered;
    talk.send({.asks = Asks::erase});
    talk.answer(is_written ? Outcome::ok : Outcome::info);
    return;
  }
  const ScriptedReply hit = talk.call({.asks = Asks::get});
  if (hit.answered && hit.there) {
    talk.answer(Outcome::ok, hit.value);
    return;
  }
  const ScriptedReply row = talk.call({.asks = Asks::select});
  if (row.answered) {
    talk.send({.asks = Asks::set, .value = row.value});
  }
  talk.answer(row.answered ? Outcome::ok : Outcome::fail, row.value);
}

/// A write leaves its version in the cache, below which no fill is taken.
inline void versioned_tombstone(Talk& talk, OpKind kind, Value value, int /*schedule*/) {
  if (kind == OpKind::write) {
    const ScriptedReply row = talk.call({.asks = Asks::update, .value = value});
    const bool is_marked = row.answered && talk.call({.asks = Asks::mark, .version = row.version}).answered;
    talk.answer(is_marked ? Outcome::ok : Outcome::info);
    return;
  }
  const ScriptedReply hit = talk.call({.asks = Asks::get});
  if (hit.answered && hit.there) {
    talk.answer(Outcome::ok, hit.value);
    return;
  }
  const ScriptedReply row = talk.call({.asks = Asks::select});
  if (row.answered) {
    talk.call({.asks = Asks::set_newer, .value = row.value, .version = row.version});
  }
  talk.answer(row.answered ? Outcome::ok : Outcome::fail, row.value);
}

/// Locks the row, and drops the entry before the transaction is committed.
inline void early_invalidation(Talk& talk, OpKind kind, Value value, int schedule) {
  if (kind == OpKind::read) {
    cache_aside(talk, kind, value, schedule);
    return;
  }
  const bool is_ok = talk.call({.asks = Asks::open}).answered &&
                     talk.call({.asks = Asks::select_for_update}).answered &&
                     talk.call({.asks = Asks::update, .value = value}).answered &&
                     talk.call({.asks = Asks::erase}).answered && talk.call({.asks = Asks::commit}).answered;
  talk.answer(is_ok ? Outcome::ok : Outcome::info);
}

/// Its only cache is in each instance's memory; a write has all instances drop their copies. A read looks at something
/// else before it keeps its copy, and behind it.
inline void told_near_cache(Talk& talk, OpKind kind, Value value, int /*schedule*/) {
  if (kind == OpKind::write) {
    const bool is_written = talk.call({.asks = Asks::update, .value = value}).answered;
    const bool is_told = is_written && talk.call({.asks = Asks::tell, .key = "bus"}).answered;
    talk.answer(is_told ? Outcome::ok : Outcome::info);
    return;
  }
  if (talk.copy()) {
    talk.answer(Outcome::ok, *talk.copy());
    return;
  }
  const ScriptedReply row = talk.call({.asks = Asks::select});
  if (row.answered) {
    talk.call({.asks = Asks::get, .key = "limits"});
    talk.keep(row.value);
    talk.call({.asks = Asks::get, .key = "limits"});
  }
  talk.answer(row.answered ? Outcome::ok : Outcome::fail, row.value);
}

/// In every third schedule it asks for another key.
inline void moody_cache_aside(Talk& talk, OpKind kind, Value value, int schedule) {
  if (kind == OpKind::read && schedule % 3 == 0) {
    talk.call({.asks = Asks::get, .key = "mood:{key}"});
  }
  cache_aside(talk, kind, value, schedule);
}

}  // namespace stalemate::testing_explore
