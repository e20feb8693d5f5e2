#include "report/page/run_page.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "report/findings.hpp"
#include "report/results/results_json.hpp"
#include "unit/report/example_results.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using Data = nlohmann::ordered_json;

// Pictures of a run in two stretches of time, with one key that disagreed once and one stale read.
RunPictures small_pictures() {
  RunPictures pictures;
  const OpsOverTime ops = {.planned = {3, 2},
                           .ok = {3, 1},
                           .fail = {0, 1},
                           .info = {0, 0},
                           .response_p50_ns = {1000, 0},
                           .response_p99_ns = {2000, 0},
                           .response_max_ns = {3000, 0},
                           .service_p99_ns = {1500, 0}};
  pictures.timeline = {.stretch_ns = example_s,
                       .stretches = 2,
                       .end_ns = 2 * example_s,
                       .reads = ops,
                       .writes = ops,
                       .hits = {2, 1},
                       .misses = {1, 0},
                       .loads = {1, 0},
                       .retries = {0, 0},
                       .faulted = {0, 1},
                       .stale = {1, 0},
                       .stale_worst_ns = {5'000'000, 0}};
  pictures.disagreements = {.keys = {{.key = Key{4},
                                      .total_ns = 7'000'000,
                                      .episodes = 1,
                                      .stale = 1,
                                      .spans = {{.key = Key{4},
                                                 .episodes = 1,
                                                 .begin_ns = 100'000'000,
                                                 .end_ns = 107'000'000,
                                                 .total_ns = 7'000'000}},
                                      .stale_reads_ns = {105'000'000}}},
                            .keys_disagreeing = 1,
                            .keys_judged = 6};
  pictures.key_names = {"1004"};
  pictures.visibility = {{.t = "t below 10 ms", .reads = 400, .visible = 0.99, .visible_least = 0.975}};
  StaleReadTold told{.read = 17, .key = "1004", .client = "3", .begin_ns = 105'000'000, .lower_ns = 5'000'000};
  told.cause = "lost invalidation";
  told.words = {.read = "It returned an old value.", .missed = "It missed a write.", .conclusion = "So it was."};
  told.sequence = {.names = {"client 1 write 12", "client 3 read 17", "db", "cache"},
                   .ops = 2,
                   .rows = {{.left = "0.1 s", .from = 0, .to = 2, .words = "db.update 1009: ok"},
                            {.left = "0.1 s", .from = 0, .to = 3, .arrives = false, .words = "cache.delete: refused"},
                            {.left = "0.105 s", .from = 1, .to = 3, .words = "cache.get: 1000"}}};
  told.steps_before_certain = 2;
  told.certain = "write 12 is acknowledged";
  told.cell = {.pattern = "cache-aside", .fault = "lost-request", .property = "fresh", .command = "stalemate explore"};
  pictures.stale_reads = {told};
  pictures.stale_reads_found = 16;
  return pictures;
}

RunOnPage page_of(const RunResults& results) {
  return {.results = results, .pictures = small_pictures(), .run = "runs/x"};
}

Data run_data_of(const std::vector<RunOnPage>& runs) {
  return Data::parse(run_page_data(runs));
}

TEST(RunPage, has_the_data_as_agreed) {
  Data data = run_data_of({page_of(example_trouble())});
  data["runs"][0].erase("results");
  expect_golden(data.dump(1) + "\n", "page_trouble.json");
}

TEST(RunPage, holds_the_results_as_they_are) {
  for (const RunResults& results : {example_before(), example_after(), example_ticker(), example_trouble()}) {
    EXPECT_EQ(run_data_of({page_of(results)})["runs"][0]["results"], Data::parse(to_json(results)));
  }
}

TEST(RunPage, begins_with_the_terminals_sentence) {
  for (const RunResults& results : {example_before(), example_after(), example_ticker(), example_trouble()}) {
    const VerdictOnPage verdict = verdict_on_page(results);
    EXPECT_EQ(verdict.sentence + (verdict.more.empty() ? "" : " " + verdict.more), customers_paragraph(results));
    EXPECT_TRUE(verdict.sentence.ends_with('.')) << verdict.sentence;
    EXPECT_EQ(verdict.tone == "bad", !customers_clauses(results).empty() || results.verdict == "invalid");
  }
}

TEST(RunPage, never_calls_good_what_was_not_judged) {
  RunResults results = example_after();
  results.verdict = "unknown";
  EXPECT_EQ(verdict_on_page(results).tone, "warn");
  results.verdict = "";
  EXPECT_EQ(verdict_on_page(results).tone, "warn");
}

TEST(RunPage, says_what_could_not_be_judged_and_why_there_are_no_pictures) {
  RunResults results = example_after();
  results.warnings = {"the clock was turned back"};
  results.interrupted = true;
  const std::vector<std::string> said =
      not_judged({.results = results, .without_pictures = "The history is not there.", .run = "runs/x"});
  EXPECT_EQ(std::ranges::count(said, "The clock was turned back."), 1);
  EXPECT_EQ(std::ranges::count(said, "The history is not there."), 1);
  EXPECT_TRUE(said.front().starts_with("The run was interrupted after ")) << said.front();
}

TEST(RunPage, keeps_foreign_names_as_data) {
  RunOnPage run = page_of(example_before());
  run.pictures->key_names = {"</script><img src=x onerror=alert(1)>\xff"};
  const std::vector<RunOnPage> runs = {run};
  const std::string html = html_of(run_page(runs, "stalemate"));
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_NE(html.find("\\u003cimg src=x onerror"), std::string::npos);
}

TEST(RunPage, puts_runs_side_by_side_in_their_order) {
  const Data data = run_data_of({page_of(example_before()), page_of(example_after())});
  EXPECT_EQ(data["runs"][0]["name"], example_before().scenario);
  EXPECT_EQ(data["runs"][1]["name"], example_after().scenario);
}

TEST(SampleByCause, gives_every_cause_its_share_and_takes_no_read_twice) {
  const CauseInfo often = {.name = "often", .definition = "", .conclusion = "", .prove = nullptr};
  const CauseInfo rare = {.name = "rare", .definition = "", .conclusion = "", .prove = nullptr};
  for (const std::size_t count : {0U, 1U, 2U, 3U, 7U, 40U, 41U, 1000U}) {
    std::vector<const CauseInfo*> causes(count, &often);
    if (count > 2) {
      causes[count / 2] = &rare;
    }
    const std::vector<std::size_t> sample = sample_by_cause(causes, 40);
    EXPECT_EQ(sample.size(), std::min<std::size_t>(count, 40));
    EXPECT_EQ(std::set<std::size_t>(sample.begin(), sample.end()).size(), sample.size());
    EXPECT_TRUE(std::ranges::is_sorted(sample));
    if (count > 2) {
      EXPECT_EQ(sample.front(), 0U);
      EXPECT_EQ(sample.back(), count - 1);
      EXPECT_EQ(std::ranges::count(sample, count / 2), 1);
    }
  }
}

}  // namespace
}  // namespace stalemate
