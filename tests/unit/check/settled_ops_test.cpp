// Settled ops: without them, and with what is told of them in their place, the checks say the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "check/check.hpp"
#include "check/prefilter/prefilter.hpp"
#include "sanitized.hpp"
#include "unit/check/prefilter_history.hpp"
#include "unit/check/script.hpp"
#include "unit/check/told.hpp"

namespace stalemate::test {
namespace {

/// With so many more keys, most have no ops.
constexpr std::uint32_t many_keys = 2048;

/// How many keys are partly clean, and how many of their reads are settled.
std::pair<std::size_t, std::size_t> partly_cleared(const History& history) {
  const Prefilter prefilter(history, {.for_sessions = true}, {});
  std::size_t keys = 0;
  for (std::uint32_t key = 0; key < history.header.key_count; ++key) {
    keys += prefilter.state_of(Key{key}) == KeyState::partly_clean ? 1 : 0;
  }
  const auto is_settled = [&](const OpRecord& op) {
    return prefilter.state_of(op.key()) == KeyState::partly_clean && prefilter.settled_ops().has(op);
  };
  return {keys, static_cast<std::size_t>(std::ranges::count_if(history.ops(), is_settled))};
}

TEST(SettledOps, changes_nothing_where_some_reads_are_stale) {
  std::size_t keys = 0;
  std::size_t reads = 0;
  for (std::uint64_t seed = 0; seed < tried(60U); ++seed) {
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
        const Report without = check_all(history, {.only = only, .may_prefilter = false}, Crew{.size = members});
        ASSERT_EQ(with.verdict, without.verdict);
        for (const CheckResult& result : with.results) {
          ASSERT_EQ(told(result), told(*find_result(without, result.name))) << "seed " << seed;
        }
      }
    }
  }
  EXPECT_GT(keys, tried(100U));
  EXPECT_GT(reads, tried(10'000U));
}

TEST(SettledOps, are_those_of_the_example_in_the_docs) {
  Script script;
  script.write(0, 1001, 0, 10, 1);
  script.read(0, 1001, 20, 30);
  script.write(0, 1002, 40, 50, 2);
  script.write(0, 1003, 60, 70, 3);
  script.read(0, 1002, 80, 90);
  script.write(0, 1004, 100, 110, 4);
  script.read(0, 1004, 120, 130);
  const History history = packed(script.small);
  const Prefilter prefilter(history, {}, {});
  ASSERT_EQ(prefilter.state_of(Key{0}), KeyState::partly_clean);
  std::vector<bool> settled;
  for (const OpRecord& op : history.ops()) {
    settled.push_back(prefilter.settled_ops().has(op));
  }
  EXPECT_EQ(settled, (std::vector<bool>{true, true, false, false, false, true, true}));
  const Report report = check_all(history, {.only = {"stale-reads"}});
  EXPECT_EQ(report.results.front().count, 1U);
  EXPECT_EQ(report.results.front().sample, 3U);
}

TEST(SettledOps, leaves_no_write_out_that_was_the_last_before_a_stale_read) {
  for (const bool is_seen_early : {false, true}) {
    // 1001 is older than 1002 and 1003, but its write ends last; then 1002 is read, older than 1003.
    Script script;
    script.write(0, 1001, 0, 1000, 1);
    script.write(0, 1002, 100, 110, 2);
    script.write(0, 1003, 200, 210, 3);
    script.read(0, 1002, 1100, 1110);
    script.write(0, 1004, 1200, 1210, 4);
    script.write(0, 1005, 1300, 1310, 5);
    if (is_seen_early) {
      script.small.clients = 7;
      script.read(0, 1001, 50, 60);
    }
    const History history = packed(script.small);
    ASSERT_EQ(partly_cleared(history).first, 1U);
    ASSERT_GE(partly_cleared(history).second, 2U);
    const Report with = check_all(history, {});
    const Report without = check_all(history, {.may_prefilter = false});
    for (const CheckResult& result : with.results) {
      EXPECT_EQ(told(result), told(*find_result(without, result.name)));
    }
  }
}

}  // namespace
}  // namespace stalemate::test
