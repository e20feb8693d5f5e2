// Runs whose rows are deleted and inserted again, with entries that say so and without.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "live/own_servers.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

std::vector<std::string> with_deletes(const std::vector<std::string>& more) {
  std::vector<std::string> words = {"-d", "2s", "-r", "1ms", "-w", "4ms", "--delete-share", "0.4", "--no-live"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

const json& check_in(const json& results, const std::string& name) {
  return *std::ranges::find_if(results["checks"], [&name](const json& check) { return check["name"] == name; });
}

class Deletes : public OwnServersTest {
 protected:
  json results_of(const std::vector<std::string>& more) {
    std::filesystem::remove_all(folder_.path() / "runs");
    ended_ = run("before", with_deletes(more));
    EXPECT_EQ(ended_.code, 0) << ended_.err;
    return results_in(only_run(folder_.path()));
  }
  Ended ended_ = {};
};

TEST_F(Deletes, are_done_and_undone_and_every_read_is_explained) {
  const json results = results_of({"--no-faults", "--serialize"});
  EXPECT_LT(results["writes"]["fail"], 250) << "most of the 500 find what the plan left";
  EXPECT_EQ(check_in(results, "stale-reads")["verdict"], "valid") << ended_.out;
  EXPECT_EQ(check_in(results, "linearizable")["verdict"], "valid") << ended_.out;
  EXPECT_EQ(check_in(results, "read-your-writes")["verdict"], "valid") << ended_.out;
  EXPECT_EQ(check_in(results, "phantom-reads")["verdict"], "valid") << ended_.out;
  EXPECT_EQ(check_in(results, "lost-updates")["verdict"], "valid") << ended_.out;
  EXPECT_LT(std::stoi(sql("SELECT count(*) FROM stock")), 6) << "or all rows happened to be there in the end";
}

TEST_F(Deletes, whose_invalidation_is_lost_leave_an_old_value_to_be_read) {
  const json results = results_of({"--no-faults", "--fault", "skip=invalidate=20%"});
  EXPECT_EQ(check_in(results, "stale-reads")["verdict"], "invalid");
  EXPECT_EQ(check_in(results, "phantom-reads")["verdict"], "valid") << ended_.out;
}

TEST_F(Deletes, leave_entries_that_say_so_which_are_stale_once_the_row_is_inserted) {
  const json results = results_of({"--no-faults", "--negative-entries", "--fault", "skip=invalidate=20%"});
  EXPECT_EQ(check_in(results, "stale-reads")["verdict"], "invalid");
  EXPECT_THAT(ended_.out, HasSubstr("stale"));
  const Ended checked =
      run_stalemate(folder_.path(), {"check", (only_run(folder_.path()) / "history.stale").string(), "--json"});
  EXPECT_THAT(checked.out, HasSubstr("read of no row")) << checked.err;
}

TEST_F(Deletes, agree_with_entries_that_say_so) {
  const json results = results_of({"--no-faults", "--negative-entries", "--serialize"});
  EXPECT_EQ(check_in(results, "stale-reads")["verdict"], "valid") << ended_.out;
  EXPECT_EQ(check_in(results, "convergence")["verdict"], "valid") << ended_.out;
  EXPECT_EQ(results["samples"]["incorrect"], 0) << ended_.out;
}

TEST_F(Deletes, that_cannot_be_done_or_judged_are_refused_in_one_sentence) {
  const auto refusal_of = [this](const std::vector<std::string>& more) {
    const Ended ended = run("before", with_deletes(more));
    EXPECT_EQ(ended.code, 64) << ended.err;
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    return ended.err;
  };
  EXPECT_THAT(refusal_of({"--pattern", "versioned-fill"}), HasSubstr("needs the version of a row"));
  EXPECT_THAT(refusal_of({"--pattern", "outbox"}), HasSubstr("needs an outbox in the database"));
  EXPECT_THAT(refusal_of({"--pattern", "update-after-write"}),
              HasSubstr("nothing to set unless negative_entries = true"));
  EXPECT_THAT(refusal_of({"--pattern", "lease", "--negative-entries"}),
              HasSubstr("negative_entries: the cache commands"));
  EXPECT_THAT(refusal_of({"--add-share", "0.7"}), HasSubstr("together they must be at most 1"));
}

}  // namespace
}  // namespace stalemate
