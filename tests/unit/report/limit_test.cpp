#include "report/limit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/words/server_trouble.hpp"
#include "unit/report/example_results.hpp"

namespace stalemate {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// 16 clients, a plan of 5,000 writes a second, 3,712 done a second; nothing else known.
RunResults behind() {
  RunResults results = example_before();
  results.asked.set("read_rate", 0.0);
  results.asked.set("write_rate", 5000.0);
  results.asked.set("clients", std::uint64_t{16});
  results.writes = {3000, 2200, 2200, 0, 0, 2100, 800, 0};
  results.latency.write = op_latency_around(2200, 7'200'000);
  Limit limit;
  limit.behind_ns = 8 * example_s;
  limit.rate = 3712;
  limit.cores = 2;
  limit.threads = 2;
  limit.busy_cores = 1.2;
  limit.own_cores = 0.4;
  limit.servers_cores = 0.6;
  results.limit = limit;
  return results;
}

std::string phrase(RunResults results) {
  results.limit->by = derive_limit(results);
  return results.limit->by + ": " + limit_phrase(results);
}

void look_at_sessions(Limit& limit, double locks, double otherwise, double running) {
  limit.looks = 20;
  limit.sessions_waiting_for_locks = locks;
  limit.sessions_waiting_otherwise = otherwise;
  limit.sessions_running = running;
}

TEST(Limit, is_not_known_where_nothing_was_seen_and_nothing_is_advised) {
  EXPECT_EQ(
      phrase(behind()),
      "unknown: all 16 clients were busy and 3,712 ops a second were done; whether more clients would do more, or "
      "the servers were at their limit, is not known");
}

TEST(Limit, are_locks_where_the_sessions_wait_for_rows) {
  RunResults results = behind();
  look_at_sessions(*results.limit, 13.2, 0.4, 1.5);
  EXPECT_EQ(phrase(results),
            "locks: all 16 clients were busy and 3,712 ops a second were done; that is what the database can do with "
            "these rows: of 16 sessions in the mean 13.2 waited for a lock on a row that another was changing, 0.4 for "
            "something else inside the database, 1.5 ran (seen in 20 looks), so more clients would only wait longer");
}

TEST(Limit, is_the_processor_where_the_run_has_used_it_up) {
  RunResults results = behind();
  look_at_sessions(*results.limit, 1, 1, 4);
  results.limit->busy_cores = 1.95;
  results.limit->servers_cores = 1.2;
  results.limit->own_cores = 0.7;
  EXPECT_THAT(phrase(results),
              AllOf(HasSubstr("processor: "), HasSubstr("3,712 ops a second were done"),
                    HasSubstr("its 2 processors were busy to 97.5 % (stalemate 0.7, its servers 1.2 of "
                              "them)"),
                    Not(HasSubstr("needs"))));
}

TEST(Limit, is_not_a_processor_that_others_use) {
  RunResults results = behind();
  results.limit->busy_cores = 1.95;
  results.limit->servers_cores = 0.1;
  results.limit->own_cores = 0.1;
  EXPECT_THAT(phrase(results),
              AllOf(HasSubstr("unknown: "), HasSubstr("busy with other programs: its 2 processors were "
                                                      "busy to 97.5 % (stalemate 0.1, its servers 0.1 "
                                                      "of them)")));
  look_at_sessions(*results.limit, 0, 0, 1);
  EXPECT_THAT(phrase(results), HasSubstr("unknown: ")) << "sessions may be idle for want of a processor";
}

// Seen with 32 clients on six rows of a serializable PostgreSQL: those that wait to try again are idle sessions.
TEST(Limit, are_conflicts_where_many_attempts_are_in_vain) {
  RunResults results = behind();
  look_at_sessions(*results.limit, 0.5, 3.5, 0.2);
  results.retries = 17'360;
  EXPECT_THAT(phrase(results), AllOf(HasSubstr("conflicts: "), HasSubstr("it had 17,360 attempts repeated"),
                                     HasSubstr("more clients would only conflict more")));
}

// The same run without its conflicts.
TEST(Limit, are_locks_where_those_inside_the_database_wait_for_rows_though_most_sessions_are_idle) {
  RunResults results = behind();
  look_at_sessions(*results.limit, 4.5, 1.7, 0.1);
  EXPECT_THAT(phrase(results), AllOf(HasSubstr("locks: "), Not(HasSubstr("needs"))));
}

TEST(Limit, is_stalemate_where_its_threads_are_busy_all_the_time) {
  RunResults results = behind();
  results.limit->threads = 1;
  results.limit->own_cores = 0.96;
  EXPECT_THAT(phrase(results), AllOf(HasSubstr("stalemate: "), HasSubstr("with 1 thread"), Not(HasSubstr("needs"))));
}

TEST(Limit, are_the_servers_where_half_of_the_clients_did_as_much) {
  RunResults results = behind();
  results.limit->rate_half = 3900;
  results.limit->rate_full = 3700;
  EXPECT_THAT(phrase(results), AllOf(HasSubstr("server: "),
                                     HasSubstr("no more than half of the clients busy it was "
                                               "3,900"),
                                     Not(HasSubstr("needs"))));
  results.limit->rate_half = 1900;
  EXPECT_THAT(phrase(results), HasSubstr("unknown: ")) << "that twice as many did twice as much does not show the rest";
}

TEST(Limit, are_the_clients_where_the_database_was_idle) {
  RunResults results = behind();
  look_at_sessions(*results.limit, 0.1, 0.2, 0.9);
  EXPECT_EQ(
      phrase(results),
      "clients: all 16 clients were busy and 3,712 ops a second were done, while the database had room: of 16 "
      "sessions in the mean 0.1 waited for a lock on a row that another was changing, 0.2 for something else "
      "inside the database, 0.9 ran (seen in 20 looks); at the measured service times the plan needs 36 ops under "
      "way at once, and there are 16 clients");
}

TEST(Limit, are_the_clients_only_where_nothing_says_otherwise) {
  for (double locks = 0; locks <= 16; locks += 0.5) {
    for (double busy = 0; busy <= 2; busy += 0.25) {
      for (double half = 0; half <= 8000; half += 1000) {
        RunResults results = behind();
        look_at_sessions(*results.limit, locks, 0, 1);
        results.limit->busy_cores = busy;
        results.limit->own_cores = busy / 3;
        results.limit->servers_cores = busy / 2;
        results.limit->rate_half = half;
        results.limit->rate_full = 3712;
        const std::string words = phrase(results);
        const bool had_room = locks < 1.6 && busy < 1.8 && half < 0.9 * 3712;
        EXPECT_EQ(words.contains("the plan needs"), had_room) << words;
        EXPECT_THAT(words, HasSubstr("3,712 ops a second were done"));
      }
    }
  }
}

// A stall that is shorter than op_limit makes no call fail, so that no outage is seen.
TEST(Limit, is_a_planned_stop_of_a_server_though_it_was_no_outage) {
  RunResults results = behind();
  results.stops = {{"stall", "database", 2 * example_s, 7 * example_s}};
  EXPECT_EQ(phrase(results),
            "outage: all 16 clients were busy and 3,712 ops a second were done; the fault stall kept the database from "
            "answering then, which says nothing of what the servers can do");
  results.outages = {{"database", 3 * example_s, 7 * example_s}, {"cache", 9 * example_s, 10 * example_s}};
  EXPECT_THAT(phrase(results), HasSubstr("; the fault stall kept the database from answering and a server did not "
                                         "answer then, which"));
  results.outages = {};
  results.stops.front().end_ns = 3 * example_s;
  EXPECT_THAT(phrase(results), AllOf(HasSubstr("unknown: "), HasSubstr("; for 1 s of the run the fault stall kept the "
                                                                       "database from answering")));
}

TEST(Limit, of_servers_that_do_not_answer_counts_each_moment_once) {
  RunResults results = behind();
  EXPECT_EQ(unanswered_ns(results), 0);
  results.stops = {{"stall", "cache", 4 * example_s, 6 * example_s},
                   {"restart", "database", 5 * example_s, 8 * example_s}};
  results.outages = {{"database", 5 * example_s, 7 * example_s}, {"database", 9 * example_s, 10 * example_s}};
  EXPECT_EQ(unanswered_ns(results), 5 * example_s);
}

TEST(Limit, of_losses_are_the_servers_that_did_not_answer_where_those_explain_them) {
  RunResults results = behind();
  results.stops = {{"stall", "database", 2 * example_s, 4 * example_s}};
  results.limit->by = derive_limit(results);
  EXPECT_EQ(
      losses_phrase(results, 200, 100),
      "the fault stall kept the database from answering for a while, and their time was over before the backlog was "
      "done");
  EXPECT_THAT(losses_phrase(results, 500, 100),
              AllOf(HasSubstr("3,712 ops a second were done"), HasSubstr("for 2 s of the run the fault stall kept")));
  results.stops = {};
  EXPECT_THAT(losses_phrase(results, 1, 100), Not(HasSubstr("kept")));
}

TEST(Limit, of_too_few_looks_is_not_known) {
  RunResults results = behind();
  look_at_sessions(*results.limit, 15, 0, 1);
  results.limit->looks = 2;
  EXPECT_THAT(phrase(results), HasSubstr("unknown: "));
}

}  // namespace
}  // namespace stalemate
