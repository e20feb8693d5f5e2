// What a run tells of its cache and of the loads of its database: predicted hits, a warm-up, stampedes, refused fills.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "live/own_servers.hpp"
#include "one_line.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Loads : public OwnServersTest {
 protected:
  json results_of(const std::vector<std::string>& arguments) {
    std::filesystem::remove_all(folder_.path() / "runs");
    ended_ = run("before", arguments);
    EXPECT_EQ(ended_.code, 0) << ended_.err;
    return results_in(only_run(folder_.path()));
  }
  Ended ended_ = {};
};

TEST_F(Loads, of_a_cold_start_are_predicted_and_a_warm_up_is_measured_apart) {
  const std::vector<std::string> cold = {"-r", "1ms",    "-w",  "20ms",        "-d",
                                         "2s", "--keys", "594", "--no-faults", "--no-live"};
  const json whole = results_of(cold);
  EXPECT_TRUE(whole["warm_up"].is_null());
  EXPECT_LT(whole["cache"]["predicted_hit_ratio"], 0.75) << "it begins with an empty cache";
  EXPECT_NEAR(whole["cache"]["hit_ratio"], whole["cache"]["predicted_hit_ratio"], 0.05);
  EXPECT_GE(whole["loads"]["count"], whole["cache"]["misses"]);

  std::vector<std::string> warmed = cold;
  warmed.insert(warmed.end(), {"--warm-up", "1500ms"});
  const json apart = results_of(warmed);
  const json& warm_up = apart["warm_up"];
  EXPECT_EQ(warm_up["duration_s"], 1.5);
  EXPECT_EQ(warm_up["reads"]["planned"].get<int>() + apart["reads"]["planned"].get<int>(), 2000);
  EXPECT_EQ(apart["plan"]["reads"], 501) << "from 1.5 s to 2 s, both included";
  EXPECT_EQ(apart["latency"]["read"]["response"]["count"], apart["reads"]["ok"]);
  EXPECT_NEAR(apart["cache"]["hit_ratio"], apart["cache"]["predicted_hit_ratio"], 0.1);
  EXPECT_NEAR(warm_up["cache"]["hit_ratio"], warm_up["cache"]["predicted_hit_ratio"], 0.05);
  EXPECT_LT(warm_up["cache"]["predicted_hit_ratio"], apart["cache"]["predicted_hit_ratio"]);
  EXPECT_GT(warm_up["loads"], apart["loads"]["count"]);
  EXPECT_THAT(ended_.out, HasSubstr("Warm-up"));
}

TEST_F(Loads, of_entries_that_expire_are_predicted) {
  const json results =
      results_of({"-r", "1ms", "-w", "100ms", "-d", "2s", "--no-faults", "--no-live", "--pattern", "ttl-only"});
  EXPECT_LT(results["cache"]["predicted_hit_ratio"], 1);
  EXPECT_NEAR(results["cache"]["hit_ratio"], results["cache"]["predicted_hit_ratio"], 0.05);
}

TEST_F(Loads, that_the_cache_refuses_to_be_filled_with_are_counted) {
  const json results = results_of(
      {"-r", "200us", "-w", "400us", "-d", "2s", "--clients", "32", "--no-faults", "--no-live", "--pattern", "lease"});
  EXPECT_GT(results["loads"]["refused_fills"], 0);
  EXPECT_LE(results["loads"]["refused_fills"], results["loads"]["count"]);
  EXPECT_THAT(ended_.out, HasSubstr("The cache refused"));
}

// Entries live for 50 ms, so whenever the database stands still, all readers of a key soon want its row.
TEST(LoadsOfPrivateServers, come_all_at_once_with_cache_aside_and_one_by_one_with_lock_and_read_through) {
  const OwnFolder folder;
  std::ofstream(folder.path() / "stampede.toml") << "read_every = \"2ms\"\nwrite_every = \"5s\"\nduration = \"1s\"\n"
                                                    "clients = 48\ntime_to_live = \"50ms\"\n"
                                                    "[faults]\nstall = \"db@200ms+500ms\"\n";
  const auto loads_with = [&folder](const std::string& pattern) {
    const Ended ended =
        run_stalemate(folder.path(), {"run", "stampede.toml", "--pattern", pattern, "--threads", "1", "--no-live"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    return results_in(folder.path() / "runs" / "stampede" / "latest")["loads"];
  };
  const json aside = loads_with("cache-aside");
  EXPECT_GT(aside["while_loading"], 20) << "48 clients, six keys, and a database that stands still";
  for (const char* const pattern : {"lock", "read-through"}) {
    const json loads = loads_with(pattern);
    EXPECT_LT(loads["while_loading"].get<int>(), aside["while_loading"].get<int>() / 4) << pattern << loads.dump();
  }
}

TEST(LoadsOfPrivateServers, come_again_when_the_cache_restarts_and_no_hit_ratio_is_predicted) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"run", "before", "-r", "2ms", "-w", "5s", "-d", "2s", "--fault",
                                                    "restart=cache@1s+50ms", "--no-faults", "--no-live"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(folder.path() / "runs" / "before" / "latest");
  EXPECT_TRUE(results["cache"]["predicted_hit_ratio"].is_null());
  EXPECT_THAT(std::string(results["cache"]["not_predicted"]), HasSubstr("cache: restart 1s..1.05s"));
  EXPECT_GE(results["loads"]["count"], 12) << "six keys, loaded by a cold cache and again after its restart";
  EXPECT_THAT(as_one_line(ended.out), HasSubstr("none is predicted, since"));
}

}  // namespace
}  // namespace stalemate
