// The proof that keeps a state a key: it holds for no history in which a screen leaves a key in doubt, whoever looks at
// which keys; and it holds for valid histories, however much their ops overlap.

#include "check/prefilter/key_proof.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "check/check.hpp"
#include "unit/check/proofs.hpp"
#include "unit/check/screened_history.hpp"

namespace stalemate::test {
namespace {

std::optional<Counted> proved(const History& history, const ValueRules& rules, std::uint32_t members) {
  const KeyProof proof(history, rules, {.size = members});
  return proof.holds() ? std::optional(counted(proof.clean_keys(), proof)) : std::nullopt;
}

/// What held may be said: a screen says the same, unless some value was written to two keys, which it leaves to the
/// checks; and those find nothing.
void expect_clean(const Counted& found, const SmallHistory& small, const ValueRules& rules) {
  const History history = packed(small);
  std::vector<Value> written;
  for (const Op& op : small.ops) {
    if (op.kind == OpKind::write) {
      written.push_back(op.value);
    }
  }
  std::ranges::sort(written);
  if (std::ranges::adjacent_find(written) == written.end()) {
    ASSERT_EQ(found, screened(history, rules)) << describe(small);
  }
  const CheckOptions exact{.only = {"linearizable", "stale-reads", "version-order", "dirty-reads", "phantom-reads"},
                           .clock_error_ns = rules.clock_error_ns,
                           .may_screen = false};
  for (const CheckResult& result : check_all(history, exact).results) {
    ASSERT_EQ(result.count, 0U) << result.name << '\n' << describe(small);
  }
}

TEST(KeyProof, holds_only_where_every_key_is_clean_and_counts_the_same) {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
    ValueRules rules;
    const SmallHistory small = some_history(seed, rules.clock_error_ns);
    const History history = packed(small);
    SeededRandom random(seed, 29);
    rules.clears_unknown = random.draw_below(2) == 0;
    const auto found = proved(history, rules, 1 + random.draw_below(3));
    if (found) {
      expect_clean(*found, small, rules);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
      ++held;
    }
  }
  EXPECT_GT(held, 100);
}

TEST(KeyProof, holds_only_where_every_key_is_clean_in_long_histories_with_defects) {
  int held = 0;
  int failed = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    SeededRandom random(seed, 31);
    SmallHistory small = overlapping_history(seed, 300 + random.draw_below(600), 1 + random.draw_below(60));
    small = with_defects(std::move(small), random);
    const History history = packed(small);
    const ValueRules rules{.clears_unknown = random.draw_below(2) == 0};
    const auto found = proved(history, rules, 1 + random.draw_below(3));
    if (found) {
      expect_clean(*found, small, rules);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
    }
    ++(found ? held : failed);
  }
  EXPECT_GT(held, 100);
  EXPECT_GT(failed, 100);
}

TEST(KeyProof, holds_only_where_the_checks_find_nothing_in_what_a_run_leaves) {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SeededRandom random(seed, 43);
    SmallHistory small = mixed_history(seed);
    small = random.draw_below(2) == 0 ? with_defects(std::move(small), random) : small;
    const History history = packed(small);
    const ValueRules rules{.clears_unknown = random.draw_below(2) == 0,
                           .clock_error_ns = random.draw_below(4) == 0 ? random.draw_below(200) : 0};
    const auto found = proved(history, rules, 1 + random.draw_below(3));
    if (found) {
      expect_clean(*found, small, rules);
      ASSERT_FALSE(testing::Test::HasFatalFailure()) << "seed " << seed;
      ++held;
    }
  }
  EXPECT_GT(held, 50);
}

TEST(KeyProof, finds_a_stale_read_at_every_position) {
  for (const std::uint32_t keys : {2U, 40U}) {
    const SmallHistory valid = overlapping_history(1, 1500, keys);
    ASSERT_TRUE(proved(packed(valid), {}, 2));
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
      ASSERT_FALSE(proved(packed(small), {}, 1)) << read;
      ASSERT_FALSE(proved(packed(small), {}, 2)) << read;
      ++planted;
    }
    EXPECT_GT(planted, 50) << keys;
  }
}

TEST(KeyProof, holds_for_valid_histories_of_few_keys_and_many_for_one_member_and_several) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const std::uint32_t keys = seed < 10 ? 1 + static_cast<std::uint32_t>(seed) : 10 * static_cast<std::uint32_t>(seed);
    const History history = packed(overlapping_history(seed, 4000, keys));
    const auto expected = screened(history, {});
    ASSERT_TRUE(expected);
    for (const std::uint32_t members : {1U, 2U, 3U, 8U}) {
      ASSERT_EQ(proved(history, {}, members), expected) << "seed " << seed << ", " << members;
    }
  }
}

TEST(KeyProof, holds_where_ops_begin_in_another_order_than_planned) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SmallHistory small = overlapping_history(seed, 2000, 100);
    // Every other op begins after the next one, but values are written in the order that was planned.
    for (OpIndex first = 0; first + 1 < small.ops.size(); first += 2) {
      Op& op = small.ops[first];
      Op& next = small.ops[first + 1];
      if (op.kind == OpKind::read || next.kind == OpKind::read) {
        std::swap(op, next);
        std::swap(op.index, next.index);
        for (Step& step : small.steps) {
          step.op = step.op == first ? first + 1 : step.op == first + 1 ? first : step.op;
        }
      }
    }
    const auto expected = screened(packed(small), {});
    ASSERT_TRUE(expected);
    EXPECT_EQ(proved(packed(small), {}, 1), expected) << "seed " << seed;
    EXPECT_EQ(proved(packed(small), {}, 3), expected) << "seed " << seed;
  }
}

/// Ops each by a client of its own; a write's version is its place among them, unless it is told.
class OpScript {
 public:
  OpScript& on(std::uint32_t key) {
    key_ = key;
    small_.keys = std::max(small_.keys, key + 1);
    return *this;
  }
  OpScript& add(OpKind kind, Value value, Nanoseconds begin_ns, Nanoseconds end_ns, Version version = 0) {
    const auto index = static_cast<OpIndex>(small_.ops.size());
    small_.ops.push_back({.index = index,
                          .key = Key{key_},
                          .client = static_cast<ClientId>(index),
                          .kind = kind,
                          .outcome = Outcome::ok,
                          .value = value,
                          .intended_ns = begin_ns,
                          .invocation_ns = begin_ns,
                          .completion_ns = end_ns});
    small_.clients = index + 1;
    if (kind == OpKind::write) {
      small_.steps.push_back({.op = index,
                              .store = Store::database,
                              .command = Command::write,
                              .role = Role::update,
                              .outcome = Outcome::ok,
                              .value = value,
                              .version = version == 0 ? index + 1 : version,
                              .start_ns = begin_ns,
                              .end_ns = end_ns});
    }
    return *this;
  }
  /// The database tells of another update of the value, by default of no op that is known.
  OpScript& add_update(Value value, Version version, OpIndex op = no_op) {
    Step step = small_.steps.back();
    step.op = op;
    step.value = value;
    step.version = version;
    small_.steps.push_back(step);
    return *this;
  }
  [[nodiscard]] bool holds(const ValueRules& rules = {}, std::uint32_t members = 1) const {
    return proved(packed(small_), rules, members).has_value();
  }

 private:
  std::uint32_t key_ = 0;
  SmallHistory small_;
};

TEST(KeyProof, finds_a_read_that_ended_before_its_write_began) {
  // Equal instants are concurrent.
  EXPECT_TRUE(OpScript().add(OpKind::read, 1001, 10, 20).add(OpKind::write, 1001, 20, 30).holds());
  const OpScript early = OpScript().add(OpKind::read, 1001, 10, 20).add(OpKind::write, 1001, 21, 30);
  EXPECT_FALSE(early.holds());
  EXPECT_TRUE(early.holds({.clock_error_ns = 1}));
}

TEST(KeyProof, lets_an_old_value_be_read_until_the_newer_write_has_ended) {
  const auto read_at = [](Nanoseconds begin_ns) {
    return OpScript()
        .add(OpKind::write, 1001, 1, 10)
        .add(OpKind::write, 1002, 5, 20)
        .add(OpKind::read, 1001, begin_ns, 30);
  };
  EXPECT_TRUE(read_at(20).holds());
  EXPECT_FALSE(read_at(21).holds());
}

TEST(KeyProof, takes_no_version_of_another_key_that_was_written_the_same_value) {
  const auto written = [](Value of_other_key) {
    return OpScript()
        .on(5)
        .add(OpKind::write, of_other_key, 10, 20, 3)
        .on(4)
        .add(OpKind::write, 1002, 100, 110, 100)
        .add(OpKind::write, 1003, 120, 500, 200)
        .add(OpKind::write, 1004, 130, 510, 50);  // applied before 1002, which had ended by then
  };
  for (const std::uint32_t members : {1U, 2U, 3U}) {
    EXPECT_FALSE(written(1001).holds({}, members)) << members;
    EXPECT_FALSE(written(1002).holds({}, members)) << members;
  }
}

TEST(KeyProof, does_not_hold_where_an_update_of_no_op_tells_another_version) {
  const auto written = [] {
    return OpScript()
        .add(OpKind::write, 1001, 10, 20, 100)
        .add(OpKind::write, 1002, 30, 40, 200)
        .add(OpKind::read, 1002, 50, 60);
  };
  EXPECT_TRUE(written().holds());
  EXPECT_FALSE(written().add_update(1001, 300).holds());
}

TEST(KeyProof, does_not_hold_where_another_writes_op_tells_the_version_of_a_value) {
  const auto written = [] {
    return OpScript().add(OpKind::write, 1001, 10, 20, 100).add(OpKind::write, 1002, 30, 40, 200);
  };
  EXPECT_TRUE(written().add_update(1002, 300, 1).holds());
  // 1001 was applied after 1002, which began when it had ended.
  EXPECT_FALSE(written().add_update(1001, 300, 1).holds());
}

TEST(KeyProof, finds_a_read_of_what_nobody_wrote_whatever_else_is_going_on) {
  for (const Value phantom : {999, 998, 1004, 2000, -5, std::numeric_limits<Value>::max(), absent}) {
    const auto busy = [] {
      return OpScript()
          .add(OpKind::write, 1001, 1, 100)
          .add(OpKind::write, 1002, 10, 100)
          .add(OpKind::write, 1003, 20, 100);
    };
    EXPECT_TRUE(busy().add(OpKind::read, 1003, 200, 210).holds());
    EXPECT_FALSE(busy().add(OpKind::read, phantom, 50, 60).holds()) << phantom;
    EXPECT_FALSE(busy().add(OpKind::read, phantom, 200, 210).holds()) << phantom;
    EXPECT_FALSE(OpScript().add(OpKind::read, phantom, 1, 2).holds()) << phantom;
  }
}

}  // namespace
}  // namespace stalemate::test
