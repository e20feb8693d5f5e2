// Where a decision turns: lines through what was measured.
#include "report/decision/turn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/decision/told.hpp"
#include "unit/report/decision_examples.hpp"

namespace stalemate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Turn, is_where_two_lines_meet) {
  // 10 + 100 s and 40 + 10 s meet at a third.
  const Crossing met = crossing(0.1, 0.5, 20, 60, 41, 45);
  EXPECT_EQ(met.kind, Crossing::Kind::between);
  EXPECT_NEAR(met.at, 1.0 / 3, 1e-12);
  const Crossing reversed = crossing(0.5, 0.1, 60, 20, 45, 41);
  EXPECT_NEAR(reversed.at, met.at, 1e-12);
}

TEST(Turn, of_lines_that_do_not_meet_between_is_not_guessed) {
  EXPECT_EQ(crossing(0.1, 0.5, 1, 2, 3, 4).kind, Crossing::Kind::first_below);
  EXPECT_EQ(crossing(0.1, 0.5, 3, 4, 1, 2).kind, Crossing::Kind::second_below);
  EXPECT_EQ(crossing(0.1, 0.5, 3, 4, 3, 2).kind, Crossing::Kind::same);
}

TEST(Turn, of_the_database_is_where_both_read_as_fast) {
  for (const double loads : {0.0, 0.2, 0.7}) {
    const double cache_alone_ns = 50'000;
    const double database_ns = 300'000;
    const DatabaseTurnFound found = database_turn(database_ns, cache_alone_ns + loads * database_ns, loads);
    ASSERT_TRUE(found.turn.has_value()) << found.why_none;
    const double turn_ns = found.turn->turn_ns;
    EXPECT_NEAR(cache_alone_ns + loads * turn_ns, turn_ns, 1e-6) << "the model's own condition";
  }
}

TEST(Turn, of_the_database_is_not_told_where_the_model_cannot_say) {
  EXPECT_THAT(database_turn(100, 150, 1.0).why_none, HasSubstr("every read of it loads from the database"));
  EXPECT_THAT(database_turn(100, 40, 0.5).why_none, HasSubstr("the model of a sum does not fit"));
  EXPECT_FALSE(database_turn(100, 40, 0.5).turn.has_value());
}

TEST(Turn, is_told_of_each_alternative_against_the_one_without_cache) {
  DecisionRecord record{.scenario = "before"};
  record.input = example_input({example_alternative("cached", 3, {.cpu_s_an_hour = 100}),
                                example_alternative("none", 3, {.cpu_s_an_hour = 200})},
                               {});
  for (Alternative& alternative : record.input.alternatives) {
    const bool is_cached = alternative.name == "cached";
    alternative.turned = example_run({.cpu_s_an_hour = is_cached ? 400.0 : 300.0});
    alternative.turned->results.plan = {4500, 4500};
    for (MeasuredRun& run : alternative.runs) {
      run.results.loads = DatabaseLoads{.count = 3000, .share = is_cached ? 0.5 : 1.0};
      run.results.latency.read.service = latency_around(6000, is_cached ? 300'000 : 400'000);
    }
  }
  // Apart by 100 at a third of writes and by -100 at a half: they meet in the middle.
  EXPECT_THAT(turn_sentences(record),
              ElementsAre(testing::AllOf(
                  HasSubstr("CPU an op: at 33.3 % writes 185 us against 370 us of none, at 50 % writes 741 us against "
                            "556 us; on straight lines the two meet at about 41.7 % writes."),
                  HasSubstr("a read of none took 400 us (service time), one of cached 300 us with 0.5 loads of the "
                            "database each; cached reads faster where a read of the database takes longer than about "
                            "200 us."))));
}

TEST(Turn, that_was_not_measured_is_said_to_be_unknown) {
  DecisionRecord record{.scenario = "before"};
  record.input = example_input({example_alternative("cached", 1, {}), example_alternative("none", 1, {})}, {});
  record.turn_left_out = "--no-turn was given";
  const std::vector<std::string> sentences = turn_sentences(record);
  ASSERT_EQ(sentences.size(), 1U);
  EXPECT_THAT(sentences[0], HasSubstr("Share of writes: not measured at another one, as --no-turn was given."));
}

}  // namespace
}  // namespace stalemate
