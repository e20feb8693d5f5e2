// The stale reads that a plan predicts, held against closed forms for random arrivals.
#include <gtest/gtest.h>

#include <cmath>

#include "unit/plan/plans.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds millisecond_ns = 1'000'000;

PredictedHits predicted_of(const Scenario& scenario, std::string_view pattern) {
  return predict_hits(Plan::make(scenario).value(), *PatternRegistry::find(pattern));
}

Scenario at_random_times(double read_rate, double write_rate) {
  Scenario scenario;
  scenario.arrivals = Arrivals::poisson;
  scenario.read_rate = read_rate;
  scenario.write_rate = write_rate;
  return scenario;
}

// An entry lives T from its fill, whatever is written. Of the reads of a key, r a second, one fills and r T hit; a hit
// at age a is stale if one of w writes a second came since, with chance 1 - exp(-w a).
TEST(PredictedStaleReads, of_entries_that_only_expire_are_those_written_since_the_fill) {
  for (const Nanoseconds life_ns : {10 * millisecond_ns, 200 * millisecond_ns, 1000 * millisecond_ns}) {
    Scenario scenario = at_random_times(6'000, 300);
    scenario.time_to_live_ns = life_ns;
    const double life = static_cast<double>(life_ns) * 1e-9;
    const double reads = scenario.read_rate / scenario.keys;
    const double writes = scenario.write_rate / scenario.keys;
    const double stale = reads * (life - (1 - std::exp(-writes * life)) / writes) / (1 + reads * life);
    EXPECT_NEAR(predicted_of(scenario, "ttl-only").stale_share.value(), stale, 0.01) << life;
  }
}

// Of a key's ops a share a are reads, b writes whose invalidation is lost, c other writes. Without an entry a read
// makes a fresh one; a lost invalidation makes it stale; any other write removes it.
TEST(PredictedStaleReads, of_lost_invalidations_last_until_the_next_write_that_is_not_lost) {
  Scenario scenario = at_random_times(6'000, 3'000);
  scenario.faults = {{"skip", "invalidate=20%"}};
  const double a = 2.0 / 3;
  const double b = 0.2 / 3;
  const double c = 0.8 / 3;
  const double without = c / (a + c);
  const double fresh = without * a / (1 - a);
  ASSERT_NEAR(a + b + c, 1, 1e-12);
  EXPECT_NEAR(predicted_of(scenario, "cache-aside").stale_share.value(), 1 - without - fresh, 0.01);
}

TEST(PredictedStaleReads, are_none_where_each_write_reaches_the_entry) {
  const Scenario scenario = at_random_times(1'000, 500);
  for (const char* pattern : {"cache-aside", "write-through", "lease"}) {
    EXPECT_EQ(predicted_of(scenario, pattern).stale_share, 0) << pattern;
  }
}

TEST(PredictedStaleReads, count_no_write_that_never_reached_the_row) {
  Scenario scenario = at_random_times(1'000, 500);
  scenario.faults = {{"skip", "update=100%"}};
  EXPECT_EQ(predicted_of(scenario, "ttl-only").stale_share, 0);
}

TEST(PredictedStaleReads, are_not_told_where_the_plan_does_not_know_and_it_is_said_why) {
  const Scenario scenario = at_random_times(1'000, 500);
  for (const char* pattern : {"cdc-invalidate", "write-behind", "read-your-writes", "near-cache"}) {
    const PredictedHits predicted = predicted_of(scenario, pattern);
    EXPECT_EQ(predicted.stale_share, std::nullopt) << pattern;
    EXPECT_NE(predicted.why_no_stale, "") << pattern;
  }
  Scenario restarted = scenario;
  restarted.faults = {{"restart", "cache@5s+100ms"}};
  EXPECT_NE(predicted_of(restarted, "cache-aside").why_no_stale, "");
}

}  // namespace
}  // namespace stalemate
