// The prefilter: it clears no key and settles no op in which the checks would find anything, however the work is
// divided; and it clears every key of a valid history, however its ops overlap.

#include "check/prefilter/prefilter.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "check/check.hpp"
#include "sanitized.hpp"
#include "unit/check/prefilter_history.hpp"
#include "unit/check/told.hpp"

namespace stalemate::test {
namespace {

/// With so many more keys, most have no ops.
constexpr std::uint32_t many_keys = 2048;

/// That all checks say the same with the prefilter, of a crew of `members`, and without.
void expect_alike(const SmallHistory& small, CheckOptions options, std::uint32_t members) {
  const History history = packed(small);
  options.may_prefilter = true;
  const Report with = check_all(history, options, Crew{.size = members});
  options.may_prefilter = false;
  const Report without = check_all(history, options);
  ASSERT_EQ(with.keys, without.keys) << describe(small);
  ASSERT_EQ(with.ops, without.ops) << describe(small);
  ASSERT_EQ(with.verdict, without.verdict) << describe(small);
  ASSERT_EQ(with.versions_known, without.versions_known) << describe(small);
  ASSERT_EQ(with.results.size(), without.results.size());
  for (std::size_t i = 0; i < with.results.size(); ++i) {
    ASSERT_EQ(told(with.results[i]), told(without.results[i])) << describe(small);
  }
}

TEST(Prefilter, changes_nothing_of_what_the_checks_say) {
  CheckOptions order_only;
  for (const CheckInfo& info : CheckRegistry::all()) {
    if (info.prefiltered_by == PrefilteredBy::order) {
      order_only.only.emplace_back(info.name);
    }
  }
  ASSERT_GE(order_only.only.size(), 3U);
  for (std::uint64_t seed = 0; seed < tried(2'000U) && !HasFatalFailure(); ++seed) {
    CheckOptions options = seed % 2 == 0 ? CheckOptions() : order_only;
    SmallHistory small = some_history(seed, options.clock_error_ns);
    small.keys += seed % 4 < 2 ? 0 : many_keys;
    SCOPED_TRACE(seed);
    expect_alike(small, options, 1 + static_cast<std::uint32_t>(seed % 3));
  }
}

TEST(Prefilter, changes_nothing_of_what_the_checks_say_of_what_a_run_leaves) {
  for (std::uint64_t seed = 0; seed < tried(200U) && !HasFatalFailure(); ++seed) {
    SeededRandom random(seed, 43);
    SmallHistory small = mixed_history(seed);
    small = random.draw_below(2) == 0 ? with_defects(std::move(small), random) : small;
    const Nanoseconds clock_error_ns = random.draw_below(4) == 0 ? random.draw_below(200) : 0;
    SCOPED_TRACE(seed);
    expect_alike(small, {.clock_error_ns = clock_error_ns}, 1 + random.draw_below(3));
  }
}

TEST(Prefilter, changes_nothing_where_clients_take_turns) {
  for (std::uint64_t seed = 0; seed < 40 && !HasFatalFailure(); ++seed) {
    SmallHistory small =
        taking_turns(seed, seed % 4 == 0 ? 1'000'000 : 1, {.wrong = static_cast<std::uint32_t>(seed % 3)});
    small.keys += seed % 2 == 0 ? 0 : many_keys;
    ASSERT_TRUE(clients_take_turns(packed(small)));
    ASSERT_EQ(Prefilter(packed(small), {.for_sessions = true}, {}).all_clean(), seed % 3 == 0) << "seed " << seed;
    SCOPED_TRACE(seed);
    for (const std::uint32_t members : {1U, 2U, 3U}) {
      expect_alike(small, {}, members);
    }
  }
}

/// Which keys are clean, which ops settled, and what is counted of them.
std::vector<std::uint64_t> cleared(const History& history, const PrefilterOptions& options, std::uint32_t members) {
  const Prefilter prefilter(history, options, {.size = members});
  std::vector<std::uint64_t> found = {prefilter.gave_up() ? 1U : 0U};
  if (prefilter.gave_up()) {
    return found;
  }
  const Cleared& all = prefilter.cleared();
  found.insert(found.end(), {prefilter.op_count(), prefilter.keys_with_ops(), prefilter.versions_known() ? 1U : 0U,
                             all.keys, all.values, all.versions, all.reads, all.writes});
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    found.push_back(static_cast<std::uint64_t>(prefilter.state_of(Key{key})));
  }
  for (const OpRecord& op : history.ops()) {
    found.push_back(prefilter.settled_ops().has(op) ? 1 : 0);
  }
  return found;
}

TEST(Prefilter, clears_the_same_keys_wherever_the_work_is_divided) {
  for (std::uint64_t seed = 0; seed < tried(500U); ++seed) {
    Nanoseconds clock_error_ns = 0;
    const SmallHistory small =
        seed % 2 == 0 ? some_history(seed, clock_error_ns) : taking_turns(seed, 1, {.wrong = 2, .stale = 3});
    const History history = packed(small);
    const PrefilterOptions options{.clock_error_ns = clock_error_ns, .for_sessions = seed % 2 == 1};
    const auto alone = cleared(history, options, 1);
    for (const std::uint32_t members : {2U, 3U, 5U, 64U}) {
      ASSERT_EQ(cleared(history, options, members), alone) << "seed " << seed << ", " << members;
    }
  }
}

TEST(Prefilter, clears_every_key_of_a_valid_history) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::uint32_t keys = seed % 3 == 0 ? 1 : 1 + static_cast<std::uint32_t>(seed);
    const History history = packed(overlapping_history(seed, 3000, keys));
    for (const std::uint32_t members : {1U, 2U, 3U, 7U}) {
      EXPECT_TRUE(Prefilter(history, {}, {.size = members}).all_clean()) << "seed " << seed << ", " << members;
    }
  }
}

TEST(Prefilter, does_not_clear_a_key_with_a_stale_read_at_any_position) {
  for (const std::uint32_t keys : {1U, 2U, 40U}) {
    const SmallHistory valid = overlapping_history(1, 1500, keys);
    int planted = 0;
    for (OpIndex read = 0; read < valid.ops.size(); read += 3) {
      SmallHistory small = valid;
      Op& op = small.ops[read];
      // The key's first value, after a write that began when that of the first had ended.
      const auto is_write_of_key = [&op](const Op& write) {
        return write.kind == OpKind::write && write.key.index == op.key.index;
      };
      const auto older = std::ranges::find_if(small.ops, is_write_of_key);
      const auto replaces = [&](const Op& write) {
        return is_write_of_key(write) && older->completion_ns < write.invocation_ns &&
               write.completion_ns < op.invocation_ns;
      };
      if (op.kind != OpKind::read || std::ranges::none_of(small.ops, replaces)) {
        continue;
      }
      op.value = older->value;
      const History history = packed(small);
      const Prefilter prefilter(history, {}, {.size = 2});
      ASSERT_NE(prefilter.state_of(op.key), KeyState::clean) << read;
      ASSERT_FALSE(prefilter.settled_ops().has(history.ops()[read])) << read;
      ++planted;
    }
    EXPECT_GT(planted, 50) << keys;
  }
}

TEST(Prefilter, doubts_both_keys_of_a_value_that_was_written_to_one_and_read_from_the_other) {
  SmallHistory small;
  small.keys = 70'000;
  small.clients = 1;
  const auto add = [&small](std::uint32_t key, OpKind kind) {
    const auto index = static_cast<OpIndex>(small.ops.size());
    small.ops.push_back({.index = index,
                         .key = Key{key},
                         .kind = kind,
                         .outcome = Outcome::ok,
                         .value = small.initial + 1,
                         .invocation_ns = 10 * Nanoseconds{index},
                         .completion_ns = 10 * Nanoseconds{index} + 5});
  };
  add(0xFFFF, OpKind::write);
  add(0x10000, OpKind::read);
  add(0x10000, OpKind::read);
  const History history = packed(small);
  for (const std::uint32_t members : {1U, 2U, 3U}) {
    const Prefilter prefilter(history, {}, {.size = members});
    ASSERT_FALSE(prefilter.gave_up());
    EXPECT_EQ(prefilter.state_of(Key{0xFFFF}), KeyState::doubtful) << members;
    EXPECT_EQ(prefilter.state_of(Key{0x10000}), KeyState::doubtful) << members;
    EXPECT_EQ(prefilter.state_of(Key{0xFFFE}), KeyState::clean) << members;
  }
}

TEST(Prefilter, does_not_count_ops_of_background_parts) {
  SmallHistory small = overlapping_history(5, 400, 3);
  const auto write = std::ranges::find(small.ops, OpKind::write, &Op::kind);
  // It deals with a change of some key, long after that was overwritten.
  Op relay = small.ops.back();
  relay.index = 400;
  relay.kind = OpKind::background;
  relay.value = write->value;
  relay.key.index = (write->key.index + 1) % 3;
  small.ops.push_back(relay);
  const Prefilter prefilter(packed(small), {}, {.size = 2});
  EXPECT_TRUE(prefilter.all_clean());
  EXPECT_EQ(prefilter.op_count(), 400U);
}

TEST(Prefilter, gives_up_on_values_that_are_not_numbered) {
  SmallHistory small = overlapping_history(1, 100, 1);
  small.ops.push_back({.index = 100,
                       .kind = OpKind::write,
                       .outcome = Outcome::ok,
                       .value = 1'000'000'000,
                       .invocation_ns = 100'000,
                       .completion_ns = 100'001});
  EXPECT_TRUE(Prefilter(packed(small), {}, {}).gave_up());
  EXPECT_EQ(find_result(check_all(packed(small), {.only = {"linearizable"}}), "linearizable")->verdict, Verdict::valid);
}

TEST(Turns, tell_a_client_that_begins_before_its_last_answer) {
  SmallHistory small = taking_turns(7, 1, {});
  for (const OpIndex index : {OpIndex{0}, OpIndex{1500}, OpIndex{2400}, OpIndex{4900}}) {
    const Nanoseconds completion_ns = small.ops[index].completion_ns;
    const auto next =
        std::ranges::find(small.ops.begin() + index + 1, small.ops.end(), small.ops[index].client, &Op::client);
    small.ops[index].completion_ns = next->invocation_ns;
    for (const std::uint32_t members : {1U, 2U, 3U, 9U}) {
      EXPECT_FALSE(clients_take_turns(packed(small), {.size = members})) << index;
    }
    small.ops[index].completion_ns = completion_ns;
    for (const std::uint32_t members : {1U, 2U, 3U, 9U}) {
      EXPECT_TRUE(clients_take_turns(packed(small), {.size = members})) << index;
    }
  }
}

}  // namespace
}  // namespace stalemate::test
