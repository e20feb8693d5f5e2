// stalemate decide on real servers: what it tells follows from the runs that it leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "live/program.hpp"
#include "unit/report/golden.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;

std::filesystem::path latest_decision(const OwnFolder& folder, const std::string& scenario) {
  return folder.path() / "runs" / ("decide-" + scenario) / "latest";
}

// Every figure lies between its ends, and a figure in a million is that of the runs' own results together.
void expect_consistent(const json& alternative, const std::filesystem::path& folder) {
  std::uint64_t stale = 0;
  std::uint64_t checked = 0;
  for (const json& round : alternative["rounds"]) {
    const json results = results_in(folder / round["folder"].get<std::string>());
    EXPECT_EQ(results["pattern"], alternative["name"]);
    EXPECT_EQ(results["seed"], round["seed"]);
    EXPECT_TRUE(results["samples"].is_null()) << "samples would cost the servers CPU";
    stale += results["stale"]["stale"].get<std::uint64_t>();
    checked += results["stale"]["checked"].get<std::uint64_t>();
  }
  EXPECT_EQ(alternative["figures"]["stale_reads_per_million"]["found"], stale);
  EXPECT_EQ(alternative["figures"]["stale_reads_per_million"]["looked_at"], checked);
  for (const auto& [name, figure] : alternative["figures"].items()) {
    if (!figure.is_null()) {
      EXPECT_LE(figure["min"], figure["median"]) << name;
      EXPECT_LE(figure["median"], figure["max"]) << name;
      EXPECT_EQ(figure["values"].size(), alternative["rounds"].size()) << name;
    }
  }
  for (const char* known : {"read_p99", "database_ops_per_second", "cpu_seconds_per_hour", "first_second_read_p99"}) {
    EXPECT_FALSE(alternative["figures"][known].is_null()) << known;
  }
}

TEST(Decide, recommends_by_its_rules_from_the_runs_it_leaves) {
  const OwnFolder folder;
  const Ended ended =
      run_stalemate(folder.path(), {"decide", "before", "-d", "1s", "--read-rate", "200", "--write-rate", "20",
                                    "--rounds", "2", "--json", "--no-live", "--want", "read_p50<10s, stale<=100%"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json decision = json::parse(ended.out);
  const std::filesystem::path place = latest_decision(folder, "before");
  EXPECT_EQ(ended.out, text_of_file(place / "decision.json"));
  ASSERT_EQ(decision["alternatives"].size(), 2U);
  EXPECT_EQ(decision["rounds"], 2);
  EXPECT_EQ(decision["alternatives"][1]["name"], "none");
  const json* cheapest = nullptr;
  for (const json& alternative : decision["alternatives"]) {
    expect_consistent(alternative, place);
    EXPECT_TRUE(alternative["fulfils_all"]);
    const auto cost = [](const json& one) { return one["figures"]["cpu_seconds_per_hour"]["told"].get<double>(); };
    cheapest = cheapest == nullptr || cost(alternative) < cost(*cheapest) ? &alternative : cheapest;
    EXPECT_FALSE(alternative["at_another_write_share"].is_null()) << decision["turn"];
  }
  EXPECT_EQ(decision["recommended"], (*cheapest)["name"]);
  EXPECT_EQ(decision["alternatives"][0]["rounds"][1]["seed"], decision["alternatives"][1]["rounds"][1]["seed"])
      << "the same plan";
  EXPECT_NE(decision["alternatives"][0]["rounds"][0]["seed"], decision["alternatives"][0]["rounds"][1]["seed"]);
  EXPECT_FALSE(decision["cost_told_apart"]) << "two rounds cannot";
  const json& stale = decision["alternatives"][0]["wants"][1];
  EXPECT_EQ(stale["want"], "stale<=100%");
  EXPECT_EQ(stale["verdict"], "fulfilled");
  EXPECT_TRUE(stale["figure"].contains("upper")) << "a share has bounds";
  const std::string page = text_of_file(place / "report.html");
  EXPECT_THAT(page, HasSubstr("stalemate decide before --want "));
  EXPECT_THAT(page, HasSubstr(decision["alternatives"][1]["rounds"][1]["folder"].get<std::string>()));
  EXPECT_FALSE(decision["open"].empty());
  EXPECT_EQ(left_running(), "");
}

TEST(Decide, of_wants_that_nobody_fulfils_says_by_how_much_and_ends_with_99) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"decide", "after", "--with", "lease", "-d", "1s", "--rounds", "1",
                                                    "--no-turn", "--no-live", "--want", "read_p50<1us"});
  EXPECT_EQ(ended.code, 99) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("no alternative fulfils all wants"));
  EXPECT_THAT(ended.out, HasSubstr("misses 'read_p50<1us'"));
  EXPECT_THAT(ended.out, HasSubstr("No recommendation: no alternative fulfils all wants."));
  EXPECT_THAT(ended.out, HasSubstr("--no-turn was given"));
}

TEST(Decide, interrupted_tells_what_whole_rounds_measured) {
  const OwnFolder folder;
  Program program(folder.path(), {"decide", "before", "-d", "1s", "--no-turn", "--budget", "10m"});
  ASSERT_TRUE(program.says("round 2, 2 of 2")) << program.err();
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("1 round;"));
  EXPECT_THAT(ended.out, HasSubstr("Recommendation: "));
  EXPECT_EQ(json::parse(text_of_file(latest_decision(folder, "before") / "decision.json"))["ended"], "interrupted");
  EXPECT_EQ(left_running(), "");
}

}  // namespace
}  // namespace stalemate
