// A decision in words and as JSON.
#include "report/decision/told.hpp"

#include <nlohmann/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "generated_page.hpp"
#include "one_line.hpp"
#include "report/decision/decision_words.hpp"
#include "unit/report/decision_examples.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

DecisionRecord example_record(std::vector<Want> wants) {
  DecisionRecord record{.scenario = "before",
                        .question = "Does it pay?",
                        .end = DecisionEnd::budget,
                        .spent_ns = 300 * example_s,
                        .budget_ns = 300 * example_s,
                        .round_ns = 50 * example_s};
  record.input = example_input({example_alternative("cache-aside", 5, {.cpu_s_an_hour = 80, .stale_reads = 3}),
                                example_alternative("none", 5, {.cpu_s_an_hour = 120, .read_p99_ns = 2 * example_ms})},
                               std::move(wants));
  for (MeasuredRun& run : record.input.alternatives[1].runs) {
    run.results.engines.pop_back();
    run.results.cache.reset();
  }
  return record;
}

std::string told(const DecisionRecord& record) {
  return as_one_line(decision_text(record, decide(record.input), 100));
}

TEST(DecisionText, has_every_figure_and_what_follows) {
  const DecisionRecord record = example_record({example_want("stale_reads_per_million", Relation::less, 100),
                                                example_want("read_p99", Relation::less, 5.0 * example_ms)});
  expect_golden(decision_text(record, decide(record.input), 100), "decision_100.txt");
  expect_golden(decision_text(record, decide(record.input), 50), "decision_50.txt");
}

TEST(DecisionText, recommends_by_cost_where_nothing_is_wanted_and_says_what_that_leaves_out) {
  EXPECT_THAT(told(example_record({})),
              HasSubstr("Recommendation: cache-aside; no --want was given, so the cost alone decides: 80 s of CPU an "
                        "hour against 120 s of none. Stale reads in a million, which this does not weigh: cache-aside "
                        "300, none 0."));
}

TEST(DecisionText, says_by_how_much_each_want_is_missed) {
  const DecisionRecord record = example_record({example_want("read_p99", Relation::less, 0.5 * example_ms)});
  const std::string text = told(record);
  EXPECT_THAT(text, HasSubstr("cache-aside misses 'read_p99 as wanted': it is 1.00 ms, 502 us too much (fulfilled in 0 "
                              "of 5 rounds)."));
  EXPECT_THAT(text, HasSubstr("No recommendation: no alternative fulfils all wants."));
}

TEST(DecisionText, says_what_budget_would_settle_what_is_open) {
  const DecisionRecord record = example_record({example_want("stale_reads_per_million", Relation::less, 50)});
  const std::string text = told(record);
  EXPECT_THAT(text, HasSubstr("none fulfils 'stale_reads_per_million as wanted': it is 0 (0 of 50,000, at 95 % "
                              "confidence 0 to 59.9 a million), which is not settled"));
  EXPECT_THAT(text, HasSubstr("It is not settled that it fulfils all wants."));
  EXPECT_THAT(text,
              HasSubstr("Not told apart: whether none fulfils 'stale_reads_per_million as wanted' (it did in 5 of "
                        "5 rounds); about 6 rounds would tell: --budget 6m."));
}

TEST(DecisionText, without_a_whole_round_recommends_nothing) {
  DecisionRecord record = example_record({});
  for (Alternative& alternative : record.input.alternatives) {
    alternative.runs.clear();
  }
  record.end = DecisionEnd::interrupted;
  EXPECT_THAT(told(record), HasSubstr("No recommendation: not one round was whole."));
}

TEST(DecisionJson, agrees_with_itself_and_with_the_text) {
  const DecisionRecord record = example_record({example_want("stale_reads_per_million", Relation::less, 100)});
  const Decision decision = decide(record.input);
  const nlohmann::json json = nlohmann::json::parse(decision_json(record, decision));
  EXPECT_EQ(json["recommended"], "none");
  EXPECT_EQ(json["ended"], "budget");
  EXPECT_THAT(told(record), HasSubstr(json["recommendation"].get<std::string>()));
  for (const auto& alternative : json["alternatives"]) {
    EXPECT_EQ(alternative["rounds"].size(), 5U);
    for (const auto& [name, figure] : alternative["figures"].items()) {
      if (!figure.is_null()) {
        EXPECT_LE(figure["min"], figure["median"]) << name;
        EXPECT_LE(figure["median"], figure["max"]) << name;
        EXPECT_EQ(figure["values"].size(), 5U) << name;
      }
    }
  }
  EXPECT_EQ(json["alternatives"][0]["wants"][0]["verdict"], "missed");
  EXPECT_EQ(json["alternatives"][0]["figures"]["stale_reads_per_million"]["found"], 15);
  EXPECT_TRUE(json["alternatives"][1]["figures"]["hit_ratio"].is_null());
}

TEST(DecisionDocs, state_the_rules) {
  expect_generated("docs/decide.md", "<!-- rules: generated, see tests/unit/report/decision_told_test.cpp -->\n",
                   "<!-- end of rules -->", decision_rules_list());
}

TEST(DecisionDocs, list_every_figure) {
  expect_generated("docs/decide.md", "<!-- figures: generated, see tests/unit/report/decision_told_test.cpp -->\n",
                   "<!-- end of figures -->", decision_figures_table());
}

}  // namespace
}  // namespace stalemate
