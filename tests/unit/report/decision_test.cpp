// The rules by which alternatives are judged, and what they lead to.
#include "report/decision/decision.hpp"

#include <bit>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/report/decision_examples.hpp"

namespace stalemate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Want quick = example_want("read_p99", Relation::less, 2.0 * example_ms);
const Want hardly_stale = example_want("stale_reads_per_million", Relation::less, 1'000);

TEST(SignTest, counts_the_outcomes_of_fair_coins) {
  for (unsigned rounds = 0; rounds <= 10; ++rounds) {
    for (unsigned on_side = 0; on_side <= rounds; ++on_side) {
      double outcomes = 0;
      for (unsigned outcome = 0; outcome < (1U << rounds); ++outcome) {
        outcomes += static_cast<unsigned>(std::popcount(outcome)) >= on_side ? 1 : 0;
      }
      EXPECT_NEAR(sign_test_chance(on_side, rounds), outcomes / std::pow(2, rounds), 1e-12)
          << on_side << " of " << rounds;
    }
  }
}

TEST(Want, is_settled_by_five_rounds_that_agree) {
  for (std::size_t rounds = 1; rounds <= 6; ++rounds) {
    const Alternative one = example_alternative("one", rounds, {});
    const JudgedWant judged = judge(quick, over_rounds(one, *find_decision_figure("read_p99")));
    EXPECT_EQ(judged.verdict, WantVerdict::fulfilled);
    EXPECT_EQ(judged.rounds_fulfilled, rounds);
    EXPECT_EQ(judged.is_settled, rounds >= 5);
    EXPECT_EQ(judged.rounds_needed, std::max<std::size_t>(rounds, 5));
  }
}

TEST(Want, of_rounds_that_disagree_is_judged_by_the_median_and_stays_open) {
  const Alternative one = example_alternative("one", {{.read_p99_ns = example_ms},
                                                      {.read_p99_ns = 3 * example_ms},
                                                      {.read_p99_ns = example_ms},
                                                      {.read_p99_ns = 4 * example_ms},
                                                      {.read_p99_ns = example_ms}});
  const JudgedWant judged = judge(quick, over_rounds(one, *find_decision_figure("read_p99")));
  EXPECT_EQ(judged.verdict, WantVerdict::fulfilled);
  EXPECT_EQ(judged.rounds_fulfilled, 3U);
  EXPECT_FALSE(judged.is_settled);
  ASSERT_TRUE(judged.rounds_needed.has_value());
  EXPECT_GT(*judged.rounds_needed, 20U) << "three of five is not much more than a half";
}

TEST(Want, of_a_share_is_settled_by_the_bounds_of_all_rounds_together) {
  const DecisionFigure& stale = *find_decision_figure("stale_reads_per_million");
  const JudgedWant few =
      judge(hardly_stale, over_rounds(example_alternative("few", 2, {.reads_checked = 1'000}), stale));
  EXPECT_EQ(few.verdict, WantVerdict::fulfilled);
  EXPECT_FALSE(few.is_settled) << "none of 2,000 leaves up to 1,497 in a million";
  EXPECT_EQ(few.rounds_needed, 3U);
  const JudgedWant enough =
      judge(hardly_stale, over_rounds(example_alternative("enough", 3, {.reads_checked = 1'000}), stale));
  EXPECT_TRUE(enough.is_settled) << "none of 3,000 leaves up to 999";
  const JudgedWant many = judge(hardly_stale, over_rounds(example_alternative("many", 1, {.stale_reads = 100}), stale));
  EXPECT_EQ(many.verdict, WantVerdict::missed);
  EXPECT_TRUE(many.is_settled) << "10,000 in a million, in one round";
  EXPECT_DOUBLE_EQ(*many.figure.told, 10'000);
}

TEST(Want, of_the_worst_is_missed_once_and_for_all) {
  const Want short_lived = example_want("worst_staleness", Relation::less, 5.0 * example_ms);
  const Alternative one = example_alternative("one", {{}, {}, {.stale_reads = 7}});
  const JudgedWant judged = judge(short_lived, over_rounds(one, *find_decision_figure("worst_staleness")));
  EXPECT_EQ(judged.verdict, WantVerdict::missed) << "although it is fulfilled in two rounds of three";
  EXPECT_DOUBLE_EQ(*judged.figure.told, 7.0 * example_ms);
  EXPECT_TRUE(judged.is_settled);
}

TEST(Want, of_a_figure_that_an_alternative_lacks_is_unknown_to_it) {
  const Want hits = example_want("hit_ratio", Relation::greater, 0.5);
  Alternative bare = example_alternative("bare", 5, {});
  for (MeasuredRun& run : bare.runs) {
    run.results.cache.reset();
  }
  const Decision decision =
      decide(example_input({example_alternative("cached", 5, {.cpu_s_an_hour = 200}), bare}, {hits}));
  EXPECT_EQ(decision.alternatives[1].wants[0].verdict, WantVerdict::unknown);
  EXPECT_FALSE(decision.alternatives[1].fulfils_all());
  EXPECT_EQ(decision.recommended, 0U);
}

TEST(Decision, takes_the_cheapest_of_those_that_fulfil_all_wants) {
  const Decision decision = decide(example_input(
      {example_alternative("slow", 5, {.cpu_s_an_hour = 10, .read_p99_ns = 9 * example_ms}),
       example_alternative("dear", 5, {.cpu_s_an_hour = 300}), example_alternative("cheap", 5, {.cpu_s_an_hour = 100})},
      {quick}));
  EXPECT_THAT(decision.candidates, ElementsAre(1, 2));
  EXPECT_EQ(decision.recommended, 2U);
  EXPECT_TRUE(decision.is_cost_told_apart);
  EXPECT_THAT(decision.open, IsEmpty());
}

TEST(Decision, asks_for_more_rounds_where_costs_are_not_told_apart) {
  const Decision decision = decide(example_input(
      {example_alternative("one", 3, {.cpu_s_an_hour = 10}), example_alternative("other", 3, {.cpu_s_an_hour = 20})},
      {}));
  EXPECT_EQ(decision.recommended, 0U);
  EXPECT_FALSE(decision.is_cost_told_apart) << "three of each cannot be";
  ASSERT_FALSE(decision.open.empty());
  EXPECT_EQ(decision.open.front().sentence, "which of one and other costs less CPU");
  EXPECT_EQ(decision.open.front().rounds_needed, 4U);
}

TEST(Decision, says_where_more_rounds_would_not_help) {
  const std::vector<double> same = {1, 2, 3, 4};
  EXPECT_EQ(rounds_to_tell_apart(same, same), std::nullopt);
  EXPECT_EQ(rounds_to_tell_apart(std::vector<double>{1, 2}, std::vector<double>{3, 4}), 4U);
  const auto close = rounds_to_tell_apart(std::vector<double>{1, 2, 3, 5}, std::vector<double>{2, 3, 4, 4});
  ASSERT_TRUE(close.has_value());
  EXPECT_GT(*close, 5U);
}

TEST(Decision, prefers_those_of_which_it_is_settled) {
  const Decision decision =
      decide(example_input({example_alternative("cheap and open", 5, {.cpu_s_an_hour = 10, .stale_reads = 9}),
                            example_alternative("dear and settled", 5, {.cpu_s_an_hour = 100})},
                           {hardly_stale}));
  EXPECT_TRUE(decision.alternatives[0].fulfils_all());
  EXPECT_FALSE(decision.alternatives[0].is_settled()) << "45 of 50,000 are 900 in a million, and may be 1,200";
  EXPECT_THAT(decision.candidates, ElementsAre(1));
  EXPECT_EQ(decision.recommended, 1U);
  EXPECT_EQ(decision.open.size(), 1U) << "it would be cheaper";
}

TEST(Decision, does_not_ask_what_would_change_nothing) {
  const Decision decision =
      decide(example_input({example_alternative("dear and open", 5, {.cpu_s_an_hour = 1'000, .stale_reads = 9}),
                            example_alternative("cheap and settled", 5, {.cpu_s_an_hour = 100})},
                           {hardly_stale}));
  EXPECT_EQ(decision.recommended, 1U);
  EXPECT_THAT(decision.open, IsEmpty());
}

TEST(Decision, has_no_candidate_where_all_miss_a_want) {
  const Decision decision = decide(example_input({example_alternative("one", 5, {.read_p99_ns = 5 * example_ms}),
                                                  example_alternative("other", 5, {.stale_reads = 1'000})},
                                                 {quick, hardly_stale}));
  EXPECT_THAT(decision.candidates, IsEmpty());
  EXPECT_EQ(decision.recommended, std::nullopt);
  EXPECT_EQ(decision.alternatives[0].wants[0].verdict, WantVerdict::missed);
  EXPECT_EQ(decision.alternatives[1].wants[1].verdict, WantVerdict::missed);
}

TEST(Decision, recommends_nothing_by_cost_that_is_not_known) {
  Alternative foreign = example_alternative("foreign", 5, {});
  for (MeasuredRun& run : foreign.runs) {
    run.results.processor.reset();
  }
  const Decision decision = decide(example_input({foreign, example_alternative("own", 5, {})}, {quick}));
  EXPECT_EQ(decision.candidates.size(), 2U);
  EXPECT_EQ(decision.recommended, std::nullopt);
}

TEST(Decision, judges_fields_of_the_results_as_it_does_figures) {
  DecisionInput input = example_input({example_alternative("one", 5, {}), example_alternative("other", 5, {})},
                                      {example_want("reads.late", Relation::less_or_equal, 3)});
  input.fields[0][0] = {1, 2, 3, 3, 2};
  input.fields[0][1] = {9, 9, 9, std::nullopt, 9};
  const Decision decision = decide(input);
  EXPECT_EQ(decision.alternatives[0].wants[0].verdict, WantVerdict::fulfilled);
  EXPECT_EQ(decision.alternatives[0].wants[0].rounds_fulfilled, 5U);
  EXPECT_EQ(decision.alternatives[1].wants[0].verdict, WantVerdict::missed);
  EXPECT_EQ(decision.alternatives[1].wants[0].figure.values.size(), 4U);
  EXPECT_EQ(decision.recommended, 0U);
}

TEST(Decision, counts_an_hour_of_all_servers_as_what_it_costs) {
  const FigureOfRounds cost =
      over_rounds(example_alternative("one", 1, {.cpu_s_an_hour = 120}), *find_decision_figure(cost_figure));
  ASSERT_TRUE(cost.told.has_value());
  EXPECT_NEAR(*cost.told, 120, 1e-6);
  Alternative restarted = example_alternative("restarted", 1, {});
  restarted.runs[0].results.processor->cache.reset();
  EXPECT_EQ(over_rounds(restarted, *find_decision_figure(cost_figure)).told, std::nullopt);
}

}  // namespace
}  // namespace stalemate
