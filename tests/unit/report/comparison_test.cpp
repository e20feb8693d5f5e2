// What is said of several runs side by side.
#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "one_line.hpp"
#include "report/summary.hpp"
#include "unit/report/example_results.hpp"
#include "unit/report/golden.hpp"
#include "unit/report/spoken_results.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Comparison, counts_lost_writes_and_the_reads_that_missed_them) {
  const std::string text = as_one_line(compare(all_writes_lost(), example_after(), 80));
  EXPECT_THAT(text, HasSubstr("Acknowledged writes that never reached the database, before: 3,000 of 3,000 writes "
                              "(100 %); after: not checked."));
  EXPECT_THAT(text, HasSubstr("was served an old quantity"));
}

TEST(Comparison, tells_what_any_deciding_check_found_and_what_could_not_be_judged) {
  RunResults unknown = example_before();
  unknown.stale = StaleReads{.checked = 6000};
  unknown.samples = SampleCounts{100 * example_ms, 6, 599, 0, 599};
  unknown.verdict = "unknown";
  unknown.checks = {{"linearizable", "unknown", true, 0, 0, "values", 0, "", "", "The budget was used up."}};
  unknown.violations = {{"linearizable", 0}};
  const std::string text = as_one_line(compare(with_dirty_reads(), unknown, 80));
  EXPECT_THAT(text, HasSubstr("dirty-reads 1,150 -"));
  EXPECT_THAT(text, HasSubstr("The history as the checks found it, the first: invalid (dirty-reads 1,150 of 6,000 "
                              "reads, new-check 3 of 2,400 writes), stale-reads left 1,150 reads unjudged; the second: "
                              "unknown, linearizable could not judge."));
  EXPECT_THAT(text, HasSubstr("To a customer: in the first 1,150 of 6,000 reads (19.2 %) showed a quantity that the "
                              "database had refused, the checks of the history found violations of new-check; in the "
                              "second, no all-clear: linearizable could not judge the run."));
}

// Also where something was found: the rest may hold more.
TEST(Comparison, tells_customers_what_could_not_be_judged_beside_what_was_found) {
  RunResults partly = with_dirty_reads();
  partly.checks.push_back({"version-order", "unknown", true, 0, 0, "values", 0, "", "", "The history is cut."});
  RunResults unread = example_before();
  unread.stale = StaleReads{};
  unread.lost = LostWrites{.checked = 3000, .writes = 30};
  unread.checks = {{"lost-updates", "invalid", true, 30, 3000, "acknowledged writes", 0, "", "", ""}};
  const std::string text = as_one_line(compare(partly, unread, 80));
  EXPECT_THAT(text, HasSubstr("found violations of new-check, and that may not be all: version-order could not judge "
                              "the run; in the second about one write in 100 was confirmed and is gone, and nothing "
                              "else is known: no read could be checked."));
  EXPECT_THAT(text, HasSubstr("new-check 3 of 2,400 writes), version-order could not judge, stale-reads left 1,150 "
                              "reads unjudged; "));
  EXPECT_THAT(as_one_line(summarize(partly, 80)), HasSubstr("That may not be all: version-order could not judge"));
  EXPECT_THAT(as_one_line(summarize(unread, 80)), HasSubstr("Nothing else is known: no read could be checked."));
}

TEST(Comparison, puts_two_runs_side_by_side) {
  expect_golden(compare(example_before(), example_after(), 80), "compare_before_after_80.txt");
  expect_golden(compare(example_before(), example_after(), 40), "compare_before_after_40.txt");
  expect_golden(compare(example_trouble(), example_ticker(), 100), "compare_trouble_ticker_100.txt");
}

TEST(Comparison, puts_any_number_of_runs_side_by_side) {
  RunResults unskipped = example_before();
  unskipped.scenario = "before-no-skips";
  unskipped.asked.faults = {};
  unskipped.asked.set("read_rate", 2'000.0);
  unskipped.latency.read.response.p50_ns *= 2;
  const std::array three = {example_before(), example_after(), unskipped};
  expect_golden(compare(three, 80), "compare_three_80.txt");
  expect_golden(compare(three, 40), "compare_three_40.txt");
  const std::array alike = {example_before(), example_before(), example_before()};
  const std::string text = as_one_line(compare(alike, 80));
  EXPECT_THAT(text, HasSubstr("the first the second the third reads planned"));
  EXPECT_THAT(text, HasSubstr("Each completed all 6,000 reads and all 3,000 writes."));
  EXPECT_THAT(text, Not(HasSubstr("Not like with like")));
}

TEST(Comparison, of_one_run_that_differs_names_what_differs_of_all_three) {
  RunResults third = example_before();
  third.seed = 2;
  third.writes.ok = 2'999;
  third.writes.fail = 1;
  third.latency.write = {};
  const std::string text = as_one_line(compare(std::array{example_before(), example_before(), third}, 80));
  EXPECT_THAT(text, HasSubstr("Not like with like: seed 1 against 1 against 2."));
  EXPECT_THAT(text, HasSubstr("the third completed all 6,000 reads and 2,999 of 3,000 writes."));
  EXPECT_THAT(text, HasSubstr("write median 260 us against 260 us (1.0 times) against none"));
}

TEST(Comparison, of_like_with_like_makes_no_reservation) {
  const std::string text = comparison_after([](RunResults&) {});
  EXPECT_THAT(text, Not(HasSubstr("Not like with like")));
  EXPECT_THAT(text, Not(HasSubstr("stood in")));
}

TEST(Comparison, says_when_it_is_not_like_with_like) {
  const std::vector<std::pair<std::string, std::function<void(RunResults&)>>> changes = {
      {"seed 1 against 2", [](RunResults& r) { r.seed = 2; }},
      {"duration 60 s against 20 s", [](RunResults& r) { r.duration_ns = 20 * example_s; }},
      {"read rate 100 against 10,000", [](RunResults& r) { r.asked.set("read_rate", 10'000.0); }},
      {"write rate 50 against 33.3", [](RunResults& r) { r.asked.set("write_rate", 100.0 / 3); }},
      {"arrivals constant against poisson", [](RunResults& r) { r.asked.set("arrivals", "poisson"); }},
      {"pacing open against ticker", [](RunResults& r) { r.asked.set("pacing", "ticker"); }},
      {"key distribution uniform against zipfian", [](RunResults& r) { r.asked.set("key_distribution", "zipfian"); }},
      {"keys 6 against 1,000", [](RunResults& r) { r.asked.set("keys", std::uint64_t{1000}); }},
      {"clients 16 against 2", [](RunResults& r) { r.asked.set("clients", std::uint64_t{2}); }},
      {"serialize no against yes", [](RunResults& r) { r.asked.set("serialize", true); }},
      {"faults 'fill: skip 1%', 'update: skip 1%', 'invalidate: skip 1%' against none",
       [](RunResults& r) { r.asked.faults = {}; }},
      {"time to live none against 2 s",
       [](RunResults& r) { r.asked.set("time_to_live_ns", std::uint64_t{2'000'000'000}); }},
      {"late bound 1000000 ns against 1000001 ns",
       [](RunResults& r) { r.asked.set("late_bound_ns", std::uint64_t{1'000'001}); }},
      {"read rate 100 against 100.0001", [](RunResults& r) { r.asked.set("read_rate", 100.0001); }},
      {"interrupted no against yes", [](RunResults& r) { r.interrupted = true; }},
      {"PostgreSQL 15.8 stood in for CockroachDB: its times are not those of CockroachDB.",
       [](RunResults& r) { r.engines[0].instead_of = "CockroachDB"; }},
  };
  for (const auto& [sentence, change] : changes) {
    EXPECT_THAT(comparison_after(change), HasSubstr(sentence));
  }
}

TEST(Comparison, tells_settings_that_it_never_heard_of) {
  RunResults before = example_before();
  RunResults after = example_before();
  before.asked.set("warm_up_ns", std::uint64_t{0});
  after.asked.set("warm_up_ns", std::uint64_t{5'000'000'000});
  EXPECT_THAT(compare(before, after, 200), HasSubstr("Not like with like: warm up none against 5 s."));
  after.asked.set("warm_up_ns", {});
  EXPECT_THAT(compare(before, after, 200), Not(HasSubstr("warm up"))) << "it has no effect in one of the two";
}

TEST(Comparison, says_which_settings_an_older_version_does_not_tell) {
  RunResults older = example_before();
  std::erase_if(older.asked.settings, [](const AskedSetting& setting) {
    return setting.name == "time_to_live_ns" || setting.name == "late_bound_ns" || setting.name == "database";
  });
  const std::string sentence =
      "The results of the first come from another version and do not tell: time to live, late bound. What was asked "
      "for "
      "there may differ.";
  EXPECT_THAT(compare(older, example_before(), 400), HasSubstr(sentence));
  EXPECT_THAT(compare(example_before(), older, 400), HasSubstr("The results of the second come from another version"));
  EXPECT_THAT(compare(example_before(), example_before(), 400), Not(HasSubstr("another version")));
}

TEST(Comparison, with_stale_reads_counts_them_on_both_sides) {
  const std::string text = comparison_after([](RunResults& r) { r.stale = StaleReads{.checked = 6000}; });
  EXPECT_THAT(text,
              HasSubstr("Stale reads, the first: not checked; the second: 0 of 6,000 reads (0 %), at 95 % confidence "
                        "less than 0.05 %."));
}

}  // namespace
}  // namespace stalemate
