// The general search against trying every order, on random small histories of every kind of object: 100,000 each time
// (a tenth of them under sanitizers), 5,000,000 in the soak.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "core/random.hpp"
#include "sanitized.hpp"

namespace stalemate::test {
namespace {

constexpr int search_shares = 10;  // so that a parallel test run can use all cores

constexpr std::uint64_t searched_in_ci = sanitized ? 10'000 : 100'000;

/// What an object holds: text in a kv, else a number.
struct Held {
  std::string text = {};
  std::int64_t number = 0;
  friend bool operator==(const Held&, const Held&) = default;
};

Held held(const ValueTable& values, ValueId id) {
  switch (values.kind(id)) {
    case ValueKind::integer: return {.text = {}, .number = values.integer(id)};
    case ValueKind::text: return {.text = values.text(id), .number = 0};
    default: return {};
  }
}

ValueId interned(ValueTable& values, Model model, const Held& now) {
  return model == Model::kv ? values.intern_text(now.text) : values.intern(now.number);
}

/// Whether the op can have given its result on `now`, which it then changes.
bool apply(const ValueTable& values, const EventOp& op, Held& now) {
  const Held value = held(values, op.value);
  switch (op.kind) {
    case EventKind::read: return now == value;
    case EventKind::write: now = value; return true;
    case EventKind::cas:
      if (now != held(values, op.expected)) {
        return false;
      }
      now = value;
      return true;
    case EventKind::append: now.text += value.text; return true;
    case EventKind::add: now.number += value.number; return true;
  }
  return false;
}

Held any_held(SeededRandom& random, Model model) {
  if (model != Model::kv) {
    return {.text = {}, .number = random.draw_below(5)};
  }
  return {.text = std::string(random.draw_below(3), static_cast<char>('a' + random.draw_below(2))), .number = 0};
}

EventKind any_kind(SeededRandom& random, Model model) {
  const std::uint32_t luck = random.draw_below(10);
  return luck < 5                       ? EventKind::read
         : luck < 7                     ? EventKind::write
         : model == Model::cas_register ? EventKind::cas
         : model == Model::kv           ? EventKind::append
                                        : EventKind::add;
}

/// Up to 10 ops of 4 processes on 2 keys, at instants of which many are equal; 20 % of unknown outcome, 8 % failed.
/// Results are mostly those of one order that there could have been, now and then any.
EventHistory random_events(SeededRandom& random, Model model) {
  EventHistory events;
  events.timed = true;
  events.has_initial = true;
  events.initial = interned(events.values, model, {});
  events.processes = {"0", "1", "2", "3"};
  events.keys = {events.values.intern(0), events.values.intern(1)};
  std::vector<std::int64_t> free_at(4, 0);
  std::vector<std::pair<std::int64_t, std::uint32_t>> effects;
  const std::uint32_t count = 1 + random.draw_below(10);
  const std::uint32_t keys = 1 + random.draw_below(2);
  for (std::uint32_t i = 0; i < count; ++i) {
    EventOp op{.process = random.draw_below(4), .key = random.draw_below(keys), .index = i};
    op.kind = any_kind(random, model);
    const std::uint32_t luck = random.draw_below(100);
    op.outcome = luck < 20 ? Outcome::info : luck < 28 ? Outcome::fail : Outcome::ok;
    std::int64_t& free_ns = free_at[op.process];
    op.invocation = op.intended = free_ns + random.draw_below(3);
    const std::int64_t length = random.draw_below(5);
    op.completion = op.outcome == Outcome::info ? never : op.invocation + length;
    effects.emplace_back(op.invocation + random.draw_below(static_cast<std::uint32_t>(length) + 1), i);
    free_ns = op.invocation + length + 1;
    op.value = interned(events.values, model, any_held(random, model));
    op.expected = op.kind == EventKind::cas ? interned(events.values, model, any_held(random, model)) : nil_value;
    events.ops.push_back(op);
  }
  std::ranges::sort(effects);
  std::vector<Held> now(2);
  for (const auto& [at, i] : effects) {
    EventOp& op = events.ops[i];
    const bool is_plausible = random.draw_below(100) < 85;
    if (op.kind == EventKind::read || op.kind == EventKind::cas) {
      ValueId& seen = op.kind == EventKind::read ? op.value : op.expected;
      seen = is_plausible ? interned(events.values, model, now[op.key]) : seen;
    }
    if (op.outcome == Outcome::ok || (op.outcome == Outcome::info && random.draw_below(2) == 0)) {
      apply(events.values, op, now[op.key]);
    }
  }
  std::ranges::sort(events.ops, {}, [](const EventOp& op) { return std::pair(op.invocation, op.index); });
  return events;
}

/// Tries every op as the next one that no remaining op had completed before; done when all completed ones are taken.
bool some_order_fits(const ValueTable& values, const std::vector<EventOp>& ops, std::uint32_t taken, const Held& now) {
  bool all_taken = true;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    all_taken = all_taken && ((taken >> i & 1U) != 0 || ops[i].completion == never);
  }
  for (std::size_t i = 0; !all_taken && i < ops.size(); ++i) {
    bool may_be_next = (taken >> i & 1U) == 0;
    for (std::size_t j = 0; j < ops.size(); ++j) {
      may_be_next = may_be_next && ((taken >> j & 1U) != 0 || ops[j].completion >= ops[i].invocation);
    }
    Held after = now;
    if (may_be_next && apply(values, ops[i], after) && some_order_fits(values, ops, taken | 1U << i, after)) {
      return true;
    }
  }
  return all_taken;
}

bool says_something(const EventOp& op) {
  return op.kind == EventKind::read ? op.outcome == Outcome::ok : op.outcome != Outcome::fail;
}

std::uint64_t count_impossible_keys(const EventHistory& events) {
  std::uint64_t count = 0;
  for (std::uint32_t key = 0; key < events.keys.size(); ++key) {
    std::vector<EventOp> ops;
    for (const EventOp& op : events.ops) {
      if (op.key == key && says_something(op)) {
        ops.push_back(op);
      }
    }
    count += some_order_fits(events.values, ops, 0, held(events.values, events.initial)) ? 0 : 1;
  }
  return count;
}

/// Every `search_shares`-th seed below `seeds`, from `share`.
void compare_searches(int share, std::uint64_t seeds) {
  std::uint64_t valid = 0;
  std::uint64_t compared = 0;
  for (auto seed = static_cast<std::uint64_t>(share); seed < seeds; seed += search_shares) {
    SeededRandom random(seed, 11);
    const std::uint32_t kind = random.draw_below(3);
    const Model model = kind == 0 ? Model::cas_register : kind == 1 ? Model::kv : Model::rmw_register;
    const EventHistory events = random_events(random, model);
    const Report report = check_all(events, {}, model);
    const std::uint64_t impossible = count_impossible_keys(events);
    ASSERT_EQ(report.results.front().count, impossible) << "seed " << seed;
    const Verdict passed = events.ops.empty() ? Verdict::unknown : Verdict::valid;
    ASSERT_EQ(report.verdict, impossible > 0 ? Verdict::invalid : passed) << "seed " << seed;
    valid += impossible == 0 ? 1 : 0;
    ++compared;
  }
  EXPECT_GT(valid, compared / 10);
  EXPECT_LT(valid, compared * 9 / 10);
}

class RandomObjects : public testing::TestWithParam<int> {};
TEST_P(RandomObjects, are_judged_as_trying_every_order_judges_them) {
  compare_searches(GetParam(), searched_in_ci);
}
INSTANTIATE_TEST_SUITE_P(Tenths, RandomObjects, testing::Range(0, search_shares));

class RandomObjectsSoak : public testing::TestWithParam<int> {};
TEST_P(RandomObjectsSoak, are_judged_as_trying_every_order_judges_them) {
  compare_searches(GetParam(), 5'000'000);
}
INSTANTIATE_TEST_SUITE_P(Tenths, RandomObjectsSoak, testing::Range(0, search_shares));

}  // namespace
}  // namespace stalemate::test
