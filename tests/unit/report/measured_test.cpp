// What decide takes from a run's history: calls, the cold start, and what happened while faults were in force.
#include "report/decision/measured.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/example_results.hpp"

namespace stalemate {
namespace {

Op read_at(OpIndex index, Nanoseconds intended_ns, Nanoseconds took_ns, Outcome outcome = Outcome::ok) {
  return {.index = index,
          .kind = OpKind::read,
          .outcome = outcome,
          .value = 1,
          .intended_ns = intended_ns,
          .invocation_ns = intended_ns,
          .completion_ns = intended_ns + took_ns};
}

Step call_at(OpIndex op, Store store, Role role, Nanoseconds start_ns, Value value = 1) {
  return {.op = op,
          .store = store,
          .command = store == Store::cache ? Command::get : Command::read,
          .role = role,
          .outcome = Outcome::ok,
          .value = value,
          .start_ns = start_ns,
          .end_ns = start_ns + 1'000};
}

RunResults of_ten_seconds() {
  RunResults results;
  results.elapsed_ns = 10 * example_s;
  return results;
}

TEST(HistoryFigures, count_the_calls_that_were_made_after_the_warm_up) {
  RunResults results = of_ten_seconds();
  results.warm_up = WarmUp{.duration_ns = 2 * example_s};
  Step skipped = call_at(0, Store::cache, Role::fill, 3 * example_s);
  skipped.outcome = Outcome::fail;
  skipped.fault = 1;
  skipped.skipped = true;
  skipped.end_ns = skipped.start_ns;
  const std::vector<Step> steps = {
      call_at(0, Store::cache, Role::lookup, 1 * example_s),  call_at(0, Store::cache, Role::lookup, 2 * example_s),
      call_at(0, Store::database, Role::load, 3 * example_s), call_at(0, Store::replica, Role::load, 4 * example_s),
      call_at(0, Store::local, Role::lookup, 4 * example_s),  skipped};
  const std::vector<Op> ops = {read_at(0, 1 * example_s, 5 * example_s)};
  const HistoryFigures figures = figures_of_history(make_history({}, ops, steps), {}, results);
  EXPECT_EQ(figures.cache_calls, 1U);
  EXPECT_EQ(figures.database_calls, 2U);
  EXPECT_EQ(figures.calls_ns, 8 * example_s);
}

TEST(HistoryFigures, take_the_first_second_from_planned_starts) {
  const std::vector<Op> ops = {read_at(0, 0, 4 * example_ms), read_at(1, example_s - 1, 8 * example_ms),
                               read_at(2, example_s - 1, 50 * example_ms, Outcome::fail),
                               read_at(3, example_s, 100 * example_ms)};
  const HistoryFigures figures = figures_of_history(make_history({}, ops), {}, of_ten_seconds());
  EXPECT_EQ(figures.first_second.count, 2U);
  EXPECT_EQ(figures.first_second.max_ns, 8 * example_ms);
}

// Misses for the first `cold` lookups, one a millisecond, then hits.
std::optional<Nanoseconds> warm_after(std::uint32_t cold, std::uint32_t lookups) {
  std::vector<Op> ops;
  std::vector<Step> steps;
  for (std::uint32_t place = 0; place < lookups; ++place) {
    ops.push_back(read_at(place, place * example_ms, 2'000));
    steps.push_back(call_at(place, Store::cache, Role::lookup, place * example_ms, place < cold ? absent : 1));
  }
  return figures_of_history(make_history({}, ops, steps), {}, of_ten_seconds()).warm_after_ns;
}

TEST(HistoryFigures, tell_when_nine_of_ten_hits_came_for_the_first_time) {
  EXPECT_EQ(warm_after(0, 1'000), 1'000) << "at once: when the first lookup ended";
  EXPECT_EQ(warm_after(300, 1'000), 290 * example_ms + 1'000) << "ten misses among the hundred are allowed";
  EXPECT_EQ(warm_after(0, 399), std::nullopt) << "too few to say";
}

TEST(HistoryFigures, tell_ops_apart_that_were_due_while_a_fault_was_in_force) {
  RunResults results = of_ten_seconds();
  results.in_force = {{"stall", "cache", 2 * example_s, 3 * example_s},
                      {"restart", "database", 2 * example_s + 1, 4 * example_s},
                      {"stall", "cache", 6 * example_s, 7 * example_s}};
  const std::vector<Op> ops = {read_at(0, 1 * example_s, 1'000), read_at(1, 2 * example_s, 1'000),
                               read_at(2, 4 * example_s, 1'000, Outcome::fail), read_at(3, 5 * example_s, 1'000),
                               read_at(4, 6 * example_s, 1'000)};
  Report report;
  report.results.push_back({.name = "stale-reads", .verdict = Verdict::invalid});
  report.results.back().stale_reads = {{.read = 0}, {.read = 4}};
  const HistoryFigures figures = figures_of_history(make_history({}, ops), report, results);
  ASSERT_TRUE(figures.in_faults.has_value());
  EXPECT_EQ(figures.in_faults->length_ns, 3 * example_s) << "what two faults share counts once";
  EXPECT_EQ(figures.in_faults->reads, 3U);
  EXPECT_EQ(figures.in_faults->reads_failed, 1U);
  EXPECT_EQ(figures.in_faults->reads_checked, 2U);
  EXPECT_EQ(figures.in_faults->stale_reads, 1U);
}

TEST(HistoryFigures, of_a_run_without_faults_tell_nothing_of_them) {
  const std::vector<Op> ops = {read_at(0, 0, 1'000)};
  EXPECT_EQ(figures_of_history(make_history({}, ops), {}, of_ten_seconds()).in_faults, std::nullopt);
}

}  // namespace
}  // namespace stalemate
