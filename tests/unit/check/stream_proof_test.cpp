// The proof in one pass: it holds for no history in which a screen leaves a key in doubt, however the work is divided
// and however little room it has; and it holds for valid histories of every ordinary kind.

#include "check/prefilter/stream_proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "check/check.hpp"
#include "unit/check/proofs.hpp"
#include "unit/check/screened_history.hpp"
#include "unit/check/script.hpp"

namespace stalemate::test {
namespace {

constexpr StreamSizes tiny{.ring_values = 8, .border_values = 1, .window = 1};
constexpr StreamSizes small_ring{.ring_values = 512, .border_values = 32, .window = 16};

std::optional<Counted> streamed(const History& history, const ValueRules& rules, const StreamSizes& sizes,
                                const std::vector<std::size_t>& borders) {
  const StreamProof proof(history, rules, sizes, borders, {.size = static_cast<std::uint32_t>(borders.size() - 1)});
  return proof.holds() ? std::optional(counted(proof.clean_keys(), proof)) : std::nullopt;
}

/// Up to three members, the borders anywhere.
std::vector<std::size_t> some_borders(SeededRandom& random, std::size_t ops) {
  std::vector<std::size_t> borders = {0, ops};
  for (std::uint32_t more = random.draw_below(3); more > 0; --more) {
    borders.push_back(random.draw_below(static_cast<std::uint32_t>(ops) + 1));
  }
  std::ranges::sort(borders);
  return borders;
}

TEST(StreamProof, holds_only_where_every_key_is_clean_and_counts_the_same) {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 2'000; ++seed) {
    ValueRules rules;
    const SmallHistory small = some_history(seed, rules.clock_error_ns);
    const History history = packed(small);
    SeededRandom random(seed, 29);
    rules.clears_unknown = random.draw_below(2) == 0;
    const auto expected = screened(history, rules);
    for (const StreamSizes& sizes : {StreamSizes(), tiny}) {
      const auto found = streamed(history, rules, sizes, some_borders(random, small.ops.size()));
      if (found) {
        ASSERT_EQ(found, expected) << "seed " << seed << '\n' << describe(small);
        ++held;
      }
    }
  }
  EXPECT_GT(held, 100);
}

TEST(StreamProof, holds_only_where_every_key_is_clean_however_little_room_it_has) {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SeededRandom random(seed, 31);
    SmallHistory small = overlapping_history(seed, 700 + random.draw_below(600), 1 + random.draw_below(5));
    if (random.draw_below(3) == 0) {
      std::ranges::for_each(small.steps, [](Step& step) { step.version = unknown_version; });
    }
    small = with_defects(std::move(small), random);
    const History history = packed(small);
    const ValueRules rules{.clears_unknown = random.draw_below(2) == 0};
    const auto expected = screened(history, rules);
    for (const std::size_t window : {1U, 3U, 40U}) {
      StreamSizes sizes = small_ring;
      sizes.window = window;
      const auto found = streamed(history, rules, sizes, some_borders(random, small.ops.size()));
      if (found) {
        ASSERT_EQ(found, expected) << "seed " << seed << ", window " << window;
        ++held;
      }
    }
  }
  EXPECT_GT(held, 100);
}

TEST(StreamProof, holds_only_where_the_checks_find_nothing_in_what_a_run_leaves) {
  constexpr StreamSizes narrow{.ring_values = 1024, .border_values = 8, .window = 3};
  int held = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SeededRandom random(seed, 43);
    SmallHistory small = mixed_history(seed);
    small = random.draw_below(2) == 0 ? with_defects(std::move(small), random) : small;
    const History history = packed(small);
    const ValueRules rules{.clears_unknown = random.draw_below(2) == 0,
                           .clock_error_ns = random.draw_below(4) == 0 ? random.draw_below(200) : 0};
    const auto expected = screened(history, rules);
    bool holds = false;
    for (const StreamSizes& sizes : {StreamSizes(), small_ring, narrow}) {
      const auto found = streamed(history, rules, sizes, some_borders(random, small.ops.size()));
      ASSERT_TRUE(!found || found == expected) << "seed " << seed;
      holds = holds || found;
    }
    const CheckOptions exact{.only = {"linearizable", "stale-reads", "version-order"},
                             .clock_error_ns = rules.clock_error_ns,
                             .may_screen = false};
    ASSERT_FALSE(holds && check_all(history, exact).verdict == Verdict::invalid) << "seed " << seed;
    held += holds ? 1 : 0;
  }
  EXPECT_GT(held, 25);
}

TEST(StreamProof, finds_a_stale_read_at_every_position) {
  const SmallHistory valid = overlapping_history(1, 1500, 2);
  const std::vector<std::size_t> borders = {0, 600, 1500};
  ASSERT_TRUE(streamed(packed(valid), {}, small_ring, borders));
  int planted = 0;
  for (OpIndex read = 0; read < valid.ops.size(); read += 5) {
    SmallHistory small = valid;
    Op& op = small.ops[read];
    const auto older = std::ranges::find(small.ops, op.key.index, [](const Op& write) { return write.key.index; });
    if (op.kind != OpKind::read || read < 200 || older->kind != OpKind::write) {
      continue;
    }
    op.value = older->value;
    ASSERT_FALSE(streamed(packed(small), {}, small_ring, borders)) << read;
    ++planted;
  }
  EXPECT_GT(planted, 50);
}

TEST(StreamProof, holds_for_valid_histories_of_one_member_and_several) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const History history = packed(overlapping_history(seed, 4000, 1 + static_cast<std::uint32_t>(seed)));
    const auto expected = screened(history, {});
    ASSERT_TRUE(expected);
    for (const std::vector<std::size_t>& borders :
         {std::vector<std::size_t>{0, 4000}, {0, 2000, 4000}, {0, 500, 2600, 4000}}) {
      ASSERT_EQ(streamed(history, {}, small_ring, borders), expected) << "seed " << seed << ", " << borders.size();
    }
  }
}

TEST(StreamProof, lets_a_value_be_read_long_after_it_was_written_as_long_as_it_is_the_newest) {
  // Two keys are written once; all the others' writes push their values out of the ring.
  SmallHistory small = overlapping_history(3, 5000, 4);
  small.keys = 6;
  const auto append = [&small](std::uint32_t key, OpKind kind, Value value) {
    const auto index = static_cast<OpIndex>(small.ops.size());
    const Nanoseconds begin_ns = small.ops.back().invocation_ns + 2000;
    small.ops.push_back({.index = index,
                         .key = Key{key},
                         .kind = kind,
                         .outcome = Outcome::ok,
                         .value = value,
                         .intended_ns = begin_ns,
                         .invocation_ns = begin_ns,
                         .completion_ns = begin_ns + 100});
  };
  // The first write of the history becomes one of key 4; nobody has read it but who does now.
  const auto first = std::ranges::find(small.ops, OpKind::write, &Op::kind);
  const Value value = first->value;
  first->key.index = 4;
  for (Op& op : small.ops) {
    op.value = op.kind == OpKind::read && op.value == value ? small.initial : op.value;
  }
  append(4, OpKind::read, value);
  append(5, OpKind::read, small.initial);
  const auto expected = screened(packed(small), {});
  ASSERT_TRUE(expected);
  for (const std::vector<std::size_t>& borders : {std::vector<std::size_t>{0, 5002}, {0, 1700, 5002}}) {
    EXPECT_EQ(streamed(packed(small), {}, small_ring, borders), expected);
  }
  // A newer value of that key ended before the read began.
  SmallHistory stale = small;
  stale.ops[4000].kind = OpKind::write;
  stale.ops[4000].key.index = 4;
  stale.ops[4000].value = small.initial + 5000;
  EXPECT_FALSE(streamed(packed(stale), {}, small_ring, {0, 5002}));
}

TEST(StreamProof, needs_no_versions_where_some_update_may_have_been_applied) {
  for (const bool all_refused : {false, true}) {
    Script script;
    script.write(0, 1001, 0, 10, unknown_version);
    script.small.steps.back().outcome = all_refused ? Outcome::fail : Outcome::ok;
    script.write(0, 1002, 20, 30, unknown_version);
    script.small.steps.back().outcome = Outcome::fail;
    script.read(0, 1002, 40, 50);
    const History history = packed(script.small);
    const auto found = streamed(history, {}, small_ring, {0, 3});
    // Where all were refused, the versions are known after all.
    EXPECT_EQ(found.has_value(), !all_refused);
    EXPECT_TRUE(!found || found == screened(history, {}));
  }
}

}  // namespace
}  // namespace stalemate::test
