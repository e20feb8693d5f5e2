// Whole runs on a MariaDB: a private one, and one that the test starts and names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "live/mariadb_fixture.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(PrivateMariaDb, serves_a_run_and_is_gone_after_it) {
  const OwnFolder folder;
  const Ended ended =
      run_stalemate(folder.path(), {"run", "before", "--db", "mariadb", "-d", "2s", "-r", "2ms", "-w", "4ms"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("before: starting MariaDB and Redis ...\n"));
  const nlohmann::json results = results_in(only_run(folder.path()));
  EXPECT_EQ(results["engines"][0]["name"], "MariaDB");
  EXPECT_EQ(results["engines"][0]["isolation"], "repeatable read");
  EXPECT_GT(results["reads"]["ok"], 0);
  EXPECT_GT(results["writes"]["ok"], 0);
  EXPECT_EQ(left_running(), "");
}

// The version of a row as the order of its writes: with it every read can be judged.
TEST(PrivateMariaDb, alone_is_judged_exactly_and_found_right) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"run", "after", "--db", "mariadb", "-d", "2s", "-r", "1ms", "-w",
                                                    "1ms", "--clients", "8", "--no-live"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const nlohmann::json results = results_in(only_run(folder.path()));
  EXPECT_EQ(results["verdict"], "valid") << ended.out;
  for (const nlohmann::json& check : results["checks"]) {
    EXPECT_EQ(check["unjudged"], 0) << check;
  }
}

TEST(PrivateMariaDb, is_refused_for_what_it_cannot_do_before_anything_is_started) {
  const OwnFolder folder;
  for (const auto& [pattern, lacks] : std::vector<std::pair<std::string, std::string>>{
           {"cdc-invalidate", "the database's log of changes"}, {"read-your-writes", "a replica"}}) {
    const Ended ended =
        run_stalemate(folder.path(), {"run", "before", "--db", "mariadb", "--pattern", pattern, "-d", "1s"});
    EXPECT_EQ(ended.code, 64) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("needs " + lacks + ", which MariaDB does not have"));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
  }
  EXPECT_TRUE(run_folders(folder.path()).empty());
}

class GivenMariaDb : public MariaDbLiveTest {
 protected:
  [[nodiscard]] Ended run_after(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"run", "after", "--db", address().url, "-d", "500ms", "--no-live"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return run_stalemate(folder_.path(), words);
  }

  OwnFolder folder_{};
};

TEST_F(GivenMariaDb, takes_one_run_at_a_time_and_the_next_as_soon_as_the_first_is_gone) {
  Program first(folder_.path(), {"run", "after", "--db", address().url, "-d", "5m"});
  ASSERT_TRUE(first.says_lines(1)) << first.err();
  const Ended second = run_after({});
  EXPECT_EQ(second.code, 69) << second.err;
  EXPECT_THAT(second.err, HasSubstr("another run of stalemate is using the database mysql://"));
  EXPECT_THAT(second.err, Not(HasSubstr(address().password)));
  first.send(SIGKILL);
  EXPECT_EQ(first.wait().signal, SIGKILL);
  const Ended third = run_after({});
  EXPECT_EQ(third.code, 0) << "the lock went with its connection: " << third.err;
}

TEST_F(GivenMariaDb, that_is_not_ours_to_overwrite_is_left_as_it_was) {
  OtherMariaDbClient other(options());
  other.ask("CREATE TABLE stock (id INT)");
  const Ended refused = run_after({});
  EXPECT_EQ(refused.code, 69) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("a table 'stock' exists that stalemate did not make (its columns: id int)"));
  EXPECT_EQ(run_after({"--replace"}).code, 0);
}

TEST_F(GivenMariaDb, that_cannot_be_reached_is_told_in_one_sentence_without_its_password) {
  const Ended wrong =
      run_stalemate(folder_.path(), {"run", "after", "--no-live", "--db", "mysql://a:hush@127.0.0.1:1/b"});
  EXPECT_EQ(wrong.code, 69) << wrong.err;
  EXPECT_THAT(wrong.err, StartsWith("stalemate: the database at mysql://a:***@127.0.0.1:1/b cannot be reached: "));
  EXPECT_EQ(std::ranges::count(wrong.err, '\n'), 1) << wrong.err;
  const Ended malformed =
      run_stalemate(folder_.path(), {"run", "after", "--no-live", "--db", "mysql://a:hush@localhost"});
  EXPECT_EQ(malformed.code, 64) << malformed.err;
  EXPECT_THAT(malformed.err, Not(HasSubstr("hush")));
}

TEST_F(GivenMariaDb, that_has_too_few_connections_left_is_told_at_once_with_the_figures) {
  const Ended ended = run_after({"--clients", "4096"});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("4,096 clients need 4,096 connections"));
  EXPECT_THAT(ended.err, Not(HasSubstr(address().password)));
}

}  // namespace
}  // namespace stalemate
