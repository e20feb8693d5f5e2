// The page of a sweep says what sweep.json says, and as loudly what was not measured.
#include "report/page/sweep_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "unit/report/sweep_examples.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

json data_of_sweep(const SweepResults& results) {
  return json::parse(sweep_page(results, "test").data_json);
}

TEST(SweepPage, holds_what_sweep_json_holds_and_a_name_for_every_point) {
  for (const SweepResults& results : {curve_example(), map_example(), search_example(Boundary::largest)}) {
    const json page = data_of_sweep(results);
    EXPECT_EQ(page["sweep"], json::parse(to_json(results)));
    EXPECT_EQ(page["names"].size(), results.points.size());
  }
}

TEST(SweepPage, begins_with_the_answer_of_a_search_or_else_with_how_far_the_figure_goes) {
  EXPECT_EQ(data_of_sweep(curve_example())["sentence"],
            "hit_ratio was between 16 % (at write_rate 400) and 78 % (at write_rate 25).");
  EXPECT_EQ(data_of_sweep(curve_example())["tone"], "");
  const json found = data_of_sweep(search_example(Boundary::largest));
  EXPECT_THAT(found["sentence"].get<std::string>(), HasSubstr("up to write_rate 100; not at write_rate 200"));
  EXPECT_EQ(found["tone"], "good");
  EXPECT_EQ(data_of_sweep(search_example(Boundary::nowhere))["tone"], "warn");
}

TEST(SweepPage, says_as_loudly_what_was_not_measured) {
  const json page = data_of_sweep(map_example());
  EXPECT_EQ(page["whole"], false);
  EXPECT_EQ(page["tone"], "warn");
  EXPECT_THAT(page["paragraphs"].dump(), HasSubstr("NOT MEASURED, as the budget was over: 1 point"));
}

TEST(SweepPage, of_a_figure_that_no_run_has_says_so) {
  SweepResults results = curve_example();
  for (SweepPoint& point : results.points) {
    point.runs = {swept_run({std::nullopt}, {std::nullopt})};
  }
  EXPECT_EQ(data_of_sweep(results)["sentence"], "Nothing was measured of hit_ratio.");
}

TEST(SweepPage, makes_no_markup_of_any_text) {
  SweepResults results = curve_example();
  results.question = results.pattern = results.axes[0].texts[0] = "</script><script>alert(1)</script>";
  EXPECT_THAT(html_of(sweep_page(results, "test")), Not(HasSubstr("<script>alert")));
}

}  // namespace
}  // namespace stalemate
