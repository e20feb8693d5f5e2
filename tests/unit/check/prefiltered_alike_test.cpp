// Small histories, each of a kind in which what was said with a prefilter once differed from what was said without.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "core/random.hpp"
#include "unit/check/script.hpp"
#include "unit/check/told.hpp"

namespace stalemate::test {
namespace {

void expect_alike(const SmallHistory& small, CheckOptions options = {}) {
  const History history = packed(small);
  for (const std::uint32_t members : {1U, 2U, 3U}) {
    options.may_prefilter = true;
    const Report with = check_all(history, options, Crew{.size = members});
    options.may_prefilter = false;
    const Report without = check_all(history, options);
    EXPECT_EQ(with.versions_known, without.versions_known);
    for (const CheckResult& result : with.results) {
      EXPECT_EQ(told(result), told(*find_result(without, result.name))) << members;
    }
  }
}

TEST(PrefilteredAlike, a_read_that_takes_ten_minutes) {
  constexpr Nanoseconds second = 1'000'000'000;
  Script script;
  script.write(0, 1001, 0, 10, 1);
  script.read(0, 1001, 20, 600 * second);
  script.write(0, 1002, 700 * second, 700 * second + 1, 2);
  script.write(0, 1003, 701 * second, 702 * second, 3);
  script.read(0, 1002, 703 * second, 704 * second);
  script.write(0, 1004, 800 * second, 801 * second, 4);
  script.write(0, 1005, 802 * second, 1500 * second, 5);
  expect_alike(script.small);
}

TEST(PrefilteredAlike, versions_near_the_greatest_number) {
  for (const Version version : {~Version{0}, ~Version{0} - 1, ~Version{0} - 2, ~Version{0} - 3}) {
    Script script;
    script.write(0, 1001, 0, 10, version);
    script.write(0, 1002, 20, 30, 7);
    expect_alike(script.small);
    EXPECT_EQ(find_result(check_all(packed(script.small), {}), "lost-updates")->count, 0U);
    script.write(1, 1003, 20, 30, 7);
    script.read(1, 1000, 40, 50);
    expect_alike(script.small);
  }
}

TEST(PrefilteredAlike, an_update_of_no_op) {
  for (const Value value : {1000, 1001, absent, 2'000'000'000}) {
    Script script;
    script.read(0, 1000, 0, 10);
    script.update(5, value, 3);
    expect_alike(script.small);
    script.write(0, 1001, 20, 30, {});
    expect_alike(script.small);
  }
}

TEST(PrefilteredAlike, values_whose_versions_are_not_known) {
  Script script;
  script.write(0, 1001, 0, 10, {});
  script.write(1, 1002, 0, 10, {});
  script.read(1, 1000, 20, 30);
  expect_alike(script.small);
  expect_alike(script.small, {.only = {"version-order", "linearizable"}});
  script.small.ops.pop_back();
  expect_alike(script.small, {.only = {"version-order", "linearizable"}});
}

TEST(PrefilteredAlike, few_values_left_to_judge_and_updates_of_missing_ops) {
  Script script;
  script.write(1, 1001, 0, 10, 1);
  for (Value i = 0; i < 6000; ++i) {
    script.write(0, 1002 + i, 20 + 20 * i, 30 + 20 * i, 2 + static_cast<Version>(i));
  }
  script.write(1, 7002, 130'000, 130'010, {});
  script.read(1, 1001, 130'020, 130'030);
  script.update(20'000, 7002, 9000);
  script.small.complete = false;
  expect_alike(script.small);
}

TEST(PrefilteredAlike, ops_that_end_at_once_in_a_key_that_is_large_only_without_the_others) {
  Script script;
  script.read(0, 1001, 20, 50);
  script.read(0, 1001, 15, 50);
  script.write(0, 1001, 10, 60, 1);
  script.read(0, 1000, 70, 80);
  script.read(0, 1'000'000, 90, 95);  // nobody wrote that
  for (Nanoseconds i = 0; i < 4200; ++i) {
    script.read(0, 1001, 100 + 20 * i, 110 + 20 * i);
  }
  for (Nanoseconds i = 0; i < 30'000; ++i) {
    script.read(1, 1000, 100'000 + 20 * i, 100'010 + 20 * i);
  }
  expect_alike(script.small);
}

TEST(PrefilteredAlike, an_unanswered_write_of_the_same_version_among_many_out_of_order) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SeededRandom random(seed, 23);
    Script script;
    const std::uint32_t writes = 34 + random.draw_below(26);
    const std::uint32_t same = 1 + random.draw_below(writes - 1);
    for (std::uint32_t i = 0; i < writes; ++i) {
      // Nearly against the order of time, all different, but that the one before `same` has its version.
      const std::uint32_t number = i + 1 == same ? same : i;
      const std::uint32_t early = number == same ? 0 : random.draw_below(8);
      const Version version = 64 * Version{2 * (writes - number) + early} + number;
      script.write(0, 1001 + static_cast<Value>(i), 1 + i, 1001 + random.draw_below(300), version);
    }
    Op& unanswered = script.small.ops[random.draw_below(2) == 0 ? same : same - 1];
    unanswered.outcome = Outcome::info;
    unanswered.completion_ns = never;
    const Value answered = 1001 + static_cast<Value>(unanswered.index == same ? same - 1 : same);
    script.read(0, answered, 157, 197);
    script.read(0, 1001 + static_cast<Value>(random.draw_below(writes)), 1581, 1657);
    for (Value i = 0; i < 40; ++i) {
      script.write(0, 2000 + i, 9000 + 10 * i, 9005 + 10 * i, 10'000 + static_cast<Version>(i));
    }
    script.small.clients = 64;
    expect_alike(script.small, {.only = {"regular", "stale-reads"}});
    if (HasFailure()) {
      return;
    }
  }
}

TEST(StaleReads, keeps_the_first_by_time_however_the_work_is_divided) {
  Script script;
  constexpr std::uint32_t keys = 40;
  for (std::uint32_t key = 0; key < keys; ++key) {
    script.write(key, 1001 + static_cast<Value>(key), 0, 10 + key, 1 + key);
  }
  for (std::uint32_t i = 0; i < keys; ++i) {
    script.read(keys - 1 - i, 1000, 100 + 20 * i, 110 + 20 * i);
  }
  const History history = packed(script.small);
  for (const std::uint32_t kept_max : {0U, 1U, 7U, 40U, 100U}) {
    for (const std::uint32_t members : {1U, 2U, 5U}) {
      const Report report = check_all(history, {.stale_reads_max = kept_max}, Crew{.size = members});
      const CheckResult& result = *find_result(report, "stale-reads");
      EXPECT_EQ(result.count, keys);
      ASSERT_EQ(result.stale_reads.size(), std::min(kept_max, keys));
      for (std::uint32_t i = 0; i < result.stale_reads.size(); ++i) {
        EXPECT_EQ(result.stale_reads[i].read, keys + i);
      }
    }
  }
}

}  // namespace
}  // namespace stalemate::test
