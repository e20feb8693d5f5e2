// The page of a decision says what decision.json says, and no text from outside becomes markup.
#include "report/page/decide_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/report/decision_examples.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* hostile_text = "</script><script>alert(1)</script>";

DecisionRecord record_on_page(std::vector<Want> wants) {
  DecisionRecord record{.scenario = "before",
                        .question = hostile_text,
                        .end = DecisionEnd::told_apart,
                        .spent_ns = 60 * example_s,
                        .budget_ns = 300 * example_s,
                        .round_ns = 10 * example_s};
  record.input = example_input({example_alternative("cache-aside", 5, {.cpu_s_an_hour = 80, .stale_reads = 3}),
                                example_alternative("none", 5, {.cpu_s_an_hour = 120, .read_p99_ns = 2 * example_ms})},
                               std::move(wants));
  return record;
}

Page page_of_decision(const DecisionRecord& record) {
  return decide_page(record, decide(record.input), "stalemate decide before", "runs/decide-before/now", "test");
}

json data_of_decision(const DecisionRecord& record) {
  return json::parse(page_of_decision(record).data_json);
}

TEST(DecidePage, says_of_every_figure_and_want_what_the_json_says) {
  const DecisionRecord record = record_on_page({example_want("stale_reads_per_million", Relation::less, 100),
                                                example_want("read_p99", Relation::less, 5.0 * example_ms)});
  const json page = data_of_decision(record);
  const json told = json::parse(decision_json(record, decide(record.input)));
  std::size_t figures = 0;
  for (std::size_t place = 0; place < told["alternatives"].size(); ++place) {
    const json& alternative = told["alternatives"][place];
    EXPECT_EQ(page["alternatives"][place]["name"], alternative["name"]);
    EXPECT_EQ(page["alternatives"][place]["recommended"], alternative["name"] == told["recommended"]);
    for (const json& figure : page["figures"]) {
      const json& expected = alternative["figures"][figure["name"].get<std::string>()];
      const json& cell = figure["cells"][place];
      ASSERT_EQ(cell.is_null(), expected.is_null()) << figure["name"];
      if (!cell.is_null()) {
        EXPECT_EQ(cell["told"], expected["told"]) << figure["name"];
        EXPECT_EQ(cell["low"], expected.contains("lower") ? expected["lower"] : expected["min"]) << figure["name"];
        EXPECT_EQ(cell["high"], expected.contains("upper") ? expected["upper"] : expected["max"]) << figure["name"];
        ++figures;
      }
    }
    for (std::size_t want = 0; want < alternative["wants"].size(); ++want) {
      EXPECT_EQ(page["wants"][want]["cells"][place]["verdict"], alternative["wants"][want]["verdict"]);
      EXPECT_EQ(page["wants"][want]["cells"][place]["settled"], alternative["wants"][want]["settled"]);
    }
  }
  EXPECT_GT(figures, 20U);
  EXPECT_EQ(page["turn"], told["turn"]);
  EXPECT_EQ(page["verdict"]["sentence"].get<std::string>() + " " + page["verdict"]["more"].get<std::string>(),
            told["recommendation"].get<std::string>() + " ");
}

TEST(DecidePage, has_a_tone_for_what_is_decided_what_is_open_and_what_nothing_does) {
  const auto tone = [](std::vector<Want> wants) {
    return data_of_decision(record_on_page(std::move(wants)))["verdict"]["tone"];
  };
  EXPECT_EQ(tone({example_want("stale_reads_per_million", Relation::less, 100)}), "good");
  EXPECT_EQ(tone({example_want("stale_reads_per_million", Relation::less, 50)}), "warn") << "its bounds are wider";
  EXPECT_EQ(tone({example_want("read_p99", Relation::less, 0.5 * example_ms)}), "bad");
}

TEST(DecidePage, without_a_whole_round_says_so) {
  DecisionRecord record = record_on_page({});
  for (Alternative& alternative : record.input.alternatives) {
    alternative.runs.clear();
  }
  record.end = DecisionEnd::interrupted;
  const json page = data_of_decision(record);
  EXPECT_EQ(page["verdict"]["sentence"], "No recommendation: not one round was whole.");
  EXPECT_EQ(page["verdict"]["tone"], "warn");
  EXPECT_TRUE(page["figures"].empty());
  EXPECT_EQ(page["side_by_side"], "");
  EXPECT_THAT(page["ended"].get<std::string>(), HasSubstr("interrupted"));
}

TEST(DecidePage, draws_the_turn_through_the_two_shares_measured) {
  DecisionRecord record = record_on_page({});
  for (Alternative& alternative : record.input.alternatives) {
    alternative.turned = example_run({.cpu_s_an_hour = 300});
    alternative.turned->results.plan = {.reads = 100, .writes = 100};
  }
  const json lines = data_of_decision(record)["turn_lines"][0]["lines"];
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1]["name"], "none");
  EXPECT_EQ(lines[1]["points"].size(), 2U);
  EXPECT_EQ(lines[1]["points"][1]["share"], 0.5);
}

TEST(DecidePage, makes_no_markup_of_any_text) {
  EXPECT_THAT(html_of(page_of_decision(record_on_page({}))), Not(HasSubstr("<script>alert")));
}

}  // namespace
}  // namespace stalemate
