#include "report/drift.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/example_results.hpp"

namespace stalemate {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// A closed loop of 100 reads and 50 writes a second for 60 s.
RunResults ticker(std::uint64_t reads_done, std::uint64_t writes_done, Nanoseconds read_ns, Nanoseconds write_ns) {
  RunResults results = example_ticker();
  results.reads = {6000, reads_done, reads_done, 0, 0, 0, 6000 - reads_done, 0};
  results.writes = {3000, writes_done, writes_done, 0, 0, 0, 3000 - writes_done, 0};
  results.latency.read = op_latency_around(reads_done, read_ns);
  results.latency.write = op_latency_around(writes_done, write_ns);
  return results;
}

TEST(Drift, has_no_cause_when_everything_was_done) {
  const Drift drift = derive_drift(example_before());
  EXPECT_EQ(drift.wanted_ratio, 2.0);
  EXPECT_EQ(drift.done_ratio, 2.0);
  EXPECT_THAT(drift.causes, ElementsAre("none: planned ops were all completed"));
}

TEST(Drift, mentions_late_ops_without_blaming_them) {
  RunResults results = example_before();
  results.reads.late = 12;
  EXPECT_THAT(derive_drift(results).causes,
              ElementsAre(AllOf(StartsWith("none: "), HasSubstr("12 of 9,000 sent late"))));
}

TEST(Drift, of_a_slow_database_is_the_closed_loops) {
  const Drift drift = derive_drift(ticker(1874, 1884, 32 * example_ms, 31'800'000));
  EXPECT_NEAR(drift.done_ratio.value(), 0.995, 0.001);
  EXPECT_THAT(
      drift.causes,
      ElementsAre(AllOf(HasSubstr("68.8 % of the reader's ticks (4,126 of 6,000)"),
                        HasSubstr("32 ms in the mean, longer than the interval of 10 ms"), HasSubstr("31.2 a second")),
                  AllOf(HasSubstr("37.2 % of the writer's ticks"), HasSubstr("interval of 20 ms")),
                  HasSubstr("31.8 ms / 32 ms = 0.99")));
}

TEST(Drift, of_two_busy_loops_under_the_lock_is_the_locks) {
  RunResults results = ticker(1874, 1884, 32 * example_ms, 31'800'000);
  results.asked.set("serialize", true);
  EXPECT_THAT(derive_drift(results).causes,
              ElementsAre(HasSubstr("reader's"), HasSubstr("writer's"), HasSubstr("global lock")));
}

TEST(Drift, where_only_the_writer_loses_ticks_is_the_slower_writes) {
  const RunResults results = ticker(6000, 1500, 9 * example_ms, 40 * example_ms);
  EXPECT_THAT(derive_drift(results).causes,
              ElementsAre(HasSubstr("writer's"), HasSubstr("writes are slower than reads (40 ms against 9 ms")));
}

TEST(Drift, with_fast_ops_is_the_timers) {
  const RunResults results = ticker(5586, 3000, 95'000, 263'000);
  EXPECT_THAT(derive_drift(results).causes,
              ElementsAre(AllOf(HasSubstr("6.9 % of the reader's"), HasSubstr("its timer was late"))));
}

TEST(Drift, with_some_slow_ops_blames_neither_them_nor_the_timer_alone) {
  const RunResults results = ticker(5586, 3000, 5 * example_ms, 263'000);
  EXPECT_THAT(derive_drift(results).causes, ElementsAre(HasSubstr("the slowest take longer (99.9 % within 40 ms")));
}

// 2 clients for 100 reads of 30 ms and 50 writes of 0.3 ms a second.
RunResults open_loop_behind() {
  RunResults results = example_after();
  results.asked.set("clients", std::uint64_t{2});
  results.reads = {6000, 4000, 4000, 0, 0, 3900, 2000, 0};
  results.latency.read = op_latency_around(4000, 30 * example_ms);
  return results;
}

TEST(Drift, of_an_open_loop_counts_the_clients_it_would_have_needed_where_the_database_had_room) {
  RunResults results = open_loop_behind();
  results.limit = Limit{"clients", 50 * example_s, 97, 100, 0.2, 0, 0, 2, 2, 0.3, 0.1, 0.1};
  EXPECT_THAT(derive_drift(results).causes,
              ElementsAre(AllOf(HasSubstr("2,000 of 6,000 planned reads (33.3 %) were never sent"),
                                HasSubstr("needs 4 ops under way at once, and there are 2 clients"))));
}

TEST(Drift, of_an_open_loop_at_the_servers_limit_says_what_they_reached_and_asks_for_no_more_clients) {
  RunResults results = open_loop_behind();
  results.limit = Limit{"locks", 50 * example_s, 97, 100, 0.2, 1.8, 0, 2, 2, 0.3, 0.1, 0.1};
  EXPECT_THAT(derive_drift(results).causes,
              ElementsAre(AllOf(HasSubstr("were never sent: all 2 clients were busy and 97 ops a second were done"),
                                HasSubstr("waited for a lock"), testing::Not(HasSubstr("needs")))));
}

TEST(Drift, of_an_open_loop_that_lost_a_server_is_the_outage) {
  RunResults results = open_loop_behind();
  results.limit = Limit{"clients", 50 * example_s, 97, 100, 0.2, 0, 0, 2, 2, 0.3, 0.1, 0.1};
  results.outages = {{"database", 1 * example_s, 20 * example_s}};
  EXPECT_THAT(derive_drift(results).causes, ElementsAre(HasSubstr("a server did not answer for a while")));
}

TEST(Drift, lists_failures_unknown_outcomes_and_interruption_the_weightiest_first) {
  EXPECT_THAT(derive_drift(example_trouble()).causes,
              ElementsAre("the run was interrupted after 41.5 s of 60 s: 1,850 reads and 925 writes never came due",
                          "5 writes failed (0.24 % of those sent)",
                          "8 reads ended so that it is not known whether they were done (0.19 % of those sent)",
                          "3 reads failed (0.07 % of those sent)"));
}

TEST(Drift, has_no_ratio_without_writes) {
  RunResults results = example_before();
  results.plan.writes = 0;
  results.writes = {};
  const Drift drift = derive_drift(results);
  EXPECT_FALSE(drift.wanted_ratio.has_value());
  EXPECT_FALSE(drift.done_ratio.has_value());
}

}  // namespace
}  // namespace stalemate
