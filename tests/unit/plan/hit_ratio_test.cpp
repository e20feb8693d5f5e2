// What a plan predicts, held against what the theory says of it: closed forms for random arrivals, the exact
// expectation for evenly spaced ones, and counts that can be made by hand.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "unit/plan/plans.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds second_ns = 1'000'000'000;

const PatternInfo& pattern(std::string_view name) {
  return *PatternRegistry::find(name);
}

PredictedHits predicted(const Scenario& scenario, std::string_view name = "cache-aside") {
  return predict_hits(Plan::make(scenario).value(), pattern(name));
}

Scenario rates(double read_rate, double write_rate) {
  Scenario scenario;
  scenario.read_rate = read_rate;
  scenario.write_rate = write_rate;
  return scenario;
}

// The hit ratio at rest of a key that each op takes with chance p, for constant arrivals, w / r writes for each read.
// Seen from a read, the m-th read before it lies m / r back, and between them there were W writes. That read was on the
// key with no op on it since with chance p q^(m-1) q^W, q = 1 - p. With x = m w / r, W is floor(x + phase), where the
// phase of the reads against the writes is uniform in [0, 1): floor(x) + 1 with chance frac(x), else floor(x).
double at_rest(double p, double writes_per_read) {
  const double q = 1 - p;
  double sum = 0;
  for (double m = 1; m < 100'000; ++m) {
    const double x = m * writes_per_read;
    sum += p * std::pow(q, m - 1 + std::floor(x)) * (1 - p * (x - std::floor(x)));
  }
  return sum;
}

// The chance that an op is on each key, the most likely first.
std::vector<double> chances(const Scenario& scenario) {
  std::vector<double> all(scenario.keys, 1.0 / scenario.keys);
  if (scenario.key_distribution == KeyDistribution::zipfian) {
    double total = 0;
    for (std::size_t rank = 1; rank <= all.size(); ++rank) {
      all[rank - 1] = std::pow(static_cast<double>(rank), -scenario.zipf_exponent);
      total += all[rank - 1];
    }
    for (double& chance : all) {
      chance /= total;
    }
  } else if (scenario.key_distribution == KeyDistribution::hotspot) {
    const auto hot = static_cast<std::size_t>(std::lround(scenario.hotspot_keys * scenario.keys));
    for (std::size_t key = 0; key < all.size(); ++key) {
      all[key] = key < hot ? scenario.hotspot_ops / static_cast<double>(hot)
                           : (1 - scenario.hotspot_ops) / static_cast<double>(all.size() - hot);
    }
  }
  return all;
}

double at_rest(const Scenario& scenario) {
  if (scenario.arrivals == Arrivals::poisson) {
    return scenario.read_rate / (scenario.read_rate + scenario.write_rate);
  }
  double mean = 0;
  for (const double chance : chances(scenario)) {
    mean += chance * at_rest(chance, scenario.write_rate / scenario.read_rate);
  }
  return mean;
}

TEST(PredictedHits, behind_a_warm_up_are_those_of_a_cache_at_rest) {
  for (const Arrivals arrivals : {Arrivals::constant, Arrivals::poisson}) {
    for (const KeyDistribution distribution :
         {KeyDistribution::uniform, KeyDistribution::zipfian, KeyDistribution::hotspot}) {
      for (const auto& [read_rate, write_rate] : {std::pair(8000.0, 4000.0), std::pair(6000.0, 6000.0),
                                                  std::pair(9000.0, 3701.0), std::pair(3000.0, 9000.0)}) {
        Scenario scenario = rates(read_rate, write_rate);
        scenario.arrivals = arrivals;
        scenario.key_distribution = distribution;
        scenario.zipf_exponent = 1.3;
        scenario.keys = 10;
        scenario.warm_up_ns = 2 * second_ns;
        // Within five standard deviations, neighbouring reads of a key counted as one of three.
        const double bound = 5 * std::sqrt(3 * 0.25 / (read_rate * 18));
        EXPECT_NEAR(predicted(scenario).measured.value(), at_rest(scenario), bound)
            << name_of(arrivals) << " " << name_of(distribution) << " " << read_rate << ":" << write_rate;
      }
    }
  }
}

// A read at time t finds the entry if there was an op on its key before, and the last one was a read.
TEST(PredictedHits, of_a_cold_start_count_the_first_look_at_each_key_as_a_miss) {
  Scenario scenario = rates(10'000, 2'000);
  scenario.arrivals = Arrivals::poisson;
  scenario.keys = 200'006;
  const double ops_a_key = (scenario.read_rate + scenario.write_rate) * 20 / scenario.keys;
  const double rest = scenario.read_rate / (scenario.read_rate + scenario.write_rate);
  const double mean = rest * (1 - (1 - std::exp(-ops_a_key)) / ops_a_key);
  EXPECT_LT(mean, 0.5 * rest) << "the cold start is what is tested";
  EXPECT_NEAR(predicted(scenario).measured.value(), mean, 5 * std::sqrt(0.25 / 200'000));
}

TEST(PredictedHits, are_told_apart_in_the_warm_up_and_after_it) {
  Scenario scenario = rates(10'000, 10);
  scenario.keys = 5006;
  scenario.warm_up_ns = 2 * second_ns;
  const PredictedHits hits = predicted(scenario);
  EXPECT_LT(hits.warm_up.value(), 0.8);
  EXPECT_GT(hits.measured.value(), 0.95);
  scenario.warm_up_ns = 0;
  EXPECT_EQ(predicted(scenario).warm_up, std::nullopt);
}

// After a fill an entry lives until it expires or is removed; meanwhile reads of its key hit.
TEST(PredictedHits, heed_the_time_to_live) {
  for (const char* const name : {"cache-aside", "ttl-only"}) {
    Scenario scenario = rates(10'000, 2'000);
    scenario.arrivals = Arrivals::poisson;
    scenario.keys = 1006;
    scenario.time_to_live_ns = second_ns / 5;
    scenario.warm_up_ns = second_ns;
    const double reads = scenario.read_rate / scenario.keys;
    const double writes = name == std::string_view("ttl-only") ? 1e-9 : scenario.write_rate / scenario.keys;
    const double life = (1 - std::exp(-writes * 0.2)) / writes;
    EXPECT_NEAR(predicted(scenario, name).measured.value(), reads * life / (1 + reads * life),
                5 * std::sqrt(3 * 0.25 / 190'000))
        << name;
  }
}

TEST(PredictedHits, heed_the_time_to_live_that_a_pattern_has_of_its_own) {
  Scenario scenario = rates(1000, 1);
  scenario.keys = 1006;
  EXPECT_LT(predicted(scenario, "ttl-only").measured.value(), 0.6)
      << "about one read a second and key, expiring in 1 s";
  Scenario longer = scenario;
  longer.time_to_live_ns = 3600 * second_ns;
  EXPECT_GT(predicted(longer, "ttl-only").measured.value(), 0.9);
}

TEST(PredictedHits, of_entries_that_are_loaded_again_before_they_expire_are_more) {
  Scenario scenario = rates(1000, 1);
  scenario.time_to_live_ns = second_ns / 10;
  EXPECT_GT(predicted(scenario, "refresh-ahead").measured.value(), predicted(scenario).measured.value() + 0.01);
}

TEST(PredictedHits, of_writes_that_leave_an_entry_miss_only_what_nobody_has_touched) {
  Scenario scenario = rates(1000, 500);
  scenario.keys = 1006;
  std::set<std::uint32_t> touched;
  double reads = 0;
  double hits = 0;
  for (const PlannedOp& op : ops_of(scenario)) {
    const bool is_read = op.kind == OpKind::read;
    reads += is_read ? 1 : 0;
    hits += is_read && touched.contains(op.key.index) ? 1 : 0;
    touched.insert(op.key.index);
  }
  EXPECT_DOUBLE_EQ(predicted(scenario, "write-through").measured.value(), hits / reads);
}

TEST(PredictedHits, account_for_the_calls_that_a_fault_leaves_out) {
  Scenario scenario = rates(1000, 500);
  scenario.faults = {{"skip", "invalidate=100%"}};
  EXPECT_GT(predicted(scenario).measured.value(), 0.999) << "nothing is ever removed";
  scenario.faults = {{"skip", "fill=100%"}};
  EXPECT_EQ(predicted(scenario).measured, 0) << "nothing is ever filled";
}

TEST(PredictedHits, of_a_run_that_was_ended_early_are_those_of_its_ops) {
  Scenario scenario = rates(1000, 500);
  scenario.keys = 1006;
  Scenario shorter = scenario;
  shorter.duration_ns = scenario.duration_ns / 4;
  EXPECT_EQ(predict_hits(Plan::make(scenario).value(), pattern("cache-aside"), shorter.duration_ns).measured,
            predicted(shorter).measured);
}

TEST(PredictedHits, follow_the_reads_that_follow_the_writes) {
  Scenario scenario = rates(1000, 100);
  scenario.keys = 1006;
  scenario.key_distribution = KeyDistribution::latest;
  EXPECT_GT(predicted(scenario).measured.value(), 0);
  EXPECT_LT(predicted(scenario).measured.value(), 1);
}

TEST(PredictedHits, are_none_where_no_plan_tells_and_it_is_said_why) {
  Scenario scenario = rates(2, 1);
  EXPECT_EQ(predicted(scenario, "none").measured, std::nullopt);
  EXPECT_EQ(predicted(scenario, "none").why_none, "") << "nothing is looked up";
  scenario.faults = {{"restart", "cache@5s+100ms"}};
  EXPECT_EQ(predicted(scenario).measured, std::nullopt);
  EXPECT_EQ(
      predicted(scenario).why_none,
      "the fault 'cache: restart 5s..5.1s' hits the cache, and the plan does not tell what is left in the cache then");
  scenario.faults = {};
  scenario.time_to_live_ns = second_ns;
  EXPECT_EQ(predicted(scenario, "near-cache").measured, std::nullopt);
  EXPECT_EQ(predicted(scenario, "near-cache").why_none, "each server's own copies expire at times of their own");
}

RC_GTEST_PROP(Plan, counts_the_ops_of_its_warm_up, ()) {
  constexpr Nanoseconds least_ns = 1'000'000;
  Scenario scenario = any_small_scenario();
  scenario.duration_ns += 2 * least_ns;
  scenario.warm_up_ns = *rc::gen::inRange<Nanoseconds>(least_ns, scenario.duration_ns);
  const Plan plan = Plan::make(scenario).value();
  std::uint32_t reads = 0;
  std::uint32_t writes = 0;
  for (const PlannedOp& op : ops_of(plan)) {
    const bool is_early = op.intended_ns < scenario.warm_up_ns;
    reads += is_early && op.kind == OpKind::read ? 1 : 0;
    writes += is_early && op.kind == OpKind::write ? 1 : 0;
  }
  RC_ASSERT(plan.reads_in_warm_up() == reads);
  RC_ASSERT(plan.writes_in_warm_up() == writes);
}

}  // namespace
}  // namespace stalemate
