// The screen: it clears no key in which the checks would find anything, whoever looks at which ops; and it clears every
// key of a valid history, however its ops overlap.

#include "check/prefilter/screen.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "check/check.hpp"
#include "check/prefilter/op_times.hpp"
#include "unit/check/screened_history.hpp"
#include "unit/check/told.hpp"

namespace stalemate::test {
namespace {

constexpr std::size_t wide = 512;
/// With so many more keys, the proof for many keys is tried.
constexpr std::uint32_t many_keys = 2048;

std::vector<std::string> screened_checks() {
  std::vector<std::string> names;
  for (const CheckInfo& info : CheckRegistry::all()) {
    if (info.screened) {
      names.emplace_back(info.name);
    }
  }
  return names;
}

TEST(Screen, changes_nothing_of_what_the_checks_say) {
  CheckOptions screened;
  screened.only = screened_checks();
  ASSERT_GE(screened.only.size(), 3U);
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    SmallHistory small = some_history(seed, screened.clock_error_ns);
    small.keys += seed % 2 == 0 ? 0 : many_keys;
    const History history = packed(small);
    CheckOptions all;
    all.clock_error_ns = screened.clock_error_ns;
    all.may_screen = false;
    const Report with = check_all(history, screened, Crew{.size = 1 + static_cast<std::uint32_t>(seed % 3)});
    const Report without = check_all(history, all);
    ASSERT_EQ(with.keys, without.keys) << "seed " << seed << '\n' << describe(small);
    ASSERT_EQ(with.ops, without.ops);
    ASSERT_EQ(with.versions_known, without.versions_known) << "seed " << seed << '\n' << describe(small);
    for (const CheckResult& result : with.results) {
      ASSERT_EQ(told(result), told(*find_result(without, result.name))) << "seed " << seed << '\n' << describe(small);
    }
  }
}

/// Which keys are clean, and what is counted of them.
std::vector<std::uint64_t> cleared(const History& history, const ScreenOptions& options, const Crew& crew) {
  const Screen screen(history, options, crew);
  std::vector<std::uint64_t> found = {screen.gave_up() ? 1U : 0U};
  if (screen.gave_up()) {
    return found;
  }
  const CleanKeys& clean = screen.clean_keys();
  found.insert(found.end(), {screen.op_count(), screen.keys_with_ops(), screen.versions_known() ? 1U : 0U, clean.keys,
                             clean.values, clean.versions, clean.reads});
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    found.push_back(screen.is_clean(Key{key}) ? 2 : screen.is_partly_clean(Key{key}) ? 1 : 0);
  }
  for (const OpRecord& op : history.ops()) {
    found.push_back(screen.all_clean() || screen.settled_ops().has(op) ? 1 : 0);
  }
  return found;
}

TEST(Screen, clears_the_same_keys_wherever_the_work_is_divided) {
  for (std::uint64_t seed = 0; seed < 250; ++seed) {
    Nanoseconds clock_error_ns = 0;
    const SmallHistory small = some_history(seed, clock_error_ns);
    const History history = packed(small);
    const auto alone = cleared(history, {.clock_error_ns = clock_error_ns, .may_stream = false}, {});
    const auto ops = static_cast<std::uint32_t>(small.ops.size());
    for (std::uint32_t first = 0; first <= ops; ++first) {
      ScreenOptions options{.clock_error_ns = clock_error_ns, .window = wide, .shares = {first, ops - first}};
      for (const bool may_stream : {false, true}) {
        options.may_stream = may_stream;
        ASSERT_EQ(cleared(history, options, {.size = 2}), alone)
            << "seed " << seed << ", " << first << " ops for the first\n"
            << describe(small);
      }
    }
    ASSERT_EQ(cleared(history, {.clock_error_ns = clock_error_ns}, {.size = ops + 1}), alone)
        << "seed " << seed << ", an op for each\n"
        << describe(small);
  }
}

TEST(Screen, clears_the_same_keys_in_buckets_of_any_size) {
  for (std::uint64_t seed = 0; seed < 250; ++seed) {
    Nanoseconds clock_error_ns = 0;
    const SmallHistory small = some_history(seed, clock_error_ns);
    const History history = packed(small);
    const auto at_once = cleared(history, {.clock_error_ns = clock_error_ns, .may_stream = false}, {});
    for (const std::uint32_t keys : {1U, 2U, 5U}) {
      for (const std::size_t room : {1U, 16U, 1000U}) {
        const ScreenOptions options{.clock_error_ns = clock_error_ns, .bucket_keys = keys, .bucket_room = room};
        for (const std::uint32_t members : {1U, 3U}) {
          ASSERT_EQ(cleared(history, options, {.size = members}), at_once)
              << "seed " << seed << ", " << keys << " keys with room for " << room << " values\n"
              << describe(small);
        }
      }
    }
  }
}

TEST(Screen, marks_both_keys_of_a_value_that_was_written_to_one_and_read_from_the_other) {
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
    const Screen screen(history, {}, {.size = members});
    ASSERT_FALSE(screen.gave_up());
    EXPECT_FALSE(screen.is_clean(Key{0xFFFF})) << members;
    EXPECT_FALSE(screen.is_clean(Key{0x10000})) << members;
    EXPECT_TRUE(screen.is_clean(Key{0xFFFE})) << members;
  }
}

TEST(Screen, does_not_look_at_ops_of_background_parts) {
  SmallHistory small = overlapping_history(5, 400, 3);
  const auto write = std::ranges::find(small.ops, OpKind::write, &Op::kind);
  // It deals with a change of some key, long after that was overwritten.
  Op relay = small.ops.back();
  relay.index = 400;
  relay.kind = OpKind::background;
  relay.value = write->value;
  relay.key.index = (write->key.index + 1) % 3;
  small.ops.push_back(relay);
  const History history = packed(small);
  for (const bool may_stream : {false, true}) {
    const Screen screen(history, {.may_stream = may_stream}, {.size = 2});
    EXPECT_TRUE(screen.all_clean());
    EXPECT_EQ(screen.op_count(), 400U);
  }
}

TEST(Screen, clears_every_key_of_a_valid_history) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::uint32_t keys = seed % 3 == 0 ? 1 : 1 + static_cast<std::uint32_t>(seed);
    const History history = packed(overlapping_history(seed, 3000, keys));
    for (const std::uint32_t members : {1U, 2U, 3U, 7U}) {
      for (const bool may_stream : {false, true}) {
        const auto clears_all = [&](ScreenOptions options) {
          options.may_stream = may_stream;
          return Screen(history, options, {.size = members}).all_clean();
        };
        EXPECT_TRUE(clears_all({})) << "seed " << seed << ", " << members;
        // A window that does not hold the overlap may clear fewer keys, but this one holds it.
        EXPECT_TRUE(clears_all({.window = 16})) << "seed " << seed;
        // Keys that the first look with its small window cannot clear are looked at again.
        EXPECT_TRUE(clears_all({.bucket_keys = 3, .bucket_room = 1})) << "seed " << seed;
      }
    }
  }
}

TEST(Screen, clears_the_same_keys_with_a_narrow_window) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SeededRandom random(seed, 17);
    SmallHistory small = overlapping_history(seed, 60, 3);
    for (int wrong = 0; wrong < 2; ++wrong) {
      Op& op = small.ops[random.draw_below(60)];
      op.value = op.kind == OpKind::read ? small.ops[random.draw_below(60)].value : op.value;
    }
    const History history = packed(small);
    const Screen all(history, {.window = wide, .may_stream = false}, {});
    for (std::size_t window = 1; window <= 4; ++window) {
      for (std::uint32_t first = 0; first <= 60; first += 3) {
        const Screen narrow(history, {.window = window, .shares = {first, 60 - first}}, {.size = 2});
        for (std::uint32_t key = 0; key < 3; ++key) {
          ASSERT_EQ(narrow.is_clean(Key{key}), all.is_clean(Key{key})) << "seed " << seed << ", window " << window;
        }
      }
    }
  }
}

TEST(Screen, gives_up_on_values_that_are_not_numbered) {
  SmallHistory small = overlapping_history(1, 100, 1);
  small.ops.push_back({.index = 100,
                       .kind = OpKind::write,
                       .outcome = Outcome::ok,
                       .value = 1'000'000'000,
                       .invocation_ns = 100'000,
                       .completion_ns = 100'001});
  EXPECT_TRUE(Screen(packed(small), {}, {}).gave_up());
  EXPECT_EQ(find_result(check_all(packed(small), {.only = {"linearizable"}}), "linearizable")->verdict, Verdict::valid);
}

TEST(Screen, changes_nothing_where_clients_take_turns) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SmallHistory small =
        taking_turns(seed, seed % 4 == 0 ? 1'000'000 : 1, {.wrong = static_cast<std::uint32_t>(seed % 3)});
    small.keys += seed % 2 == 0 ? 0 : many_keys;
    const History history = packed(small);
    ASSERT_TRUE(OpTimes(history).clients_take_turns());
    ASSERT_EQ(Screen(history, {.clears_unknown = false}, {}).all_clean(), seed % 3 == 0) << "seed " << seed;
    for (const std::uint32_t members : {1U, 2U, 3U}) {
      const Report with = check_all(history, {}, Crew{.size = members});
      const Report without = check_all(history, {.may_screen = false}, Crew{.size = members});
      ASSERT_EQ(with.keys, without.keys);
      ASSERT_EQ(with.ops, without.ops);
      ASSERT_EQ(with.verdict, without.verdict);
      for (const CheckResult& result : with.results) {
        ASSERT_EQ(told(result), told(*find_result(without, result.name))) << "seed " << seed;
      }
    }
  }
}

TEST(OpTimes, tell_a_client_that_begins_before_its_last_answer) {
  SmallHistory small = taking_turns(7, 1, {});
  for (const OpIndex index : {OpIndex{0}, OpIndex{1500}, OpIndex{2400}, OpIndex{4900}}) {
    const Nanoseconds completion_ns = small.ops[index].completion_ns;
    const auto next =
        std::ranges::find(small.ops.begin() + index + 1, small.ops.end(), small.ops[index].client, &Op::client);
    small.ops[index].completion_ns = next->invocation_ns;
    for (const std::uint32_t members : {1U, 2U, 3U, 9U}) {
      EXPECT_FALSE(OpTimes(packed(small), {.size = members}).clients_take_turns()) << index;
    }
    small.ops[index].completion_ns = completion_ns;
    for (const std::uint32_t members : {1U, 2U, 3U, 9U}) {
      EXPECT_TRUE(OpTimes(packed(small), {.size = members}).clients_take_turns()) << index;
    }
  }
}

}  // namespace
}  // namespace stalemate::test
