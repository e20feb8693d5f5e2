#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <string>

#include "drivers/url.hpp"
#include "live/own_servers.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

class GivenServers : public OwnServersTest {};

TEST_F(GivenServers, take_one_run_at_a_time_and_the_next_as_soon_as_the_first_is_gone) {
  Program first(folder_.path(), command("before", {"-d", "5m"}));
  ASSERT_TRUE(first.says_lines(1)) << first.err();
  const Ended second = run("after", {"-d", "200ms"});
  EXPECT_EQ(second.code, 69) << second.err;
  EXPECT_EQ(second.out, "");
  EXPECT_THAT(second.err, HasSubstr("another run of stalemate is using the database postgres://"));
  EXPECT_THAT(second.err, Not(HasSubstr(database().password)));
  EXPECT_EQ(run_folders(folder_.path()).size(), 1U) << "only the first has a folder";
  first.send(SIGKILL);
  EXPECT_EQ(first.wait().signal, SIGKILL);
  const Ended third = run("after", {"-d", "200ms"});
  EXPECT_EQ(third.code, 0) << "the lock went with its connection: " << third.err;
}

TEST_F(GivenServers, take_no_second_run_on_the_same_cache_though_its_database_is_another) {
  EXPECT_EQ(sql("CREATE DATABASE other"), "CREATE DATABASE\n");
  std::string other = database().url;
  other.replace(other.rfind('/'), std::string::npos, "/other");
  const auto with_other_database = [&](const std::string& cache_url) {
    return run_stalemate(folder_.path(),
                         {"run", "before", "-d", "200ms", "--no-live", "--db", other, "--cache", cache_url});
  };
  Program first(folder_.path(), command("before", {"-d", "5m"}));
  ASSERT_TRUE(first.says_lines(1)) << first.err();
  const Ended second = with_other_database(cache().url);
  EXPECT_EQ(second.code, 69) << second.err;
  EXPECT_THAT(second.err, HasSubstr("another run of stalemate is using the cache at redis://"));
  EXPECT_THAT(second.err, Not(HasSubstr(cache().password)));
  EXPECT_EQ(run_folders(folder_.path()).size(), 1U) << "only the first has a folder";
  const Ended third = with_other_database(cache().url.substr(0, cache().url.find('/', 8)) + "/1");
  EXPECT_EQ(third.code, 0) << "another numbered database of the cache has other entries: " << third.err;
  first.send(SIGKILL);
  EXPECT_EQ(first.wait().signal, SIGKILL);
  const Ended fourth = with_other_database(cache().url);
  EXPECT_EQ(fourth.code, 0) << "the claim went with its connection: " << fourth.err;
}

TEST_F(GivenServers, that_have_too_few_connections_left_are_told_at_once_with_the_figures) {
  const std::string allowed = sql("SHOW max_connections");
  const Ended ended = run("before", {"-d", "200ms", "--clients", "4096"});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("4,096 clients need 4,098 connections"));
  EXPECT_THAT(ended.err, HasSubstr("max_connections is " + allowed.substr(0, allowed.find('\n')) + ","));
  EXPECT_THAT(ended.err, Not(HasSubstr(database().password)));
  EXPECT_TRUE(run_folders(folder_.path()).empty());
}

// A run on two databases would find half of the reads stale, and accuse both.
TEST_F(GivenServers, that_are_not_one_database_are_refused_before_anything_is_written) {
  auto others = start_private_servers({.database = &postgres_kind, .base_folder = base_.path()});
  ASSERT_TRUE(others) << others.error().detail;
  const std::string other_server = (*others)->database()->facts().addresses.front().url;
  EXPECT_EQ(sql("CREATE DATABASE other"), "CREATE DATABASE\n");
  EXPECT_EQ(sql("CREATE SCHEMA elsewhere"), "CREATE SCHEMA\n");
  const std::string other_database = database().url.substr(0, database().url.rfind('/')) + "/other";
  const std::string other_schema = database().url + "?options=-csearch_path%3Delsewhere";
  for (const std::string& other : {other_server, other_database, other_schema}) {
    for (const bool is_first : {false, true}) {
      const Ended ended =
          run_stalemate(folder_.path(), {"run", "after", "-d", "200ms", "--no-live", "--db",
                                         is_first ? other : database().url, "--db", is_first ? database().url : other});
      EXPECT_EQ(ended.code, 64) << ended.err;
      EXPECT_THAT(ended.err,
                  testing::StartsWith("stalemate: --db: " + url_without_password(is_first ? database().url : other) +
                                      " is not the same database as "));
      EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    }
  }
  EXPECT_EQ(sql("SELECT count(*) FROM pg_class WHERE relname = 'stock'"), "0\n");
  EXPECT_TRUE(run_folders(folder_.path()).empty());
  const Ended same = run_stalemate(folder_.path(), {"run", "after", "-d", "200ms", "--no-live", "--db", database().url,
                                                    "--db", database().socket_url});
  EXPECT_EQ(same.code, 0) << "two addresses of one server: " << same.err;
}

TEST_F(GivenServers, hear_no_word_that_is_not_asked_for_and_are_named_while_they_are_prepared) {
  const Ended told = run("before", {"-d", "200ms"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr("before: preparing the table stock of postgres://"));
  EXPECT_THAT(told.err, Not(HasSubstr(database().password)));
  EXPECT_EQ(run("before", {"-d", "200ms", "--no-live"}).err, "");
  const Ended private_ones = run_stalemate(folder_.path(), {"run", "before", "-d", "200ms"});
  EXPECT_THAT(private_ones.err, HasSubstr("before: starting PostgreSQL and Redis ...\n"));
}

TEST_F(GivenServers, are_named_in_a_command_to_repeat_the_run_that_a_shell_takes) {
  const Ended ended = run("before", {"-d", "200ms", "--no-live", "--out", "a b"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("stalemate run 'a b/before/"));
}

}  // namespace
}  // namespace stalemate
