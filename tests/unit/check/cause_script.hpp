// Small runs written out step by step, and what is expected of their only stale read.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "check/causes/cause.hpp"
#include "check/causes/causes.hpp"
#include "check/causes/story.hpp"
#include "check/check.hpp"
#include "unit/check/small_history.hpp"

namespace stalemate::test {

/// Builds histories one op at a time; instants are in the order of the calls unless told.
class CauseScript {
 public:
  Op& op(OpKind kind, Value value, Nanoseconds from, Nanoseconds to) {
    Op& op = small_.ops.emplace_back();
    op.index = static_cast<OpIndex>(small_.ops.size() - 1);
    op.client = static_cast<ClientId>(op.index % 4);
    op.kind = kind;
    op.value = value;
    op.outcome = to == never ? Outcome::info : Outcome::ok;
    op.invocation_ns = op.intended_ns = from;
    op.completion_ns = to;
    return op;
  }
  Step& step(Store store, Command command, Role role, Value value, Nanoseconds from, Nanoseconds to) {
    Step& step = small_.steps.emplace_back();
    step.op = small_.ops.back().index;
    step.store = store;
    step.command = command;
    step.role = role;
    step.outcome = Outcome::ok;
    step.value = value;
    step.start_ns = from;
    step.end_ns = to;
    return step;
  }
  void update(Value value, Version version, Nanoseconds from, Nanoseconds to) {
    step(Store::database, Command::write, Role::update, value, from, to).version = version;
  }
  Step& invalidate(Nanoseconds from, Nanoseconds to) {
    return step(Store::cache, Command::erase, Role::invalidate, absent, from, to);
  }
  void lookup(Value value, Nanoseconds from, Nanoseconds to) {
    step(Store::cache, Command::get, Role::lookup, value, from, to);
  }
  void load(Value value, Nanoseconds from, Nanoseconds to) {
    step(Store::database, Command::read, Role::load, value, from, to);
  }
  Step& fill(Value value, Nanoseconds from, Nanoseconds to) {
    return step(Store::cache, Command::set, Role::fill, value, from, to);
  }
  /// A read that misses, loads and fills in [from, from + 6].
  void reader_fills(Value value, Nanoseconds from) {
    op(OpKind::read, value, from, from + 6);
    lookup(absent, from, from + 1);
    load(value, from + 2, from + 3);
    fill(value, from + 4, from + 5);
  }
  /// A read that hits in [from, from + 2].
  void reader_hits(Value value, Nanoseconds from) {
    op(OpKind::read, value, from, from + 2);
    lookup(value, from, from + 1);
  }
  /// A call of a cache command of that ward, with the stamp that it sent or was told.
  Step& call(Ward ward, Command command, Role role, Value value, Version stamp, Nanoseconds from, Nanoseconds to) {
    Step& called = step(Store::cache, command, role, value, from, to);
    called.cache_command = static_cast<std::uint8_t>(ward);
    called.version = stamp;
    return called;
  }
  /// Takes the key's lock, or, with `Ward::grant`, a token to fill with.
  Step& takes(Ward ward, Version stamp, Nanoseconds at) {
    return call(ward, Command::get, Role::lookup, absent, stamp, at, at + 1);
  }
  Step& gives_back(Version stamp, Nanoseconds at) {
    return call(Ward::release, Command::get, Role::lookup, absent, stamp, at, at + 1);
  }
  Step& local(Command command, Role role, Value value, Nanoseconds from, Nanoseconds to) {
    return step(Store::local, command, role, value, from, to);
  }
  /// The background part's op; `server` is its application server, `value` that of the change, where it is told.
  Op& relay(ClientId server, Value value, Nanoseconds from, Nanoseconds to) {
    Op& begun = op(OpKind::background, value, from, to);
    begun.client = server;
    return begun;
  }
  /// Clients of even numbers are those of application server 0, the others of 1. Commands are numbered by their ward.
  [[nodiscard]] History packed() const {
    History history = test::packed(small_);
    history.header.server_count = 2;
    for (const Ward ward :
         {Ward::hold, Ward::release, Ward::grant, Ward::redeem, Ward::revoke, Ward::mark, Ward::compare}) {
      history.header.cache_commands.push_back({std::string(name_of(ward)), ward, ward != Ward::release});
    }
    return history;
  }
  [[nodiscard]] SmallHistory& small() { return small_; }
  [[nodiscard]] const SmallHistory& small() const { return small_; }

 private:
  SmallHistory small_;
};

/// The only stale read's explanation.
inline Explanation only_explanation(const History& history) {
  const Report report = check_all(history);
  const CheckResult* stale = find_result(report, "stale-reads");
  EXPECT_EQ(stale->count, 1U);
  if (stale->stale_reads.size() != 1) {
    return {};
  }
  const std::vector<CauseCount> counts = count_causes(history, stale->stale_reads);
  CauseFinder finder(history);
  Explanation explanation = finder.explain(stale->stale_reads.front());
  EXPECT_EQ(counts, (std::vector<CauseCount>{{explanation.cause, 1}}));
  return explanation;
}

/// Whatever the order in which the causes of one order are asked, the same one is reported.
inline void expect_one_cause_an_order(const History& history, const Explanation& explanation) {
  const KeyChanges changes(history);
  EvidenceFinder finder(history, changes);
  const Evidence evidence = finder.find(*history.find_op(explanation.read), explanation.newer_write);
  std::map<CauseOrder, std::string_view> proved;
  for (const CauseInfo& cause : CauseRegistry::all()) {
    if (evidence.answer != nullptr && !cause.prove(evidence).empty()) {
      const auto [other, is_first] = proved.emplace(cause.order, cause.name);
      EXPECT_TRUE(is_first) << cause.name << " and " << other->second;
    }
  }
}

inline void expect_proof(const History& history, const Explanation& explanation, std::string_view cause) {
  EXPECT_EQ(name_of(explanation.cause), cause);
  expect_one_cause_an_order(history, explanation);
  if (cause != "unexplained") {
    EXPECT_GE(explanation.steps.size(), 3U);
    EXPECT_LE(explanation.steps.size(), 8U);
    EXPECT_TRUE(std::ranges::is_sorted(explanation.steps, {}, &Step::start_ns));
  }
  EXPECT_NE(story_of(history, explanation).find(cause), std::string::npos);
}

inline void expect_cause(const CauseScript& script, std::string_view cause) {
  const History history = script.packed();
  expect_proof(history, only_explanation(history), cause);
}

}  // namespace stalemate::test
