#include "report/summary.hpp"

#include <array>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "one_line.hpp"
#include "report/words/words.hpp"
#include "unit/report/example_results.hpp"
#include "unit/report/golden.hpp"
#include "unit/report/spoken_results.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Summary, of_a_service_says_why_rows_and_entries_were_not_compared) {
  const auto with = [](const SettingValue& sample_every_ns) {
    return summary_after([&](RunResults& r) {
      r.pattern = application_subject;
      r.asked.set("sample_every_ns", sample_every_ns);
      r.samples.reset();
    });
  };
  constexpr const char* switched_off = "Sampling was switched off, so rows and entries were not compared while it ran.";
  EXPECT_THAT(with(std::uint64_t{0}), HasSubstr(switched_off));
  EXPECT_THAT(with(std::monostate()), Not(HasSubstr(switched_off)));
  EXPECT_THAT(with(std::monostate()), HasSubstr("is known to the application alone"));
}

TEST(Summary, tells_a_run) {
  expect_golden(summarize(example_before(), 80), "summary_before_80.txt");
  expect_golden(summarize(example_before(), 40), "summary_before_40.txt");
  expect_golden(summarize(example_after(), 80), "summary_after_80.txt");
  expect_golden(summarize(example_ticker(), 100), "summary_ticker_100.txt");
  expect_golden(summarize(example_trouble(), 80), "summary_trouble_80.txt");
}

TEST(Summary, says_why_another_database_stood_in) {
  const auto with = [](bool is_named) {
    return summary_after([&](RunResults& r) {
      r.engines[0].instead_of = "CockroachDB";
      r.engines[0].is_named = is_named;
    });
  };
  EXPECT_THAT(with(false), HasSubstr("stood in for CockroachDB, which was not at hand."));
  EXPECT_THAT(with(true), HasSubstr("stood in for CockroachDB, which the scenario asks for, since --db names it."));
}

TEST(Summary, says_which_of_the_keys_were_asked_for) {
  const auto with = [](const std::string& pattern, std::uint64_t keys) {
    return summary_after([&](RunResults& r) {
      r.pattern = pattern;
      r.asked.set("keys", keys);
    });
  };
  EXPECT_THAT(with("cache-aside", 6), HasSubstr(", on 6 keys (uniform)"));
  EXPECT_THAT(with("cache-aside", 16), HasSubstr(", on 16 keys, 10 generated and the origin's 6 (uniform)"));
  EXPECT_THAT(with("application", 16), HasSubstr(", on 16 keys (uniform)"));
  EXPECT_THAT(summary_after([](RunResults& r) {
                r.asked.set("keys", std::uint64_t{100});
                r.asked.set("data", std::string("inventory"));
              }),
              HasSubstr(", on 100 keys (uniform)"));
}

TEST(Summary, says_what_writes_do_that_are_no_plain_ones) {
  EXPECT_THAT(summary_after([](RunResults& r) { r.asked.set("add_share", 0.0); }), Not(HasSubstr("Of the writes")));
  EXPECT_THAT(
      summary_after([](RunResults& r) {
        r.asked.set("add_share", 0.25);
        r.asked.set("add_from", std::string("cache"));
        r.asked.set("delete_share", 0.1);
        r.asked.set("negative_entries", true);
      }),
      HasSubstr("Of the writes 25 % add to what the pattern's read returned. A write deletes its row with a chance of "
                "10 %, unless that row's last write did; then it inserts it. Entries may say that there is no row."));
  EXPECT_THAT(summary_after([](RunResults& r) {
                r.asked.set("add_share", 1.0);
                r.asked.set("add_from", std::string("database"));
                r.asked.set("add_guard", true);
              }),
              HasSubstr("Of the writes 100 % add to the row's value, and only where the row still holds it."));
}

TEST(Summary, of_no_disagreement_says_what_the_sample_size_allows) {
  const std::string text =
      summary_after([](RunResults& r) { r.samples = SampleCounts{100 * example_ms, 6, 57, 0, 57}; });
  EXPECT_THAT(text, HasSubstr("0 of 57 samples found an entry that differs from its row: at 95 % confidence less than "
                              "5.12 % of moments; so many samples cannot say more."));
  EXPECT_THAT(text, HasSubstr("Nothing was seen that a customer would have noticed"));
}

TEST(Summary, of_no_sample_claims_nothing) {
  const std::string text = summary_after([](RunResults& r) { r.samples = SampleCounts{100 * example_ms, 6}; });
  EXPECT_THAT(text, HasSubstr("No sample could be taken, so nothing is known."));
  EXPECT_THAT(text, HasSubstr("Nothing is known: no sample was taken and no read was checked."));
}

TEST(Summary, of_a_history_that_was_not_checked_gives_no_all_clear) {
  const std::string text = summary_after([](RunResults& r) {
    r.samples = SampleCounts{100 * example_ms, 6, 57, 0, 57};
    r.verdict = "";
  });
  EXPECT_THAT(text, HasSubstr("No all-clear: the history was not checked."));
  EXPECT_THAT(text, Not(HasSubstr("Nothing was seen")));
}

TEST(Summary, of_checked_reads_without_a_stale_one_gives_the_bound) {
  const std::string text = summary_after([](RunResults& r) { r.stale = StaleReads{.checked = 6000}; });
  EXPECT_THAT(text, HasSubstr("0 of 6,000 reads checked were stale: at 95 % confidence less than 0.05 %."));
  EXPECT_THAT(text,
              HasSubstr("No checked read was served an old quantity, but the risk was there: about one look in 156"));
}

TEST(Summary, without_a_cache_and_with_checked_reads_points_at_them) {
  RunResults results = example_after();
  results.stale = StaleReads{.checked = 6000};
  EXPECT_THAT(as_one_line(summarize(results, 80)), HasSubstr("Of 6,000 checked reads none returned an old quantity."));
}

TEST(Summary, counts_reads_that_missed_a_lost_write_among_the_wrong_ones) {
  const std::string text = as_one_line(summarize(all_writes_lost(), 80));
  EXPECT_THAT(text,
              HasSubstr("3,000 of 3,000 acknowledged writes (100 %) never reached the database. 5,990 reads began "
                        "after such a write was acknowledged and returned what had been there before it; the "
                        "database having no newer version, none of them counts as stale."));
  EXPECT_THAT(text, HasSubstr("Nearly every read was served a quantity that was no longer true"));
  EXPECT_THAT(text, HasSubstr("Every write was confirmed to the customer who sent it, and is gone."));
  EXPECT_THAT(text, Not(HasSubstr("Nothing was seen")));
}

TEST(Summary, of_lost_writes_that_no_read_missed_gives_no_all_clear) {
  for (const bool has_cache : {true, false}) {
    RunResults results = all_writes_lost();
    results.lost = LostWrites{3000, 15, 0, 0};
    if (!has_cache) {
      results.cache.reset();
      results.samples.reset();
    }
    const std::string text = as_one_line(summarize(results, 80));
    EXPECT_THAT(text, HasSubstr("No checked read was old, but what customers wrote was lost. About one write in 200 "
                                "was confirmed to the customer who sent it, and is gone."));
    EXPECT_THAT(text, Not(HasSubstr("Nothing was seen")));
  }
}

TEST(Summary, of_violations_that_are_no_stale_reads_gives_no_all_clear) {
  RunResults results = all_writes_lost();
  results.lost = LostWrites{.checked = 3000};
  results.violations = {{"linearizable", 0}, {"phantom-reads", 3}};
  EXPECT_THAT(as_one_line(summarize(results, 80)),
              HasSubstr("The checks of the history found violations of phantom-reads."));
  results.violations = {{"linearizable", 0}, {"phantom-reads", 0}};
  EXPECT_THAT(as_one_line(summarize(results, 80)), Not(HasSubstr("found violations")));
}

TEST(Summary, where_most_ops_failed_or_no_read_was_checked_gives_no_all_clear) {
  RunResults results = all_writes_lost();
  results.lost.reset();
  results.violations = {};
  EXPECT_THAT(as_one_line(summarize(results, 80)), HasSubstr("Nothing was seen that a customer would have noticed"));
  EXPECT_TRUE(failure_warnings(results).empty());
  results.writes = {3000, 3000, 0, 3000, 0, 0, 0, 0};
  EXPECT_THAT(as_one_line(summarize(results, 80)), HasSubstr("Nothing else is known: none of the writes ended ok."));
  EXPECT_THAT(failure_warnings(results), testing::ElementsAre(HasSubstr("all 3,000 writes sent did not end ok")));
  results.writes = {3000, 3000, 1000, 2000, 0, 0, 0, 0};
  EXPECT_THAT(as_one_line(summarize(results, 80)),
              HasSubstr("Nothing else is known: less than half of the writes ended ok."));
  EXPECT_THAT(failure_warnings(results), testing::ElementsAre(HasSubstr("2,000 of 3,000 writes sent did not end ok")));
  results.writes = all_ok(3000);
  results.stale = StaleReads{};
  EXPECT_THAT(as_one_line(summarize(results, 80)), HasSubstr("Nothing is known: no read could be checked."));
}

TEST(Summary, tells_what_a_server_answered_in_its_own_words) {
  const std::string text = summary_after([](RunResults& r) {
    r.refusals = {{"cache", "clients", "unavailable", 412, "OOM command not allowed when used memory > 'maxmemory'."}};
  });
  EXPECT_THAT(text, HasSubstr("The cache answered 412 calls with an error: OOM command not allowed when used memory > "
                              "'maxmemory'."));
}

TEST(Summary, speaks_of_one_op_a_second_and_of_fractions) {
  const auto asked = [](double read_rate, double write_rate) {
    return summary_after([=](RunResults& r) {
      r.asked.set("read_rate", read_rate);
      r.asked.set("write_rate", write_rate);
    });
  };
  EXPECT_THAT(asked(1, 0.5), HasSubstr("1 read and 0.5 writes a second for"));
  EXPECT_THAT(asked(10, 1), HasSubstr("10 reads and 1 write a second for"));
}

TEST(Summary, says_that_the_generator_itself_stood_still) {
  const Standstills one = {1, 3 * example_s, 3 * example_s, 4100 * example_ms};
  EXPECT_EQ(standstill_warning(one),
            "stalemate itself stood still for 3 s, 4.1 s into the run (stopped, or without a processor): what was slow "
            "or late then is no fault of a server");
  EXPECT_EQ(standstill_warning({}), "");
  EXPECT_THAT(comparison_after([&](RunResults& r) { r.standstills = one; }),
              HasSubstr("In the second, stalemate itself stood still for 3 s"));
}

TEST(Summary, tells_an_outage_of_one_node_apart_from_one_of_the_whole) {
  const std::string text = summary_after([](RunResults& r) {
    r.outages = {{"database", 2'000'000'000, 18'000'000'000, 2, 3, "127.0.0.1:26258"},
                 {"database", 5'000'000'000, 6'000'000'000}};
  });
  EXPECT_THAT(text, HasSubstr("1 of 3 nodes of the database (127.0.0.1:26258) did not answer for 16 s, from 2 s on."));
  EXPECT_THAT(text, HasSubstr("The database did not answer for 1 s, from 5 s on."));
}

TEST(Summary, tells_which_fault_stopped_a_server_and_for_how_long) {
  const std::string text = summary_after([](RunResults& r) {
    r.faults = {{"skip", 3}, {"stall", 1}};
    r.stops = {{"stall", "cache", 5 * example_s, 5 * example_s + 500 * example_ms}};
    r.writes.late = 20;
  });
  EXPECT_THAT(text, HasSubstr("20 writes. The fault stall kept the cache from answering for 500 ms, from 5 s on."));
  EXPECT_THAT(text, HasSubstr("Store calls hit by a fault: skip 3."));
}

TEST(Summary, separates_the_thousands_of_what_failed) {
  RunResults results = example_before();
  results.reads = {30'000, 2'000, 2'000, 0, 0, 0, 28'000, 0};
  results.writes = {15'000, 15'000, 1'000, 14'000, 0, 0, 0, 0};
  const std::vector<std::string> warnings = failure_warnings(results);
  ASSERT_EQ(warnings.size(), 2U);
  EXPECT_THAT(warnings[0], HasSubstr("28,000 of 30,000 reads planned were never sent"));
  EXPECT_THAT(warnings[1], HasSubstr("14,000 of 15,000 writes sent did not end ok"));
  EXPECT_THAT(warnings, testing::Each(testing::EndsWith("says little about its pattern")));
  results.pattern = application_subject;
  EXPECT_THAT(failure_warnings(results), testing::Each(testing::EndsWith("says little about the application")));
}

TEST(Summary, tells_what_the_background_part_met_apart_from_the_clients) {
  const std::string text = summary_after([](RunResults& r) {
    r.refusals = {{"database", "background", "unavailable", 1, "a CCL binary is required (SQLSTATE XXC01)"},
                  {"cache", "sampler", "authentication", 3, "NOPERM no permissions"}};
  });
  EXPECT_THAT(text, HasSubstr("The background part of the pattern failed once at the database, so its work was late or "
                              "left undone: a CCL binary is required (SQLSTATE XXC01)."));
  EXPECT_THAT(text, HasSubstr("3 looks of the sampler failed at the cache: NOPERM no permissions."));
}

TEST(Summary, says_how_late_late_is) {
  const std::string text = summary_after([](RunResults& r) { r.reads.late = 2; });
  EXPECT_THAT(text, HasSubstr("Sent more than 1 ms later than planned: 2 reads, no writes."));
}

TEST(Summary, has_the_right_number_for_one_of_each) {
  const std::string text = summary_after([](RunResults& r) {
    r.plan = {1, 1};
    r.reads = all_ok(1);
    r.writes = all_ok(1);
    r.cache = CacheCounts{1, 1, {}};
    r.samples = SampleCounts{100 * example_ms, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 0, 0};
    r.retries = 1;
    r.asked.set("clients", std::uint64_t{1});
    r.asked.set("keys", std::uint64_t{1});
    r.drift = derive_drift(r);
  });
  for (const char* words :
       {"the one read and the one write", "1 hit and 1 miss", "on 1 key (uniform), by 1 client.",
        "1 of 1 sample (100 %)", "1 episode:", "1 attempt was repeated", "1 key was still wrong", "Every look"}) {
    EXPECT_THAT(text, HasSubstr(words));
  }
}

TEST(Summary, of_a_run_that_did_nothing_is_still_sound) {
  RunResults results;
  results.scenario = "before";
  results.duration_ns = example_s;
  results.cache = CacheCounts();
  const std::string text = as_one_line(summarize(results, 80));
  EXPECT_THAT(text, HasSubstr("no reads (none were planned)"));
  EXPECT_THAT(text, HasSubstr("It was never asked."));
}

TEST(Summary, tells_what_any_deciding_check_found_and_what_could_not_be_judged) {
  const std::string text = as_one_line(summarize(with_dirty_reads(), 80));
  EXPECT_THAT(text, HasSubstr("The history is invalid: of 3 deciding checks, 2 found violations (dirty-reads 1,150 of "
                              "6,000 reads, new-check 3 of 2,400 writes). dirty-reads, the first: client 3's read"));
  EXPECT_THAT(text, HasSubstr("Not judged by stale-reads: 1150 reads could not be judged."));
  EXPECT_THAT(text, HasSubstr("1,150 of 6,000 reads (19.2 %) showed a quantity that the database had refused. The "
                              "checks of the history found violations of new-check."));
  EXPECT_THAT(text, Not(HasSubstr("Nothing was seen")));
}

TEST(Summary, of_a_check_that_could_not_judge_gives_no_all_clear) {
  const std::string text = summary_after([](RunResults& r) {
    r.samples = SampleCounts{100 * example_ms, 6, 599, 0, 599};
    r.stale = StaleReads{.checked = 6000};
    r.verdict = "unknown";
    r.checks = {{"linearizable", "unknown", true, 0, 0, "values", 0, "", "", "The budget was used up."}};
  });
  EXPECT_THAT(text, HasSubstr("of 1 deciding check, none found a violation; 1 could not judge it. Not judged by "
                              "linearizable: The budget was used up."));
  EXPECT_THAT(text, HasSubstr("No all-clear: linearizable could not judge the run."));
  EXPECT_THAT(text, Not(HasSubstr("Nothing was seen")));
}

TEST(Summary, tells_customers_of_ops_that_were_never_sent_failed_or_slow) {
  const auto nothing_wrong_but = [](const std::function<void(RunResults&)>& change) {
    return summary_after([&change](RunResults& r) {
      r.samples = SampleCounts{100 * example_ms, 6, 599, 0, 599};
      r.stale = StaleReads{.checked = 324};
      change(r);
    });
  };
  const std::string dropped =
      nothing_wrong_but([](RunResults& r) { r.reads = {.planned = 6000, .sent = 324, .ok = 324, .dropped = 5676}; });
  EXPECT_THAT(dropped, HasSubstr("5,676 of 6,000 reads (94.6 %) got no answer (5,676 never sent)."));
  EXPECT_THAT(dropped, HasSubstr("Nothing else is known: less than half of the reads ended ok."));
  const std::string refused = nothing_wrong_but(
      [](RunResults& r) { r.writes = {.planned = 3000, .sent = 3000, .ok = 2717, .fail = 280, .info = 3}; });
  EXPECT_THAT(
      refused,
      HasSubstr("283 of 3,000 writes (9.43 %) got no confirmation (280 failed, 3 may or may not have been done)."));
  const std::string slow =
      nothing_wrong_but([](RunResults& r) { r.latency.read = op_latency_around(6000, 40 * example_ms); });
  EXPECT_THAT(slow, HasSubstr("One read in a hundred took 132 ms or longer."));
  const std::string slowest =
      nothing_wrong_but([](RunResults& r) { r.latency.write.response.max_ns = 1500 * example_ms; });
  EXPECT_THAT(slowest, HasSubstr("The slowest write took 1.5 s."));
  for (const std::string& text : {dropped, refused, slow, slowest}) {
    EXPECT_THAT(text, Not(HasSubstr("Nothing was seen")));
  }
  EXPECT_THAT(nothing_wrong_but([](RunResults&) {}), HasSubstr("Nothing was seen that a customer would have noticed"));
}

TEST(Summary, says_why_no_hit_ratio_is_predicted) {
  const std::string text = summary_after([](RunResults& r) {
    r.cache = CacheCounts{.hits = 3, .misses = 1, .not_predicted = "the cache did not answer for a while"};
  });
  EXPECT_THAT(text,
              HasSubstr("3 hits and 1 miss: 75 % of lookups hit; none is predicted, since the cache did not answer "
                        "for a while."));
}

TEST(Summary, tells_the_warm_up_apart) {
  const std::string text = summary_after([](RunResults& r) { r.warm_up = example_trouble().warm_up; });
  EXPECT_THAT(text,
              HasSubstr("The first 5 s, measured apart: all 500 reads and all 250 writes. 250 hits and 250 misses: "
                        "50 % of lookups hit; none is predicted, since the fault pause-cache=20s hits the cache. "
                        "250 loads of rows. Half of the reads took"));
}

TEST(Summary, says_how_often_the_database_was_asked) {
  const std::string text = summary_after([](RunResults& r) { r.loads = DatabaseLoads{2155, 0.359, 55, 50, 12}; });
  EXPECT_THAT(text, HasSubstr("2,155 loads of rows, 0.359 for each read; at most 55 began in one second. 50 of 2,155 "
                              "loads (2.32 %) began while the same key was being loaded already. The cache refused 12 "
                              "fills, which might have been stale."));
}

// Whatever setting a scenario may get: nothing here knows its name.

RC_GTEST_PROP(Summary, keeps_to_its_width, ()) {
  const auto width = *rc::gen::inRange(60U, 200U);
  const RunResults results = *rc::gen::element(example_before(), example_after(), example_ticker(), example_trouble());
  std::istringstream lines(summarize(results, width) + compare(results, example_trouble(), width));
  for (std::string line; std::getline(lines, line);) {
    RC_ASSERT(display_width(line) <= width);
  }
}

}  // namespace
}  // namespace stalemate
