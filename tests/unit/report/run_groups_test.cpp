// Repeats of a run: which runs they are, and what is said of them together.
#include "report/comparison/run_groups.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "one_line.hpp"
#include "unit/report/example_results.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

// A run that was as quick as told, of that seed.
RunResults repeated(RunResults results, std::uint64_t seed, double as_long) {
  results.seed = seed;
  for (LatencyFigures* figures : {&results.latency.read.response, &results.latency.write.response}) {
    for (const auto figure : {&LatencyFigures::p50_ns, &LatencyFigures::p90_ns, &LatencyFigures::p99_ns,
                              &LatencyFigures::p99_9_ns, &LatencyFigures::max_ns}) {
      figures->*figure = static_cast<Nanoseconds>(static_cast<double>(figures->*figure) * as_long);
    }
  }
  results.stale =
      StaleReads{.checked = 6000, .stale = seed, .worst_staleness_ns = static_cast<Nanoseconds>(seed) * example_ms};
  return results;
}

std::vector<RunResults> four_of_each() {
  std::vector<RunResults> runs;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const double as_long = 1 + 0.01 * static_cast<double>(seed);
    runs.push_back(repeated(example_before(), seed, as_long));
    runs.push_back(repeated(example_after(), seed, 3 * as_long));
  }
  return runs;
}

TEST(RunGroups, hold_runs_that_were_asked_for_the_same_whatever_their_seeds) {
  const std::vector<RunGroup> groups = grouped(four_of_each());
  ASSERT_EQ(groups.size(), 2U);
  for (const RunGroup& group : groups) {
    ASSERT_EQ(group.size(), 4U);
    for (std::uint64_t place = 0; place < 4; ++place) {
      EXPECT_EQ(group[place].seed, place + 1) << "in the order given";
    }
  }
}

TEST(RunGroups, part_runs_that_were_asked_for_something_else_or_done_by_others) {
  const std::vector<std::function<void(RunResults&)>> changes = {
      [](RunResults& r) { r.asked.set("keys", std::uint64_t{7}); },
      [](RunResults& r) { r.asked.faults.clear(); },
      [](RunResults& r) { r.pattern = "lease"; },
      [](RunResults& r) { r.scenario = "mine"; },
      [](RunResults& r) { r.duration_ns *= 2; },
      [](RunResults& r) { r.interrupted = true; },
      [](RunResults& r) { r.engines.front().version = "16.1"; },
      [](RunResults& r) { r.program_version = "0.2.0"; },
  };
  for (const auto& change : changes) {
    RunResults other = example_before();
    change(other);
    EXPECT_EQ(grouped(std::vector{example_before(), example_before(), other}).size(), 2U);
  }
  EXPECT_EQ(grouped(std::vector{example_before(), example_before()}).size(), 2U) << "two alone are told one by one";
  EXPECT_EQ(grouped(std::vector{example_before(), example_before(), example_before()}).size(), 1U);
}

TEST(RunGroups, add_up_what_their_runs_did) {
  const RunGroup group = {repeated(example_before(), 1, 1), repeated(example_before(), 5, 2),
                          repeated(example_before(), 2, 4)};
  const RunResults sum = pooled(group);
  EXPECT_EQ(sum.reads.ok, 18'000U);
  EXPECT_EQ(sum.plan.writes, 9'000U);
  EXPECT_EQ(sum.stale->checked, 18'000U);
  EXPECT_EQ(sum.stale->stale, 8U);
  EXPECT_EQ(sum.stale->worst_staleness_ns, 5 * example_ms);
  EXPECT_EQ(sum.samples->taken, 3 * group.front().samples->taken);
  EXPECT_EQ(sum.latency.read.response.p99_ns, group[1].latency.read.response.p99_ns) << "the median";
  EXPECT_EQ(sum.latency.read.response.max_ns, group[2].latency.read.response.max_ns);
}

TEST(RunGroups, are_invalid_where_a_run_is_and_unknown_where_one_is_at_least) {
  RunGroup group(3, example_before());
  group[0].verdict = "valid";
  group[1].verdict = "unknown";
  group[2].verdict = "valid";
  EXPECT_EQ(pooled(group).verdict, "unknown");
  group[2].verdict = "invalid";
  EXPECT_EQ(pooled(group).verdict, "invalid");
}

TEST(RunGroups, stand_side_by_side_with_medians_and_ranges) {
  const std::vector<RunGroup> groups = grouped(four_of_each());
  expect_golden(compare_groups(groups, 100), "compare_groups_100.txt");
  expect_golden(compare_groups(groups, 60), "compare_groups_60.txt");
}

TEST(RunGroups, of_one_kind_are_one_column_without_comparison) {
  const std::vector<RunGroup> groups = {{repeated(example_before(), 1, 1), repeated(example_before(), 2, 1.5)}};
  const std::string text = as_one_line(compare_groups(groups, 80));
  EXPECT_THAT(text, HasSubstr("before: 2 runs, cache-aside on PostgreSQL 15.8"));
  EXPECT_THAT(text, HasSubstr("stale reads 2 [1..2]")) << "1.5 is told as a whole number";
  EXPECT_THAT(text, Not(HasSubstr("against")));
}

TEST(RunGroups, tell_which_seeds_and_versions_differ) {
  std::vector<RunResults> runs(3, example_before());
  runs[1].seed = 2;
  runs[2].program_version = "0.2.0";
  const std::string text = as_one_line(compare_groups(grouped(runs), 80));
  EXPECT_THAT(text, HasSubstr("Seeds: 1, 2 against 1."));
  EXPECT_THAT(text, HasSubstr("By different versions of stalemate: 0.1.0 against 0.2.0."));
}

TEST(RunGroups, say_in_how_many_runs_a_figure_is) {
  RunResults without = example_before();
  without.samples.reset();
  const std::vector<RunGroup> groups = {{example_before(), without, example_before()}};
  EXPECT_THAT(as_one_line(compare_groups(groups, 80)), HasSubstr("samples correct 579 of 2"));
}

TEST(RunGroups, as_json_have_every_value_and_the_chance_of_it) {
  const nlohmann::json json = nlohmann::json::parse(comparison_json(grouped(four_of_each())));
  ASSERT_EQ(json["groups"].size(), 2U);
  for (const auto& group : json["groups"]) {
    for (const auto& [name, figure] : group["figures"].items()) {
      if (!figure.is_null()) {
        EXPECT_LE(figure["min"], figure["median"]) << name;
        EXPECT_LE(figure["median"], figure["max"]) << name;
        EXPECT_EQ(figure["values"].size(), 4U) << name;
      }
    }
    EXPECT_EQ(group["stale_reads"]["stale"], 10);
    EXPECT_EQ(group["stale_reads"]["checked"], 24'000);
  }
  EXPECT_TRUE(json["groups"][0]["chance_against_first"].is_null());
  EXPECT_NEAR(json["groups"][1]["chance_against_first"]["latency.read.response.p50_ns"], 2.0 / 70, 1e-12);
  EXPECT_EQ(json["groups"][1]["chance_against_first"]["stale.stale"], 1);
}

}  // namespace
}  // namespace stalemate
