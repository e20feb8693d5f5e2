// A sweep on real servers: each point is a run, what it tells is what the runs' results tell, and what it could not
// measure it says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "live/own_servers.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

class SweepCommand : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path sweep_folder() const { return folder_.path() / "runs/before-sweep/latest"; }
  [[nodiscard]] nlohmann::json sweep_json() const {
    std::ifstream file(sweep_folder() / "sweep.json");
    return nlohmann::json::parse(file);
  }
  OwnFolder folder_{};
};

TEST_F(SweepCommand, measures_each_point_with_a_run_of_its_own_and_predicts_beside_it) {
  const Ended ended = run_stalemate(folder_.path(), {"sweep", "before", "--no-faults", "-r", "5ms", "--over",
                                                     "write_rate=20,400", "-d", "500ms", "--svg", "curve.svg"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(left_running(), "");
  const nlohmann::json sweep = sweep_json();
  ASSERT_EQ(sweep.at("points").size(), 2U);
  for (const nlohmann::json& point : sweep.at("points")) {
    const nlohmann::json results = results_in(sweep_folder() / point.at("runs").at(0).at("folder"));
    const nlohmann::json& told = point.at("figures").at("hit_ratio");
    EXPECT_EQ(told.at("median"), results.at("cache").at("hit_ratio"));
    EXPECT_EQ(told.at("predicted"), results.at("cache").at("predicted_hit_ratio"));
    EXPECT_EQ(results.at("asked").at("write_rate"),
              std::stod(point.at("settings").at("write_rate").get<std::string>()));
  }
  EXPECT_GT(sweep.at("points").at(0).at("figures").at("hit_ratio").at("median"),
            sweep.at("points").at(1).at("figures").at("hit_ratio").at("median"));
  EXPECT_THAT(ended.out, HasSubstr("predicted"));
  EXPECT_THAT(ended.out, HasSubstr("Results: runs/before-sweep/"));
  for (const char* name : {"sweep.csv", "sweep.svg", "report.html", "scenario.toml"}) {
    EXPECT_TRUE(std::filesystem::exists(sweep_folder() / name)) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "curve.svg"));
}

class SweepOnOwnServers : public OwnServersTest {
 protected:
  [[nodiscard]] std::vector<std::string> sweep(std::vector<std::string> more) const {
    std::vector<std::string> words = {"sweep", "before", "--db", database().url, "--cache", cache().url};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(SweepOnOwnServers, says_what_the_budget_left_out) {
  const Ended ended = run_stalemate(
      folder_.path(), sweep({"--over", "ttl=1s,2s,3s", "-d", "400ms", "--repeat", "9", "--budget", "1s"}));
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("as the budget was over: "));
}

TEST_F(SweepOnOwnServers, finds_nothing_where_the_conditions_hold_at_both_ends) {
  const Ended ended = run_stalemate(
      folder_.path(), sweep({"--find", "write_rate=1..4 where reads.dropped<100000 and read_p99<1h", "-d", "100ms"}));
  EXPECT_EQ(ended.code, 2) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("a limit, if there is one, is not between them"));
}

TEST_F(SweepOnOwnServers, varies_the_rate_of_all_ops_at_the_same_share_of_writes) {
  const Ended ended = run_stalemate(folder_.path(), sweep({"--over", "rate=100,300", "--of", "stale", "-d", "300ms"}));
  ASSERT_EQ(ended.code, 0) << ended.err;
  std::ifstream file(folder_.path() / "runs/before-sweep/latest/sweep.json");
  const nlohmann::json told = nlohmann::json::parse(file);
  EXPECT_EQ(told.at("figures").at(0).at("name"), "stale_share");
  std::vector<double> shares;
  for (const nlohmann::json& point : told.at("points")) {
    const nlohmann::json asked =
        results_in(folder_.path() / "runs/before-sweep/latest" / point.at("runs").at(0).at("folder")).at("asked");
    const double reads = asked.at("read_rate");
    const double writes = asked.at("write_rate");
    EXPECT_DOUBLE_EQ(reads + writes, std::stod(point.at("settings").at("rate").get<std::string>()));
    shares.push_back(writes / (reads + writes));
  }
  EXPECT_DOUBLE_EQ(shares.at(0), shares.at(1));
}

TEST_F(SweepOnOwnServers, tells_what_it_measured_before_it_was_interrupted) {
  Program program(folder_.path(), sweep({"--over", "ttl=1s,2s", "-d", "1m"}));
  ASSERT_TRUE(program.says("run 1 at time_to_live=1s"));
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("NOT MEASURED, as it was interrupted: 2 points"));
}

}  // namespace
}  // namespace stalemate
