// Random ops, steps and histories for the property tests of this room.
#pragma once

#include <rapidcheck.h>

#include <sstream>
#include <vector>

#include "record/foreign/event_assembler.hpp"
#include "record/history.hpp"

namespace stalemate::random_history {

inline constexpr std::uint32_t keys = 50;
inline constexpr std::uint32_t clients = 5;

inline bool same(const Op& left, const Op& right) {
  return left.index == right.index && left.key == right.key && left.client == right.client && left.kind == right.kind &&
         left.outcome == right.outcome && left.error == right.error && left.value == right.value &&
         left.intended_ns == right.intended_ns && left.invocation_ns == right.invocation_ns &&
         left.completion_ns == right.completion_ns;
}

inline bool same(const Step& left, const Step& right) {
  return left.op == right.op && left.store == right.store && left.command == right.command && left.role == right.role &&
         left.outcome == right.outcome && left.error == right.error && left.fault == right.fault &&
         left.retries == right.retries && left.cache_command == right.cache_command && left.value == right.value &&
         left.version == right.version && left.skipped == right.skipped && left.start_ns == right.start_ns &&
         left.end_ns == right.end_ns;
}

inline Nanoseconds pick(Nanoseconds from, Nanoseconds to) {
  return *rc::gen::inRange(from, to);
}

/// A duration of any size that a record holds exactly.
inline Nanoseconds any_duration() {
  const auto shift = *rc::gen::inRange(0, 39);
  return *rc::gen::inRange<Nanoseconds>(0, (Nanoseconds{1} << shift) + 1);
}

inline Outcome any_outcome() {
  return *rc::gen::element(Outcome::ok, Outcome::fail, Outcome::info);
}

inline ErrorCode any_error() {
  return static_cast<ErrorCode>(*rc::gen::inRange(0, static_cast<int>(ErrorCode::defect) + 1));
}

inline Value any_value() {
  return *rc::gen::oneOf(rc::gen::arbitrary<Value>(), rc::gen::just(absent));
}

/// Ops of clients that each do one at a time; indexes are those of the vector, shuffled over clients. `span_ns` bounds
/// the steps of time: a small one makes equal instants frequent.
inline std::vector<Op> any_ops(std::size_t count, Nanoseconds span_ns) {
  std::vector<Nanoseconds> free_at(clients, 0);
  std::vector<Op> ops;
  for (std::size_t number = 0; number < count; ++number) {
    Op op;
    op.index = static_cast<OpIndex>(number);
    op.key = Key{*rc::gen::inRange(0U, keys)};
    op.client = static_cast<ClientId>(pick(0, clients));
    op.kind = *rc::gen::element(OpKind::read, OpKind::write, OpKind::add);
    op.outcome = any_outcome();
    op.error = op.outcome == Outcome::ok ? ErrorCode::none : any_error();
    op.invocation_ns = free_at[op.client] + pick(0, span_ns);
    op.intended_ns = op.invocation_ns - pick(0, std::min(op.invocation_ns, span_ns) + 1);
    op.completion_ns = op.outcome == Outcome::info ? never : op.invocation_ns + pick(0, span_ns);
    const bool says_nothing = op.kind == OpKind::read && op.outcome != Outcome::ok;
    op.value = says_nothing ? absent : any_value();
    free_at[op.client] = op.outcome == Outcome::info ? op.invocation_ns + pick(0, span_ns) : op.completion_ns;
    ops.push_back(op);
  }
  return ops;
}

inline Step any_step(OpIndex op) {
  Step step;
  step.op = op;
  step.store = *rc::gen::element(Store::database, Store::cache, Store::replica, Store::local);
  step.command = *rc::gen::element(Command::read, Command::write, Command::get, Command::set, Command::erase);
  step.role = *rc::gen::element(Role::lookup, Role::load, Role::fill, Role::update, Role::invalidate, Role::refresh);
  step.outcome = any_outcome();
  step.skipped = step.outcome == Outcome::fail && *rc::gen::arbitrary<bool>();
  step.error = any_error();
  step.fault = static_cast<FaultId>(pick(0, 3));
  const bool is_cache = step.store == Store::cache || step.store == Store::local;
  (is_cache ? step.cache_command : step.retries) = *rc::gen::arbitrary<std::uint8_t>();
  step.value = any_value();
  step.version = *rc::gen::arbitrary<Version>();
  step.start_ns = *rc::gen::inRange<Nanoseconds>(0, Nanoseconds{1} << 47);
  step.end_ns = *rc::gen::element(true, false) ? never : step.start_ns + any_duration();
  return step;
}

inline HistoryHeader any_header() {
  return HistoryHeader{
      .scenario_name = "before",
      .scenario_toml = "reads = 10\n\"\\ \xC3\xA9",
      .pattern = "cache-aside",
      .seed = *rc::gen::arbitrary<std::uint64_t>(),
      .program = "stalemate test",
      .started_at = "2026-01-02T03:04:05Z",
      .engines = {{"database", "PostgreSQL", "15.1", "read committed"}, {"cache", "Redis", "7.0", ""}},
      .fault_names = {"", "skip", "delay"},
      .initial_value = 1000,
      .key_count = keys,
      .client_count = clients,
      .server_count = 2,
      .cache_commands = {{}, {"lock", Ward::hold}, {"unlock", Ward::release, false}, {"bury", Ward::mark}},
      .key_names = {},
      .value_names = {}};
}

/// Values of every kind, some of them awkward.
inline ValueId any_value_id(ValueTable& values) {
  switch (*rc::gen::inRange(0, 6)) {
    case 0: return nil_value;
    case 1: return values.intern(*rc::gen::arbitrary<std::int64_t>());
    case 2: return values.intern_text(*rc::gen::arbitrary<std::string>());
    case 3:
      return values.intern_text(
          *rc::gen::element<std::string>("", "nil", ":x", "a,b\"c\"", "\xC3\xA9\n\t\\", "\xFF\xFE"));
    case 4:
      return values.intern_form(*rc::gen::element<std::string>("[1 2]", ":key", "true", "1.5", "{:a [1 nil]}", "[]",
                                                               "#{1 2}", "18446744073709551616"));
    default: return values.intern(*rc::gen::inRange<std::int64_t>(-3, 4));
  }
}

inline RecordingFacts any_facts() {
  RecordingFacts facts;
  facts.is_native = *rc::gen::arbitrary<bool>();
  facts.is_excerpt = *rc::gen::arbitrary<bool>();
  facts.truncation = *rc::gen::element<std::string>("", "the file is \"cut\", at\x1b[1m byte 7");
  if (*rc::gen::arbitrary<bool>()) {
    facts.engines = {{"database", "PostgreSQL", "15.1", "read committed"}, {"cache", "Redis", "7.0", ""}};
    facts.verdicts = {{"linearizable", "valid", 0}, {"stale-reads", "invalid", 3}};
  }
  return facts;
}

/// A history such as another program might have recorded, with or without keys, times and an initial value.
inline EventHistory any_events(std::size_t count, Nanoseconds span_ns) {
  EventHistory history;
  history.timed = *rc::gen::arbitrary<bool>();
  history.has_initial = *rc::gen::arbitrary<bool>();
  history.initial = history.has_initial ? any_value_id(history.values) : nil_value;
  const bool has_keys = *rc::gen::arbitrary<bool>();
  const std::size_t key_count = has_keys ? 3 : 1;
  for (std::size_t key = 0; key < key_count; ++key) {
    history.keys.push_back(has_keys ? history.values.intern(static_cast<std::int64_t>(key) * 7 - 3) : nil_value);
  }
  history.facts = any_facts();
  std::vector<std::int64_t> free_at = {0, 0, 0};
  history.processes = {*rc::gen::element<std::string>("4", "\"a b\"", ":w1"), "-7", "1000000000000"};
  std::int64_t position = 0;
  for (std::size_t number = 0; number < count; ++number) {
    EventOp op;
    op.process = *rc::gen::inRange(0U, 3U);
    op.key = static_cast<std::uint32_t>(pick(0, static_cast<Nanoseconds>(key_count)));
    op.kind = *rc::gen::element(EventKind::read, EventKind::write, EventKind::cas, EventKind::append, EventKind::add);
    op.outcome = any_outcome();
    op.error = op.outcome == Outcome::ok ? ErrorCode::none : any_error();
    const bool says_nothing = op.kind == EventKind::read && op.outcome != Outcome::ok;
    op.value = says_nothing ? nil_value : any_value_id(history.values);
    op.expected = op.kind == EventKind::cas ? any_value_id(history.values) : nil_value;
    op.invocation = history.timed ? free_at[op.process] + pick(0, span_ns) : position++;
    op.intended = history.timed ? op.invocation - pick(0, span_ns) : op.invocation;
    const std::int64_t end = history.timed ? op.invocation + pick(0, span_ns) : position;
    position += history.timed || op.outcome == Outcome::info ? 0 : 1;
    op.completion = op.outcome == Outcome::info ? never : end;
    free_at[op.process] = end;
    op.update = *rc::gen::element(UpdateFate::unseen, UpdateFate::refused, UpdateFate::applied);
    op.version = op.update == UpdateFate::applied ? *rc::gen::element(unknown_version, Version{1}, ~Version{0})
                                                  : unknown_version;
    op.index = static_cast<std::uint32_t>(history.timed && *rc::gen::arbitrary<bool>() ? number + 1000 : number);
    history.ops.push_back(op);
  }
  put_in_order(history);
  return history;
}

}  // namespace stalemate::random_history
