// One name means one figure wherever the command line takes one, and what a run lacks is never taken for 0.
#include "cli/run/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/run/fail_if.hpp"
#include "report/results/results_json.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

// Of a run of 1,000 reads and 500 writes in 2 s, of which 4 of 800 checked reads were stale.
nlohmann::json example_json() {
  RunResults results;
  results.elapsed_ns = 2'000'000'000;
  results.reads.ok = 1'000;
  results.writes.ok = 500;
  results.latency.read.response.p99_ns = 1'500'000;
  results.stale = StaleReads{.checked = 800, .stale = 4};
  return nlohmann::json::parse(to_json(results));
}

std::optional<double> figure(const nlohmann::json& results, std::string_view name) {
  return figure_in(results, find_figure(name, "--of").value());
}

TEST(Figures, are_the_same_by_their_short_name_and_their_path) {
  for (const ShortFigure& known : short_figures()) {
    const Result<RunFigure> found = find_figure(known.name, "--of");
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(*found, find_figure(known.path.empty() ? known.name : known.path, "--of").value()) << known.name;
  }
}

TEST(Figures, that_are_computed_follow_from_the_counts) {
  const nlohmann::json results = example_json();
  EXPECT_DOUBLE_EQ(figure(results, "throughput").value(), 750);
  EXPECT_DOUBLE_EQ(figure(results, "stale_share").value(), 0.005);
  EXPECT_DOUBLE_EQ(figure(results, "stale_reads_per_million").value(), 5'000);
  EXPECT_DOUBLE_EQ(figure(results, "read_p99").value(), 1'500'000);
}

TEST(Figures, that_a_run_has_not_are_none_and_what_never_happened_is_0) {
  nlohmann::json results = example_json();
  EXPECT_EQ(figure(results, "hit_ratio"), std::nullopt) << "it has no cache";
  EXPECT_EQ(figure(results, "errors.timed_out"), 0);
  results["stale"]["checked"] = 0;
  EXPECT_EQ(figure(results, "stale_share"), std::nullopt) << "no read was checked";
  results["stale"] = nullptr;
  EXPECT_EQ(figure(results, "stale_reads_per_million"), std::nullopt) << "the history was not checked";
  EXPECT_EQ(figure(results, "stale.causes.stale fill"), std::nullopt);
}

TEST(Figures, of_another_name_are_refused_with_the_nearest) {
  const Result<RunFigure> unknown = find_figure("read_p999", "--of");
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().detail, HasSubstr("--of: 'read_p999' is not a figure"));
  EXPECT_THAT(unknown.error().detail, HasSubstr("did you mean 'read_p99'?"));
  EXPECT_FALSE(find_figure("", "--of"));
  EXPECT_FALSE(find_figure("pattern", "--of")) << "a text is no figure";
}

TEST(Thresholds, take_a_bound_in_the_figure_s_own_unit) {
  EXPECT_EQ(parse_threshold("read_p99<5ms").value().bound, 5e6);
  EXPECT_EQ(parse_threshold("elapsed_s > 1m").value().bound, 60);
  EXPECT_DOUBLE_EQ(parse_threshold("stale_share<0.01%").value().bound, 0.0001);
  EXPECT_DOUBLE_EQ(parse_threshold("hit_ratio >= 90 %").value().bound, 0.9);
  EXPECT_DOUBLE_EQ(parse_threshold("stale<0.01%").value().bound, 0.0001);
  EXPECT_EQ(parse_threshold("stale<0.01%").value().figure, find_figure("stale_share", "--of").value());
  EXPECT_EQ(parse_threshold("rate>=500").value().figure, find_figure("throughput", "--of").value());
  for (const char* wrong : {"read_p99<5%", "reads.dropped>1s", "hit_ratio>%", "stale_share<1ms", "read_p99<", "<5"}) {
    EXPECT_FALSE(parse_threshold(wrong)) << wrong;
  }
}

TEST(Thresholds, of_times_have_a_unit_where_the_name_has_none) {
  const Result<Threshold> bare = parse_threshold("read_p99<5", "--want");
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().detail,
            "--want: 'read_p99<5' compares a time with a number that has no unit; write for example read_p99<5ms");
  EXPECT_FALSE(parse_threshold("worst_staleness > 1e6"));
  EXPECT_EQ(parse_threshold("worst_staleness>0").value().bound, 0);
  EXPECT_EQ(parse_threshold("latency.read.response.p99_ns<5000000").value().bound, 5e6) << "its name has it";
}

TEST(Thresholds, hold_as_their_sign_says) {
  const auto with = [](const std::string& sign) { return parse_threshold("reads.ok" + sign + "5").value(); };
  for (const double found : {4.0, 5.0, 6.0}) {
    EXPECT_EQ(holds(with("<"), found), found < 5);
    EXPECT_EQ(holds(with("<="), found), found <= 5);
    EXPECT_EQ(holds(with("=="), found), found == 5);
    EXPECT_EQ(holds(with("!="), found), found != 5);
    EXPECT_EQ(holds(with(">="), found), found >= 5);
    EXPECT_EQ(holds(with(">"), found), found > 5);
  }
}

}  // namespace
}  // namespace stalemate
