// A standby of a private PostgreSQL, and patterns that read from one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "core/text/key_names.hpp"
#include "drivers/postgres/replica.hpp"
#include "live/drivers_fixture.hpp"
#include "live/program.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
constexpr Key shoe = {3};

class ReplicaTest : public DriversLiveTest {
 protected:
  void start_with_replica(const ServerKind* database) {
    auto started = start_private_servers(
        {.database = database, .cache = &redis_kind, .replica = true, .base_folder = base_.path()});
    ASSERT_TRUE(started) << started.error().detail;
    servers_ = std::move(*started);
    ASSERT_NE(servers_->replica(), nullptr);
    make_table(6);
    const Result<void> follows = wait_for_replica(database_options(), replica_options());
    ASSERT_TRUE(follows) << follows.error().detail;
  }
  [[nodiscard]] PostgresOptions replica_options() {
    PostgresOptions options;
    options.url = servers_->replica()->facts().addresses.front().url;
    return options;
  }

  OwnFolder folder_{};
};

// It may be further ahead in a log of its own, so that its position tells nothing.
TEST_F(ReplicaTest, of_another_database_is_refused) {
  ASSERT_NO_FATAL_FAILURE(start_with_replica(&postgres_kind));
  const auto others = start_private_servers({.database = &postgres_kind, .base_folder = base_.path()});
  ASSERT_TRUE(others) << others.error().detail;
  PostgresOptions other;
  other.url = (*others)->database()->facts().addresses.front().url;
  const Result<void> refused = wait_for_replica(other, replica_options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_THAT(refused.error().detail, HasSubstr("it was made from another server's data"));
}

TEST_F(ReplicaTest, follows_the_database_answers_reads_and_takes_no_writes) {
  ASSERT_NO_FATAL_FAILURE(start_with_replica(&postgres_kind));
  PostgresSession replica(context_, replica_options());
  SessionWithReplica both(context_, database_options(), replica_options());
  OtherClient(replica_options().url).ask("SELECT pg_wal_replay_pause()");
  ASSERT_TRUE(run(both.write(shoe, 5)));
  EXPECT_EQ(run(both.read(shoe)).value()->value, 5);
  EXPECT_EQ(run(both.read_replica(shoe)).value()->value, initial_value) << "it follows later, here when it may";
  OtherClient(replica_options().url).ask("SELECT pg_wal_replay_resume()");
  ASSERT_TRUE(wait_for_replica(database_options(), replica_options()));
  EXPECT_EQ(run(both.read_replica(shoe)).value()->value, 5);
  const Result<Written> refused = run(replica.write(shoe, 6));
  ASSERT_FALSE(refused);
  const Result<void> no_standby = wait_for_replica(database_options(), database_options());
  ASSERT_FALSE(no_standby);
  EXPECT_THAT(no_standby.error().detail, HasSubstr("is no standby"));
  const pid_t pid = servers_->replica()->facts().pids.front();
  ASSERT_TRUE(servers_->stop());
  EXPECT_FALSE(process_stat(pid));
}

TEST_F(ReplicaTest, of_a_serializable_database_answers_reads) {
  ASSERT_NO_FATAL_FAILURE(start_with_replica(&serializable_postgres_kind));
  PostgresSession replica(context_, replica_options());
  EXPECT_EQ(run(replica.read(shoe)).value()->value, initial_value);
}

TEST_F(ReplicaTest, is_where_read_your_writes_reads) {
  const Ended ended =
      run_stalemate(folder_.path(), {"run", "before", "--pattern", "read-your-writes", "-d", "500ms", "--no-live"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("PostgreSQL standby"));
  EXPECT_EQ(left_running(), "");
}

TEST_F(ReplicaTest, may_be_the_users_own) {
  ASSERT_NO_FATAL_FAILURE(start_with_replica(&postgres_kind));
  const std::string cache = cache_address().url;
  const auto run_with = [&](const std::string& replica) {
    return run_stalemate(folder_.path(), {"run", "before", "--pattern", "read-your-writes", "-d", "300ms", "--no-live",
                                          "--db", database_address().url, "--cache", cache, "--replica", replica});
  };
  const Ended ended = run_with(replica_options().url);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("PostgreSQL standby"));
  const Ended refused = run_with(database_address().url);
  EXPECT_EQ(refused.code, 64) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("is no standby"));
  EXPECT_THAT(refused.err, testing::Not(HasSubstr(database_address().password)));
  const Ended alone = run_stalemate(folder_.path(), {"run", "before", "--replica", replica_options().url});
  EXPECT_EQ(alone.code, 64) << alone.err;
}

}  // namespace
}  // namespace stalemate
