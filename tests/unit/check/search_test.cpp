// The general search against every order, and what it does when it runs out of budget.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "check/search.hpp"
#include "core/random.hpp"

namespace stalemate::test {
namespace {

/// Integers 0 to 4 and texts "", "a", "b" as values, to be read, written, compared and set, appended and added.
struct RandomObject {
  ValueTable values;
  std::vector<ValueId> integers;
  std::vector<ValueId> texts;
  RandomObject() {
    for (const std::int64_t integer : {0, 1, 2, 3, 4}) {
      integers.push_back(values.intern(integer));
    }
    for (const std::string_view text : {"", "a", "b", "ab", "ba", "aa"}) {
      texts.push_back(values.intern_text(text));
    }
  }
};

std::vector<SearchOp> random_ops(SeededRandom& random, const RandomObject& object, Model model) {
  const std::vector<ValueId>& values = model == Model::kv ? object.texts : object.integers;
  const auto draw = [&](std::size_t below) { return values[random.draw_below(static_cast<std::uint32_t>(below))]; };
  std::vector<SearchOp> ops;
  std::vector<Nanoseconds> free_at(4, 0);
  const std::uint32_t count = 1 + random.draw_below(10);
  for (std::uint32_t i = 0; i < count; ++i) {
    SearchOp op;
    Nanoseconds& begin = free_at[random.draw_below(4)];
    begin += random.draw_below(3);
    op.invocation_ns = begin;
    begin += random.draw_below(5);
    op.completion_ns = begin;
    begin += 1;
    op.origin = i;
    op.value = draw(model == Model::rmw_register ? 3 : values.size());
    const std::uint32_t luck = random.draw_below(10);
    if (luck >= 5) {
      op.kind = luck < 7                       ? EventKind::write
                : model == Model::cas_register ? EventKind::cas
                : model == Model::kv           ? EventKind::append
                                               : EventKind::add;
      op.expected = draw(values.size());
      op.completion_ns = random.draw_below(4) == 0 ? never : op.completion_ns;
    } else {
      op.value = draw(values.size());
    }
    ops.push_back(op);
  }
  return ops;
}

/// Tries every op as the next one that no remaining op had completed before; done when all completed ones are taken.
bool some_order_fits(std::span<const SearchOp> ops, std::uint32_t taken, ObjectState state, ObjectStates& states) {
  bool all_taken = true;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    all_taken = all_taken && ((taken >> i & 1U) != 0 || ops[i].completion_ns == never);
  }
  for (std::size_t i = 0; !all_taken && i < ops.size(); ++i) {
    bool may_be_next = (taken >> i & 1U) == 0;
    for (std::size_t j = 0; j < ops.size(); ++j) {
      may_be_next = may_be_next && ((taken >> j & 1U) != 0 || ops[j].completion_ns >= ops[i].invocation_ns);
    }
    const auto after = may_be_next ? states.after(state, ops[i]) : std::nullopt;
    if (after && some_order_fits(ops, taken | 1U << i, *after, states)) {
      return true;
    }
  }
  return all_taken;
}

class RandomObjects : public testing::TestWithParam<int> {};

TEST_P(RandomObjects, are_judged_as_trying_every_order_judges_them) {
  const RandomObject object;
  constexpr std::uint64_t histories = 10'000;
  const auto share = static_cast<std::uint64_t>(GetParam());
  std::uint64_t valid = 0;
  for (std::uint64_t seed = share * histories; seed < (share + 1) * histories; ++seed) {
    SeededRandom random(seed, 11);
    const Model model = seed % 3 == 0 ? Model::cas_register : seed % 3 == 1 ? Model::kv : Model::rmw_register;
    const std::vector<SearchOp> ops = random_ops(random, object, model);
    ObjectStates states(object.values);
    const ObjectState initial = model == Model::kv ? states.empty_text() : object.integers[0];
    const SearchOutcome outcome = search_order(ops, states, initial, {});
    const bool expected = some_order_fits(ops, 0, initial, states);
    valid += expected ? 1 : 0;
    ASSERT_EQ(outcome.verdict, expected ? Verdict::valid : Verdict::invalid) << "seed " << seed;
  }
  EXPECT_GT(valid, histories / 10);
  EXPECT_LT(valid, histories * 9 / 10);
}

INSTANTIATE_TEST_SUITE_P(Tenths, RandomObjects, testing::Range(0, 10));

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

}  // namespace
}  // namespace stalemate::test
