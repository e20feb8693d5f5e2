// A sweep in words and pictures: as wide as the terminal, with what was not measured said, and no markup from outside.
#include "report/sweep/sweep_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "report/sweep/sweep_plot.hpp"
#include "report/sweep/sweep_svg.hpp"
#include "report/words/words.hpp"
#include "unit/report/golden.hpp"
#include "unit/report/sweep_examples.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SweepText, of_a_curve_is_as_it_was) {
  expect_golden(sweep_text(curve_example(), 80), "sweep_curve.txt");
}

TEST(SweepText, of_a_map_is_as_it_was) {
  expect_golden(sweep_text(map_example(), 80), "sweep_map.txt");
}

TEST(SweepText, of_a_search_is_as_it_was) {
  expect_golden(sweep_text(search_example(Boundary::largest), 80), "sweep_search.txt");
}

TEST(SweepText, fits_a_narrow_terminal_and_a_wide_one) {
  for (const std::size_t columns : {40U, 60U, 80U, 120U}) {
    for (const SweepResults& results : {curve_example(), map_example(), search_example(Boundary::largest)}) {
      EXPECT_LE(widest_line(sweep_text(results, columns)), columns) << sweep_text(results, columns);
    }
  }
  EXPECT_EQ(widest_line("a\nabc\n\xc3\xa4"), 3U);
  EXPECT_EQ(curve_plot(curve_example(), 0, 20), "") << "there is no room for a curve";
}

TEST(SweepText, says_as_loudly_what_was_not_measured) {
  EXPECT_THAT(sweep_text(map_example(), 80), HasSubstr("NOT MEASURED, as the budget was over: 1 point"));
  SweepResults results = curve_example();
  results.interrupted = true;
  results.points[2].runs.pop_back();
  EXPECT_THAT(sweep_text(results, 200), HasSubstr("Fewer runs than asked for, as it was interrupted: 1 point "
                                                  "(write_rate 100)"));
  results.points[0].runs[0].dropped = 5;
  EXPECT_THAT(sweep_text(results, 200), HasSubstr("Planned ops were never sent at 1 point (write_rate 25)"));
}

TEST(SweepText, invents_no_answer_where_the_trials_contradict_one_another) {
  SweepResults results = search_example(Boundary::contradicted);
  results.search->trials[4].holds = true;
  const std::string text = sweep_text(results, 400);
  EXPECT_THAT(text, HasSubstr("No answer"));
  EXPECT_THAT(text, HasSubstr("hold at write_rate 25, fail at write_rate 200, hold at write_rate 400"));
  EXPECT_THAT(sweep_text(search_example(Boundary::nowhere), 400), HasSubstr("does not hold from write_rate 25 to"));
}

TEST(SweepText, says_where_too_few_reads_decide_a_condition_on_stale_ones) {
  const std::string text = sweep_text(search_example(Boundary::largest), 400);
  EXPECT_THAT(text, HasSubstr("Too few reads were checked"));
  EXPECT_THAT(text, HasSubstr("write_rate 25: 0 to 1,198"));
}

TEST(SweepText, of_one_value_everywhere_is_a_flat_line) {
  SweepResults results = curve_example();
  for (SweepPoint& point : results.points) {
    point.runs = {swept_run({0.5}, {std::nullopt})};
  }
  EXPECT_THAT(curve_plot(results, 0, 80), HasSubstr("50 % |*"));
}

TEST(SweepText, of_runs_without_the_figure_draws_nothing_and_says_so) {
  SweepResults results = curve_example();
  for (SweepPoint& point : results.points) {
    point.runs = {swept_run({std::nullopt}, {std::nullopt})};
  }
  EXPECT_EQ(curve_plot(results, 0, 80), "");
  EXPECT_THAT(sweep_text(results, 200), HasSubstr("No run has a figure hit_ratio at 5 points"));
  EXPECT_THAT(sweep_svg(results, 0), HasSubstr("nothing was measured"));
}

TEST(SweepPicture, of_a_curve_and_of_a_map_are_as_they_were) {
  expect_golden(sweep_svg(curve_example(), 0), "sweep_curve.svg");
  expect_golden(sweep_svg(map_example(), 0), "sweep_map.svg");
}

TEST(SweepPicture, makes_no_markup_of_names) {
  SweepResults results = curve_example();
  results.scenario = "</title><script>alert('1')</script>\x1b\xff&\"";
  results.figures.front().name = "<b>";
  results.axes.front().name = "<i onclick=\"x\">";
  results.axes.front().texts.front() = "]]><g/>";
  const std::string picture = sweep_svg(results, 0);
  for (const char* markup : {"<script", "<b>", "<i ", "<g/>", "\x1b", "\xff"}) {
    EXPECT_THAT(picture, Not(HasSubstr(markup)));
  }
  EXPECT_EQ(std::ranges::count(picture, '<'), std::ranges::count(sweep_svg(curve_example(), 0), '<'));
}

TEST(SweepFiles, hold_every_run_and_every_figure) {
  const SweepResults results = map_example();
  const nlohmann::json json = nlohmann::json::parse(to_json(results));
  EXPECT_EQ(json.at("points").size(), 10U);
  EXPECT_EQ(json.at("points_missing"), 1);
  EXPECT_EQ(json.at("over_budget"), true);
  const nlohmann::json& first = json.at("points").front();
  EXPECT_EQ(first.at("settings"), (nlohmann::json{{"time_to_live", "1s"}, {"write_rate", "25"}}));
  EXPECT_NEAR(first.at("figures").at("hit_ratio").at("median").get<double>(), 0.78, 1e-9);
  EXPECT_NEAR(first.at("figures").at("hit_ratio").at("predicted").get<double>(), 0.79, 1e-9);
  EXPECT_TRUE(json.at("points").back().at("figures").at("hit_ratio").at("median").is_null());
  const std::string csv = to_csv(results);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 1 + 18);
  EXPECT_THAT(csv, HasSubstr("time_to_live,write_rate,run,seed,hit_ratio,hit_ratio_predicted,stale,checked,dropped"));
}

TEST(SweepFiles, quote_what_would_end_a_cell) {
  SweepResults results = curve_example();
  results.points.front().runs.front().folder = "a,\"b\"";
  EXPECT_THAT(to_csv(results), HasSubstr("\"a,\"\"b\"\"\"\n"));
}

TEST(SweptFigure, of_an_even_number_of_runs_is_between_the_middle_two) {
  SweepPoint point{.at = {0}};
  EXPECT_EQ(spread_of(point, 0), std::nullopt);
  for (const double value : {4.0, 1.0, 3.0, 2.0}) {
    point.runs.push_back(swept_run({value}, {std::nullopt}));
  }
  point.runs.push_back(swept_run({std::nullopt}, {std::nullopt}));
  const Spread spread = spread_of(point, 0).value();
  EXPECT_EQ(spread.median, 2.5);
  EXPECT_EQ(spread.min, 1);
  EXPECT_EQ(spread.max, 4);
}

}  // namespace
}  // namespace stalemate
