#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "living.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/probes.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/keeper/processes.hpp"
#include "servers/keeper/regardless.hpp"
#include "servers/standing_servers.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using test::comes_true;
using test::is_there;
using testing::HasSubstr;
constexpr Nanoseconds second_ns = 1'000'000'000;

class StandingServersTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(take_down("", base_.path())); }

  PrivateServersOptions options(const ServerKind* database, const ServerKind* cache) {
    return {.database = database, .cache = cache, .base_folder = base_.path()};
  }

  StandingServers up(std::string_view name, const PrivateServersOptions& wanted) {
    auto standing = bring_up(name, wanted);
    EXPECT_TRUE(standing) << standing.error().detail;
    return standing.value_or(StandingServers{});
  }

  OwnFolder base_{OwnFolder::passable};
};

TEST_F(StandingServersTest, are_up_until_they_are_taken_down) {
  const StandingServers before = up("before", options(&postgres_kind, &redis_kind));
  ASSERT_EQ(before.servers.size(), 2U);
  EXPECT_FALSE(before.was_up_already);
  const ServerFacts& database = before.servers[0].facts;
  const ServerFacts& cache = before.servers[1].facts;
  EXPECT_EQ(before.servers[0].role, "database");
  EXPECT_EQ(before.servers[1].role, "cache");
  EXPECT_TRUE(ask_postgres(database.addresses.front(), "SELECT 1", second_ns));
  EXPECT_TRUE(ask_redis(cache.addresses.front(), second_ns));

  const auto status = standing_servers(base_.path());
  ASSERT_TRUE(status);
  ASSERT_EQ(status->size(), 1U);
  EXPECT_EQ(status->front().name, "before");
  EXPECT_TRUE(status->front().servers[0].serves());
  EXPECT_TRUE(status->front().servers[1].serves());
  EXPECT_EQ(status->front().servers[0].facts.addresses.front().client_command,
            database.addresses.front().client_command);

  const auto taken = take_down("before", base_.path());
  ASSERT_TRUE(taken) << taken.error().detail;
  EXPECT_EQ(taken->size(), 1U);
  EXPECT_FALSE(is_there(database.pids.front()));
  EXPECT_FALSE(is_there(cache.pids.front()));
  EXPECT_FALSE(std::filesystem::exists(before.folder));
  EXPECT_TRUE(take_down("before", base_.path())->empty());
  EXPECT_TRUE(standing_servers(base_.path())->empty());
}

TEST_F(StandingServersTest, belong_to_no_process_of_ours) {
  const StandingServers standing = up("cache", options(nullptr, &redis_kind));
  const pid_t server = standing.servers.front().facts.pids.front();
  EXPECT_EQ(getsid(server), server);
  EXPECT_NE(process_stat(server)->parent, getpid());
  EXPECT_TRUE(descendants_of(all_processes(), getpid()).empty()) << "no keeper is left either";
}

TEST_F(StandingServersTest, say_so_when_they_are_up_already) {
  const StandingServers first = up("cache", options(nullptr, &redis_kind));
  const StandingServers again = up("cache", options(nullptr, &redis_kind));
  EXPECT_TRUE(again.was_up_already);
  EXPECT_EQ(again.servers.front().facts.addresses.front().url, first.servers.front().facts.addresses.front().url);
  EXPECT_EQ(again.servers.front().facts.pids, first.servers.front().facts.pids);
}

TEST_F(StandingServersTest, are_made_anew_when_they_have_died) {
  const StandingServers first = up("cache", options(nullptr, &redis_kind));
  const pid_t dead = first.servers.front().facts.pids.front();
  kill(dead, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return !is_there(dead); }));
  EXPECT_FALSE(standing_servers(base_.path())->front().servers.front().serves());
  const StandingServers again = up("cache", options(nullptr, &redis_kind));
  EXPECT_FALSE(again.was_up_already);
  EXPECT_TRUE(ask_redis(again.servers.front().facts.addresses.front(), second_ns));
}

TEST_F(StandingServersTest, go_down_by_name_and_leave_the_others) {
  const StandingServers one = up("one", options(nullptr, &redis_kind));
  const StandingServers two = up("two", options(nullptr, &redis_kind));
  ASSERT_EQ(take_down("one", base_.path())->size(), 1U);
  EXPECT_FALSE(is_there(one.servers.front().facts.pids.front()));
  EXPECT_TRUE(ask_redis(two.servers.front().facts.addresses.front(), second_ns));
  EXPECT_EQ(take_down("", base_.path())->size(), 1U);
  EXPECT_FALSE(is_there(two.servers.front().facts.pids.front()));
}

TEST_F(StandingServersTest, leave_nothing_when_half_of_them_fails) {
  PrivateServersOptions hasty = options(&postgres_kind, &redis_kind);
  hasty.ready_limit_ns = 20'000'000;
  const auto standing = bring_up("before", hasty);
  ASSERT_FALSE(standing);
  EXPECT_EQ(standing.error().code, ErrorCode::timed_out);
  EXPECT_FALSE(std::filesystem::exists(base_.path() / "up-before"));
  EXPECT_TRUE(descendants_of(all_processes(), getpid()).empty());
}

TEST_F(StandingServersTest, leave_nothing_when_the_program_is_killed_on_the_way_up) {
  const pid_t child = fork();
  if (child == 0) {
    regardless(bring_up("before", options(&postgres_kind, &redis_kind)));
    _exit(0);
  }
  const std::filesystem::path folder = base_.path() / "up-before";
  EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(folder / "postgres"); }));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(comes_true([&] { return !std::filesystem::exists(folder); }));
}

TEST_F(StandingServersTest, have_simple_names) {
  for (const char* const name : {"", "../run", "a b", "Up"}) {
    const auto standing = bring_up(name, options(nullptr, &redis_kind));
    ASSERT_FALSE(standing) << name;
    EXPECT_EQ(standing.error().code, ErrorCode::wrong_type);
    EXPECT_THAT(standing.error().detail, HasSubstr("a-z"));
  }
}

}  // namespace
}  // namespace stalemate
