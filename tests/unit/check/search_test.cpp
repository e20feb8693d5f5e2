// The general search: what it says of an impossible history, and what it does when it runs out of budget. Its twin is
// in search_twins_test.cpp.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "check/search/search_keys.hpp"

namespace stalemate::test {
namespace {

/// n writes at once, then a read of something else: every order must be tried.
std::vector<SearchOp> hard_ops(std::uint32_t writes) {
  std::vector<SearchOp> ops;
  for (std::uint32_t i = 0; i < writes; ++i) {
    ops.push_back({.invocation_ns = 0, .completion_ns = 10, .kind = EventKind::write, .value = i + 1, .origin = i});
  }
  ops.push_back({.invocation_ns = 20, .completion_ns = 21, .kind = EventKind::read, .value = 0, .origin = writes});
  return ops;
}

TEST(Search, is_unknown_when_it_runs_out_of_states) {
  ObjectStates states;
  EXPECT_EQ(search_order(hard_ops(16), states, 0, {.states_max = 1000}).verdict, Verdict::unknown);
  EXPECT_EQ(search_order(hard_ops(10), states, 0, {}).verdict, Verdict::invalid);
}

TEST(Search, is_unknown_when_it_runs_out_of_memory) {
  ObjectStates states;
  EXPECT_EQ(search_order(hard_ops(20), states, 0, {.bytes_max = 1U << 20U}).verdict, Verdict::unknown);
}

TEST(Search, is_unknown_when_it_is_told_to_stop) {
  ObjectStates states;
  const std::function<bool()> should_stop = [] { return true; };
  const SearchOutcome outcome = search_order(hard_ops(20), states, 0, {.should_stop = &should_stop});
  EXPECT_EQ(outcome.verdict, Verdict::unknown);
  EXPECT_LE(outcome.states, 4096U);
}

TEST(Search, says_which_op_cannot_follow) {
  ObjectStates states;
  const std::vector<SearchOp> ops = {
      {.invocation_ns = 0, .completion_ns = 1, .kind = EventKind::write, .value = 7, .origin = 0},
      {.invocation_ns = 2, .completion_ns = 3, .kind = EventKind::read, .value = 7, .origin = 1},
      {.invocation_ns = 4, .completion_ns = 5, .kind = EventKind::read, .value = 8, .origin = 2}};
  const SearchOutcome outcome = search_order(ops, states, 0, {});
  EXPECT_EQ(outcome.verdict, Verdict::invalid);
  EXPECT_EQ(outcome.stuck, 2U);
  EXPECT_EQ(outcome.longest, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(outcome.stuck_state, 7U);
}

double states_visited(const CheckResult& result) {
  const auto figure = std::ranges::find(result.figures, "states visited", &Figure::name);
  return figure == result.figures.end() ? -1 : figure->value;
}

/// Three hard keys and then, if wanted, an easy one with a read of what nobody wrote.
EventHistory hard_keys(bool with_invalid_one) {
  EventHistory events;
  events.timed = true;
  events.processes = {"0"};
  for (std::uint32_t key = 0; key < 3; ++key) {
    events.keys.push_back(events.values.intern(std::int64_t{key}));
    for (const SearchOp& op : hard_ops(40)) {
      // Twice the same value, so that values do not name writes; a value that is not there is read.
      const auto value = static_cast<std::int64_t>(op.kind == EventKind::read ? 1000 : 100 + op.value / 2);
      events.ops.push_back({.key = key,
                            .kind = op.kind,
                            .outcome = Outcome::ok,
                            .value = events.values.intern(value),
                            .invocation = op.invocation_ns,
                            .completion = op.completion_ns});
    }
  }
  if (with_invalid_one) {
    events.keys.push_back(events.values.intern(3));
    events.ops.push_back(
        {.key = 3, .outcome = Outcome::ok, .value = events.values.intern(1000), .invocation = 0, .completion = 1});
  }
  for (std::uint32_t i = 0; i < events.ops.size(); ++i) {
    events.ops[i].index = i;
  }
  return events;
}

TEST(SharedSearch, finds_an_invalid_key_behind_hard_ones_soon) {
  const Report report = check_all(hard_keys(true), {}, Model::cas_register);
  const CheckResult& result = report.results.front();
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_EQ(result.count, 1U);
  EXPECT_EQ(result.sample, 1U);
  EXPECT_EQ(result.unjudged, 3U);
  EXPECT_LT(states_visited(result), 100'000);
  EXPECT_THAT(result.note, testing::HasSubstr("3 keys were not searched to the end"));
  EXPECT_THAT(result.note, testing::HasSubstr("--every-key"));
}

TEST(SharedSearch, goes_on_where_every_key_is_wanted) {
  const CheckOptions options{.search_states_max = 200'000, .search_every_key = true};
  const CheckResult result = check_all(hard_keys(true), options, Model::cas_register).results.front();
  EXPECT_EQ(result.verdict, Verdict::invalid);
  EXPECT_GT(states_visited(result), 600'000);
  EXPECT_THAT(result.note, testing::HasSubstr("3 keys were given up"));
}

TEST(SharedSearch, gives_hard_keys_all_that_may_be_spent_on_one) {
  const CheckOptions options{.search_states_max = 100'000};
  const CheckResult result = check_all(hard_keys(false), options, Model::cas_register).results.front();
  EXPECT_EQ(result.verdict, Verdict::unknown);
  EXPECT_EQ(result.unjudged, 3U);
  EXPECT_GE(states_visited(result), 300'000);
  EXPECT_LT(states_visited(result), 400'000);
}

/// So many keys of a few ops one after the other, of equal values; `last_value`: what the last read of the last key
/// returned, of 1 and 2.
EventHistory easy_keys_behind_hard_ones(std::uint32_t count, std::int64_t last_value) {
  EventHistory events = hard_keys(false);
  for (std::uint32_t key = 3; key < 3 + count; ++key) {
    events.keys.push_back(events.values.intern(std::int64_t{key}));
    std::int64_t now = 1000;
    for (const std::int64_t value : {1, 2, 1, 2}) {
      const bool is_last = key == 2 + count && now > 1050;
      for (const EventKind kind : {EventKind::write, EventKind::read}) {
        const std::int64_t told = is_last && kind == EventKind::read ? last_value : value;
        events.ops.push_back({.key = key,
                              .kind = kind,
                              .outcome = Outcome::ok,
                              .value = events.values.intern(told),
                              .invocation = now,
                              .completion = now + 1,
                              .intended = now,
                              .index = static_cast<std::uint32_t>(events.ops.size())});
        now += 10;
      }
    }
  }
  return events;
}

TEST(SharedSearch, decides_every_easy_key_however_many_there_are_beside_hard_ones) {
  const CheckOptions options{.search_states_max = 100'000};
  const CheckResult valid =
      check_all(easy_keys_behind_hard_ones(2'000, 2), options, Model::cas_register).results.front();
  EXPECT_EQ(valid.verdict, Verdict::unknown);
  EXPECT_EQ(valid.sample, 2'000U);
  EXPECT_EQ(valid.unjudged, 3U);
  EXPECT_EQ(std::ranges::find(valid.figures, keys_searched, &Figure::name)->value, 2'003);
  const CheckResult invalid = check_all(easy_keys_behind_hard_ones(2'000, 1), {}, Model::cas_register).results.front();
  EXPECT_EQ(invalid.verdict, Verdict::invalid) << "the last read of the last key";
  EXPECT_EQ(invalid.count, 1U);
  EXPECT_LT(states_visited(invalid), 150'000);
}

TEST(SharedSearch, decides_what_the_first_round_does_not) {
  std::vector<std::uint64_t> asked;
  const auto search = [&asked](std::uint32_t key, std::uint64_t states_max) {
    asked.push_back(states_max);
    const bool is_done = key == 0 || states_max > 1'000'000;
    return SearchOutcome{.verdict = is_done ? Verdict::valid : Verdict::unknown, .reached_states_max = !is_done};
  };
  const std::vector<std::uint32_t> keys = {1, 0};
  const KeysSearched found = search_keys(keys, search, {});
  EXPECT_EQ(found.valid, 2U);
  EXPECT_EQ(found.given_up, 0U);
  ASSERT_GT(asked.size(), 3U);
  EXPECT_EQ(asked[0], asked[1]);
  EXPECT_TRUE(std::ranges::is_sorted(asked));
}

/// So many processes one after the other; every one of them writes and reads, or, if they crash, writes without an
/// answer.
EventHistory processes_in_turn(std::uint32_t count, bool crash, std::uint32_t values) {
  EventHistory events;
  events.timed = true;
  events.keys = {nil_value};
  std::int64_t now = 0;
  for (std::uint32_t process = 0; process < count; ++process) {
    events.processes.push_back(std::to_string(process));
    const bool is_read = !crash && process % 2 == 1;
    const std::uint32_t write = is_read ? process - 1 : process;
    events.ops.push_back({.process = process,
                          .kind = is_read ? EventKind::read : EventKind::write,
                          .outcome = crash ? Outcome::info : Outcome::ok,
                          .value = events.values.intern(std::int64_t{write % values}),
                          .invocation = now,
                          .completion = crash ? never : now + 1,
                          .intended = now,
                          .index = static_cast<std::uint32_t>(events.ops.size())});
    now += 2;
    if (crash && process % 10 == 9) {
      events.ops.push_back({.process = process,
                            .kind = EventKind::read,
                            .outcome = Outcome::ok,
                            .value = events.ops.back().value,
                            .invocation = now,
                            .completion = now + 1,
                            .intended = now,
                            .index = static_cast<std::uint32_t>(events.ops.size())});
      now += 2;
    }
  }
  return events;
}

TEST(SharedSearch, takes_any_number_of_processes_in_turn) {
  constexpr std::uint32_t processes = 70'000;
  for (const bool crash : {false, true}) {
    for (const std::uint32_t values : {7U, processes}) {
      // What the states take is a few words each, however many processes have crashed.
      const CheckOptions options{.search_bytes_max = std::uint64_t{64} << 20U};
      const Report report = check_all(processes_in_turn(processes, crash, values), options);
      const CheckResult& result = *find_result(report, "linearizable");
      EXPECT_EQ(result.verdict, Verdict::valid) << crash << ' ' << values << ' ' << result.note;
      EXPECT_LT(states_visited(result), 4 * processes);
      const bool is_said = std::ranges::any_of(report.notes, [](const std::string& note) {
        return note.find("Only linearizable is judged") != std::string::npos;
      });
      EXPECT_EQ(is_said, values == processes) << "of a register other checks could have been asked for";
    }
  }
}

/// One op after the other of a key that begins as `initial`.
Verdict judged(EventHistory events, Model model) {
  events.timed = true;
  events.has_initial = true;
  events.processes = {"0"};
  events.keys = {nil_value};
  for (std::uint32_t i = 0; i < events.ops.size(); ++i) {
    EventOp& op = events.ops[i];
    op.index = i;
    op.outcome = Outcome::ok;
    op.invocation = op.intended = 10 * std::int64_t{i};
    op.completion = op.invocation + 1;
  }
  return check_all(events, {}, model).verdict;
}

TEST(SearchOfSums, is_exact_beyond_64_bits) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  const auto sum_is = [](std::int64_t first, std::int64_t second, std::int64_t third, std::int64_t read) {
    EventHistory events;
    events.initial = events.values.intern(0);
    for (const std::int64_t addend : {first, second, third}) {
      events.ops.push_back({.kind = EventKind::add, .value = events.values.intern(addend)});
    }
    events.ops.push_back({.kind = EventKind::read, .value = events.values.intern(read)});
    return judged(std::move(events), Model::rmw_register);
  };
  EXPECT_EQ(sum_is(most, 1, 0, least), Verdict::invalid);  // what it would be if it went round
  EXPECT_EQ(sum_is(most, 1, -1, most), Verdict::valid);
  EXPECT_EQ(sum_is(least, least, most, -1), Verdict::invalid);
  EXPECT_EQ(sum_is(least, -1, 1, least), Verdict::valid);
}

TEST(SearchOfSums, may_be_read_where_it_is_beyond_64_bits) {
  const auto read_is = [](std::string_view read) {
    EventHistory events;
    events.initial = events.values.intern(0);
    events.ops.push_back({.kind = EventKind::add, .value = events.values.intern(9'223'372'036'854'775'807)});
    events.ops.push_back({.kind = EventKind::add, .value = events.values.intern(1)});
    events.ops.push_back({.kind = EventKind::read, .value = events.values.intern_form(read)});
    return judged(std::move(events), Model::rmw_register);
  };
  EXPECT_EQ(read_is("9223372036854775808"), Verdict::valid);
  EXPECT_EQ(read_is("9223372036854775809"), Verdict::invalid);
}

TEST(SearchOfSums, is_unknown_where_a_text_is_added_to) {
  EventHistory events;
  events.initial = nil_value;
  events.ops.push_back({.kind = EventKind::write, .value = events.values.intern_text("a")});
  events.ops.push_back({.kind = EventKind::add, .value = events.values.intern(1)});
  events.ops.push_back({.kind = EventKind::read, .value = events.values.intern(1)});
  EXPECT_EQ(judged(events, Model::rmw_register), Verdict::unknown);
  // No sum is a text.
  events.ops.erase(events.ops.begin());
  events.ops.back().value = events.values.intern_text("1");
  EXPECT_EQ(judged(events, Model::rmw_register), Verdict::invalid);
}

TEST(SearchOfSums, is_not_what_a_register_asks_for_and_that_is_said) {
  EventHistory events;
  events.keys = {nil_value};
  events.processes = {"0"};
  events.ops.push_back(
      {.kind = EventKind::add, .outcome = Outcome::ok, .value = events.values.intern(1), .completion = 1});
  const Report report = check_all(events, {}, Model::distinct_register);
  ASSERT_EQ(report.notes.size(), 1U);
  EXPECT_THAT(report.notes.front(), testing::HasSubstr("an add counts as a write of its value"));
}

TEST(SearchOfSums, begins_with_nothing_as_with_0_but_adds_no_nothing) {
  for (const bool is_text : {false, true}) {
    EventHistory events;
    events.initial = nil_value;
    const ValueId value = is_text ? events.values.intern_text("a") : events.values.intern(1);
    const EventKind change = is_text ? EventKind::append : EventKind::add;
    const Model model = is_text ? Model::kv : Model::rmw_register;
    events.ops.push_back({.kind = EventKind::write, .value = nil_value});
    events.ops.push_back({.kind = change, .value = value});
    events.ops.push_back({.kind = EventKind::read, .value = value});
    EXPECT_EQ(judged(events, model), Verdict::valid);
    events.ops[1].value = nil_value;
    EXPECT_EQ(judged(events, model), Verdict::unknown);
  }
}

TEST(SearchOfTexts, of_a_key_that_nothing_is_said_of_begins_with_the_empty_one) {
  EventHistory events;
  events.timed = true;
  events.processes = {"0"};
  events.keys = {nil_value};
  const ValueId text = events.values.intern_text("a");
  events.ops.push_back({.kind = EventKind::append, .outcome = Outcome::ok, .value = text, .completion = 1});
  events.ops.push_back({.outcome = Outcome::ok, .value = text, .invocation = 2, .completion = 3, .index = 1});
  EXPECT_EQ(check_all(events, {}, Model::kv).verdict, Verdict::valid);
  events.ops.front().outcome = Outcome::fail;
  EXPECT_EQ(check_all(events, {}, Model::kv).verdict, Verdict::invalid);
}

TEST(SearchOfTexts, is_unknown_where_a_number_is_appended_to) {
  EventHistory events;
  events.initial = nil_value;
  events.ops.push_back({.kind = EventKind::write, .value = events.values.intern(1)});
  events.ops.push_back({.kind = EventKind::append, .value = events.values.intern_text("a")});
  events.ops.push_back({.kind = EventKind::read, .value = events.values.intern_text("a")});
  EXPECT_EQ(judged(events, Model::kv), Verdict::unknown);
}

}  // namespace
}  // namespace stalemate::test
