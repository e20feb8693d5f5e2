#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "unit/plan/plans.hpp"

namespace stalemate {
namespace {

Scenario rates(double read_rate, double write_rate) {
  Scenario scenario;
  scenario.read_rate = read_rate;
  scenario.write_rate = write_rate;
  return scenario;
}

double predicted(const Scenario& scenario) {
  return predicted_hit_ratio(scenario, EntryAfterWrite::removed).value();
}

// What the plan's own ops would see, one after the other: reads fill, writes remove. The first tenth warms up.
double simulated(const Scenario& scenario) {
  std::vector<bool> present(scenario.keys);
  const Plan plan = Plan::make(scenario).value();
  PlanCursor cursor = plan.cursor();
  double reads = 0;
  double hits = 0;
  while (const std::optional<PlannedOp> op = cursor.next()) {
    if (op->kind == OpKind::read && op->index > plan.ops() / 10) {
      ++reads;
      hits += present[op->key.index] ? 1 : 0;
    }
    present[op->key.index] = op->kind == OpKind::read;
  }
  return hits / reads;
}

TEST(PredictedHitRatio, is_the_origins_for_its_six_keys) {
  EXPECT_NEAR(predicted(rates(100, 50)), 0.637, 0.0005);
  EXPECT_NEAR(predicted(rates(100, 100)), 0.455, 0.0005);
}

// The chain of R R W and of R W, by hand: p = 1/6, q = 5/6.
TEST(PredictedHitRatio, is_exact_for_small_ratios) {
  const double p = 1.0 / 6;
  const double q = 5.0 / 6;
  EXPECT_NEAR(predicted(rates(2, 1)), (p * (q + q * q) + p * (1 + q * q)) / (1 - q * q * q) / 2, 1e-11);
  EXPECT_NEAR(predicted(rates(1, 1)), p * q / (1 - q * q), 1e-11);
  EXPECT_NEAR(predicted(rates(1, 2)), p * q * q / (1 - q * q * q), 1e-11);
}

TEST(PredictedHitRatio, is_r_of_r_and_w_for_random_arrivals) {
  Scenario scenario = rates(200, 100);
  scenario.arrivals = Arrivals::poisson;
  for (const KeyDistribution distribution :
       {KeyDistribution::uniform, KeyDistribution::zipfian, KeyDistribution::hotspot}) {
    scenario.key_distribution = distribution;
    EXPECT_DOUBLE_EQ(predicted(scenario), 2.0 / 3);
  }
}

TEST(PredictedHitRatio, is_what_the_plan_itself_shows) {
  for (const Arrivals arrivals : {Arrivals::constant, Arrivals::poisson}) {
    for (const KeyDistribution distribution :
         {KeyDistribution::uniform, KeyDistribution::zipfian, KeyDistribution::hotspot}) {
      for (const auto& [read_rate, write_rate] :
           {std::pair(8000.0, 4000.0), std::pair(6000.0, 6000.0), std::pair(9000.0, 3701.0), std::pair(3000.0, 9000.0),
            std::pair(11000.0, 100.0)}) {
        Scenario scenario = rates(read_rate, write_rate);
        scenario.arrivals = arrivals;
        scenario.key_distribution = distribution;
        scenario.zipf_exponent = 1.3;
        scenario.keys = 10;
        // Within five standard deviations, neighbouring reads of a key counted as one of three.
        const double bound = 5 * std::sqrt(3 * 0.25 / (read_rate * 18));
        EXPECT_NEAR(predicted(scenario), simulated(scenario), bound)
            << name_of(arrivals) << " " << name_of(distribution) << " " << read_rate << ":" << write_rate;
      }
    }
  }
}

TEST(PredictedHitRatio, of_many_keys_nears_that_of_random_arrivals) {
  Scenario scenario = rates(200, 100);
  scenario.keys = 10'000'006;
  EXPECT_NEAR(predicted(scenario), 2.0 / 3, 1e-6);
  scenario.keys = 1006;  // on the short formula's side, next to the long one's
  const double below = predicted(scenario);
  scenario.keys = 994;
  EXPECT_NEAR(predicted(scenario), below, 1e-5);
  scenario.keys = 10'000'006;
  scenario.key_distribution = KeyDistribution::zipfian;
  EXPECT_GT(predicted(scenario), 0.6);
  EXPECT_LT(predicted(scenario), 2.0 / 3);
}

TEST(PredictedHitRatio, is_not_given_where_none_holds) {
  Scenario scenario = rates(2, 1);
  EXPECT_EQ(predicted_hit_ratio(scenario, EntryAfterWrite::no_cache), std::nullopt);
  EXPECT_EQ(predicted_hit_ratio(scenario, EntryAfterWrite::replaced), 1);
  scenario.key_distribution = KeyDistribution::latest;
  EXPECT_EQ(predicted_hit_ratio(scenario, EntryAfterWrite::removed), std::nullopt);
  scenario.key_distribution = KeyDistribution::uniform;
  scenario.time_to_live_ns = 1'000'000;
  EXPECT_EQ(predicted_hit_ratio(scenario, EntryAfterWrite::removed), std::nullopt);
  scenario.time_to_live_ns = 0;
  scenario.has_cache = false;
  EXPECT_EQ(predicted_hit_ratio(scenario, EntryAfterWrite::removed), std::nullopt);
}

}  // namespace
}  // namespace stalemate
