// Runs whose writes add to what they have loaded, from the row and from the cached copy, with a guard and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "live/mariadb_fixture.hpp"
#include "live/own_servers.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Many clients on six keys, so that some load while others are about to write.
std::vector<std::string> busy_adds(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"-d",        "2s", "-r",          "4ms", "-w",          "300us",
                                    "--clients", "24", "--add-share", "1",   "--no-faults", "--no-live"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

const json& lost_updates_in(const json& results) {
  return *std::ranges::find_if(results["checks"], [](const json& check) { return check["name"] == "lost-updates"; });
}

class Adds : public OwnServersTest {
 protected:
  json results_of(const std::vector<std::string>& more) {
    std::filesystem::remove_all(folder_.path() / "runs");
    const Ended ended = run("before", busy_adds(more));
    EXPECT_EQ(ended.code, 0) << ended.err;
    return results_in(only_run(folder_.path()));
  }
};

TEST_F(Adds, of_a_cached_copy_lose_updates_and_with_a_guard_do_not) {
  const json copied = results_of({"--add-from", "cache"});
  EXPECT_EQ(copied["asked"]["add_share"], 1);
  EXPECT_EQ(copied["asked"]["add_from"], "cache");
  EXPECT_EQ(lost_updates_in(copied)["verdict"], "invalid");
  EXPECT_GT(copied["lost"]["writes"], 0);

  const json guarded = results_of({"--add-from", "cache", "--add-guard", "--retries-max", "100"});
  EXPECT_EQ(lost_updates_in(guarded)["verdict"], "valid");
  EXPECT_EQ(guarded["lost"]["writes"], 0);
  EXPECT_GT(guarded["writes"]["ok"], 0);
}

TEST_F(Adds, of_the_row_lose_updates_unless_they_are_guarded) {
  EXPECT_EQ(lost_updates_in(results_of({}))["verdict"], "invalid");
  const json guarded = results_of({"--add-guard", "--retries-max", "100"});
  EXPECT_EQ(lost_updates_in(guarded)["verdict"], "valid");
  EXPECT_GT(guarded["writes"]["ok"], 0);
}

TEST_F(Adds, that_nothing_could_guard_are_refused) {
  const Ended ended = run("before", busy_adds({"--add-guard", "--pattern", "write-behind"}));
  EXPECT_EQ(ended.code, 64);
  EXPECT_THAT(ended.err, HasSubstr("add_guard: pattern write-behind does not write the row"));
  EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
}

TEST(AddsOnMariaDb, of_a_cached_copy_lose_updates_and_with_a_guard_do_not) {
  const OwnFolder folder;
  const auto verdict_with = [&folder](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"run", "before", "--db", "mariadb", "--add-from", "cache"};
    const std::vector<std::string> rest = busy_adds(more);
    words.insert(words.end(), rest.begin(), rest.end());
    std::filesystem::remove_all(folder.path() / "runs");
    const Ended ended = run_stalemate(folder.path(), words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return lost_updates_in(results_in(only_run(folder.path())))["verdict"].get<std::string>();
  };
  EXPECT_EQ(verdict_with({}), "invalid");
  EXPECT_EQ(verdict_with({"--add-guard", "--retries-max", "100"}), "valid");
}

}  // namespace
}  // namespace stalemate
