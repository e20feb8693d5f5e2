// The screen: it clears no key in which the checks would find anything, whoever looks at which ops; and it clears every
// key of a valid history, however its ops overlap.

#include "check/screen.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "check/check.hpp"
#include "check/op_times.hpp"
#include "unit/check/screened_history.hpp"

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

/// All that a result says, as text.
std::string told(const CheckResult& result) {
  std::string text = result.name + ' ' + std::string(name_of(result.verdict)) + ' ' + std::to_string(result.count) +
                     " of " + std::to_string(result.sample) + ' ' + std::string(result.sample_of) + ' ' + result.note +
                     (result.decides ? "" : " undecided ") + result.defect;
  text += result.worst ? std::to_string(result.worst->value) : "";
  for (const Distribution& distribution : result.distributions) {
    text += ' ' + std::to_string(distribution.count) + ':' + std::to_string(distribution.max);
  }
  for (const Figure& figure : result.figures) {
    text += ' ' + figure.name + '=' + std::to_string(figure.value);
  }
  for (const StaleRead& read : result.stale_reads) {
    text += " r" + std::to_string(read.read) + 'w' + std::to_string(read.newer_write) + '-' +
            std::to_string(read.lower_ns) + '-' + std::to_string(read.upper_ns) + '-' + std::to_string(read.versions);
  }
  for (const Violation& violation : result.violations) {
    text += '\n' + violation.sentence;
  }
  return text;
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

/// What is not as it should be, of a thousand.
struct Defects {
  std::uint32_t wrong = 0;       ///< ops that fail, are not answered, or read anything
  std::uint32_t stale = 0;       ///< reads that return an older value of their key
  std::uint32_t unanswered = 0;  ///< writes that took place
  std::uint32_t slow = 0;        ///< ops that take many times as long as others
};

/// Of clients that each do one op at a time, for `unit_ns` times as long.
SmallHistory taking_turns(std::uint64_t seed, Nanoseconds unit_ns, const Defects& defects) {
  SeededRandom random(seed, 19);
  SmallHistory small = overlapping_history(seed, 5000, 1 + random.draw_below(40));
  const bool is_in_order = random.draw_below(2) == 0;
  std::vector<Nanoseconds> free_at(small.clients, 0);
  for (Op& op : small.ops) {
    // An op that is late begins after ops that were to begin later.
    const Nanoseconds late_ns = is_in_order ? 0 : random.draw_below(3) * 700;
    const bool is_slow = defects.slow > 0 && random.draw_below(1000) < defects.slow;
    const Nanoseconds length_ns = (op.completion_ns - op.invocation_ns) * (is_slow ? 30 : 1);
    op.invocation_ns = std::max(op.invocation_ns + late_ns, free_at[op.client]);
    op.completion_ns = op.invocation_ns + length_ns;
    free_at[op.client] = op.completion_ns + 1;
  }
  std::vector<std::pair<Nanoseconds, OpIndex>> effects;
  for (Op& op : small.ops) {
    const auto length_ns = static_cast<std::uint32_t>(op.completion_ns - op.invocation_ns);
    effects.emplace_back(op.invocation_ns + random.draw_below(length_ns), op.index);
    op.invocation_ns *= unit_ns;
    op.intended_ns = op.invocation_ns;
    op.completion_ns *= unit_ns;
  }
  std::ranges::sort(effects);
  std::vector<std::vector<Value>> rows(small.keys, {small.initial});  // with all that they held
  small.steps.clear();
  for (const auto& [at_ns, index] : effects) {
    Op& op = small.ops[index];
    const bool is_wrong = random.draw_below(1000) < defects.wrong;
    std::vector<Value>& row = rows[op.key.index];
    if (op.kind == OpKind::read) {
      op.value = is_wrong ? small.initial + static_cast<Value>(random.draw_below(2000)) : row.back();
      if (defects.stale > 0 && random.draw_below(1000) < defects.stale) {
        const auto versions = static_cast<std::uint32_t>(row.size());
        op.value = *(row.end() - 1 - random.draw_below(random.draw_below(2) == 0 ? versions : std::min(versions, 3U)));
      }
      op.outcome = is_wrong && random.draw_below(2) == 0 ? Outcome::info : Outcome::ok;
    } else {
      op.outcome = !is_wrong ? Outcome::ok : random.draw_below(2) == 0 ? Outcome::fail : Outcome::info;
      if (op.outcome != Outcome::fail) {
        row.push_back(op.value);
      }
      small.steps.push_back({.op = index,
                             .store = Store::database,
                             .command = Command::write,
                             .role = Role::update,
                             .outcome = op.outcome,
                             .value = op.value,
                             .version = op.outcome == Outcome::ok ? small.steps.size() + 1 : unknown_version,
                             .start_ns = op.invocation_ns,
                             .end_ns = op.completion_ns});
      if (defects.unanswered > 0 && !is_wrong && random.draw_below(1000) < defects.unanswered) {
        op.outcome = Outcome::info;
      }
    }
    op.completion_ns = op.outcome == Outcome::info ? never : op.completion_ns;
    small.steps.push_back({.op = index,
                           .store = Store::cache,
                           .command = op.kind == OpKind::read ? Command::get : Command::set,
                           .outcome = Outcome::ok,
                           .value = op.value,
                           .start_ns = op.invocation_ns,
                           .end_ns = op.invocation_ns + 1 + random.draw_below(3000)});
  }
  return small;
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

/// How many keys are partly clean, and how many of their reads are settled.
std::pair<std::size_t, std::size_t> partly_cleared(const History& history) {
  const Screen screen(history, {.clears_unknown = false}, {});
  std::size_t keys = 0;
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    keys += screen.is_partly_clean(Key{key}) ? 1 : 0;
  }
  const auto is_settled = [&](const OpRecord& op) {
    return screen.is_partly_clean(op.key()) && screen.settled_ops().has(op);
  };
  return {keys, static_cast<std::size_t>(std::ranges::count_if(history.ops(), is_settled))};
}

TEST(Screen, changes_nothing_where_some_reads_are_stale) {
  std::size_t keys = 0;
  std::size_t reads = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Defects defects = {.wrong = seed % 5 == 0 ? 1U : 0U,
                             .stale = seed % 2 == 0 ? 3U : 30U,
                             .unanswered = seed % 3 == 0 ? 20U : 0U,
                             .slow = seed % 4 < 2 ? 50U : 0U};
    SmallHistory small = taking_turns(seed, seed % 4 == 0 ? 1'000'000 : 1, defects);
    small.keys += seed % 7 == 0 ? many_keys : 0;
    const History history = packed(small);
    const auto [partly_clean, settled] = partly_cleared(history);
    keys += partly_clean;
    reads += settled;
    for (const std::uint32_t members : {1U, 2U, 3U}) {
      for (const bool is_only_timeless : {false, true}) {
        const std::vector<std::string> only =
            is_only_timeless ? std::vector<std::string>{"linearizable", "version-order", "stale-reads", "k-atomicity",
                                                        "regular",      "delta",         "gamma"}
                             : std::vector<std::string>{};
        const Report with = check_all(history, {.only = only}, Crew{.size = members});
        const Report without = check_all(history, {.only = only, .may_screen = false}, Crew{.size = members});
        ASSERT_EQ(with.verdict, without.verdict);
        for (const CheckResult& result : with.results) {
          ASSERT_EQ(told(result), told(*find_result(without, result.name))) << "seed " << seed;
        }
      }
    }
  }
  EXPECT_GT(keys, 100U);
  EXPECT_GT(reads, 10'000U);
}

TEST(Screen, leaves_no_write_out_that_was_the_last_before_a_stale_read) {
  const auto op = [](OpIndex index, ClientId client, OpKind kind, Value value, Nanoseconds begun, Nanoseconds ended) {
    return Op{.index = index,
              .client = client,
              .kind = kind,
              .outcome = Outcome::ok,
              .value = value,
              .invocation_ns = begun,
              .completion_ns = ended};
  };
  for (const bool is_seen_early : {false, true}) {
    SmallHistory small;
    small.clients = 4;
    // 1001 is older than 1002 and 1003, but its write ends last; then 1002 is read, older than 1003.
    small.ops = {op(0, 0, OpKind::write, 1001, 0, 1000),    op(1, 1, OpKind::write, 1002, 100, 110),
                 op(2, 1, OpKind::write, 1003, 200, 210),   op(3, 2, OpKind::read, 1002, 1100, 1110),
                 op(4, 1, OpKind::write, 1004, 1200, 1210), op(5, 1, OpKind::write, 1005, 1300, 1310)};
    for (const Op& write : small.ops) {
      if (write.kind == OpKind::write) {
        small.steps.push_back({.op = write.index,
                               .store = Store::database,
                               .command = Command::write,
                               .outcome = Outcome::ok,
                               .value = write.value,
                               .version = static_cast<Version>(write.value),
                               .start_ns = write.invocation_ns,
                               .end_ns = write.completion_ns});
      }
    }
    if (is_seen_early) {
      small.ops.push_back(op(6, 3, OpKind::read, 1001, 50, 60));
    }
    const History history = packed(small);
    ASSERT_EQ(partly_cleared(history).first, 1U);
    ASSERT_GE(partly_cleared(history).second, 2U);
    const Report with = check_all(history, {});
    const Report without = check_all(history, {.may_screen = false});
    for (const CheckResult& result : with.results) {
      EXPECT_EQ(told(result), told(*find_result(without, result.name)));
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
