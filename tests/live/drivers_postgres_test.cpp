#include "drivers/postgres/session.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "core/text/key_names.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/keeper/processes.hpp"

namespace stalemate {
namespace {

class DriversPostgresTest : public DriversLiveTest {
 protected:
  void SetUp() override { start(&postgres_kind, nullptr); }

  // Starts a write of key 0 that waits for the lock which `other` holds on the row.
  Task<Result<Written>> start_blocked_write(PostgresSession& session, OtherClient& other, OtherClient& watcher) {
    other.ask("BEGIN");
    other.ask("UPDATE stock SET quantity = 77 WHERE product_id = '" + std::string(product_id(Key(0)).view()) + "'");
    Task<Result<Written>> write = session.write(Key(0), 78);
    write.start();
    watcher.await_lock_waits(1);
    return write;
  }
  Result<Written> end_of(Task<Result<Written>>& write) {
    while (!write.done()) {
      let_run(std::chrono::milliseconds(5));
    }
    return write.take();
  }
};

TEST_F(DriversPostgresTest, reads_writes_and_surveys_rows) {
  make_table(1000);
  PostgresSession session(context_, database_options());
  const auto facts = run(session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "PostgreSQL");
  EXPECT_EQ(facts->isolation, "read committed");
  EXPECT_EQ(run(session.read(Key(5))).value()->value, initial_value);
  const auto first = run(session.write(Key(5), -3));
  const auto second = run(session.write(Key(5), 4));
  ASSERT_TRUE(first && second);
  EXPECT_LT(first->version, second->version);
  EXPECT_EQ(run(session.read(Key(5))).value()->value, 4);
  EXPECT_EQ(run(session.read(Key(1000))).value(), std::nullopt);
  const auto missing = run(session.write(Key(1000), 1));
  EXPECT_EQ(missing.error().outcome, Outcome::fail);
  std::vector<Value> values(1002);
  ASSERT_TRUE(run(session.read_rows(Key(0), values)));
  for (std::uint32_t key = 0; key < values.size(); ++key) {
    EXPECT_EQ(values[key], key == 5 ? 4 : key < 1000 ? initial_value : absent) << key;
  }
}

TEST_F(DriversPostgresTest, runs_at_the_isolation_level_it_was_told) {
  PostgresOptions options = database_options();
  const std::vector<std::pair<Isolation, std::string>> levels = {{Isolation::serializable, "serializable"},
                                                                 {Isolation::repeatable_read, "repeatable read"},
                                                                 {Isolation::read_committed, "read committed"}};
  for (const auto& [level, name] : levels) {
    options.isolation = level;
    PostgresSession session(context_, options);
    const auto facts = run(session.connect());
    ASSERT_TRUE(facts) << facts.error().detail;
    EXPECT_EQ(facts->isolation, name);
  }
}

TEST_F(DriversPostgresTest, a_write_that_lost_a_conflict_is_tried_again_and_counted) {
  make_table(6);
  PostgresOptions options = database_options();
  options.isolation = Isolation::serializable;
  PostgresSession session(context_, options);
  ASSERT_TRUE(run(session.connect()));
  OtherClient other(options.url);
  OtherClient watcher(options.url);
  Task<Result<Written>> write = start_blocked_write(session, other, watcher);
  other.ask("COMMIT");
  const auto written = end_of(write);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->retries, 1);
  EXPECT_EQ(
      watcher.ask("SELECT quantity FROM stock WHERE product_id = '" + std::string(product_id(Key(0)).view()) + "'"),
      "78");
}

TEST_F(DriversPostgresTest, a_write_beyond_its_time_limit_is_uncertain) {
  make_table(6);
  PostgresOptions options = database_options();
  PostgresSession unhurried(context_, options);
  options.op_limit_ns = 200'000'000;
  PostgresSession session(context_, options);
  ASSERT_TRUE(run(session.connect()));
  OtherClient other(options.url);
  OtherClient watcher(options.url);
  Task<Result<Written>> write = start_blocked_write(session, other, watcher);
  const auto late = end_of(write);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timed_out);
  EXPECT_EQ(late.error().outcome, Outcome::info);
  other.ask("COMMIT");
  EXPECT_TRUE(run(unhurried.write(Key(0), 80)));
}

TEST_F(DriversPostgresTest, a_connection_ended_by_the_server_is_uncertain_in_a_call_and_free_between_calls) {
  make_table(6);
  PostgresSession session(context_, database_options());
  ASSERT_TRUE(run(session.connect()));
  OtherClient other(database_options().url);
  OtherClient watcher(database_options().url);
  const std::string end_the_session =
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'stalemate'";
  Task<Result<Written>> write = start_blocked_write(session, other, watcher);
  watcher.ask(end_the_session);
  const auto ended = end_of(write);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::unavailable) << ended.error().detail;
  EXPECT_EQ(ended.error().outcome, Outcome::info);
  other.ask("ROLLBACK");
  ASSERT_TRUE(run(session.write(Key(0), 81)));
  const pid_t backend = std::stoi(
      watcher.ask("SELECT pid FROM pg_stat_activity WHERE application_name = 'stalemate' AND state = 'idle'"));
  EXPECT_EQ(watcher.ask(end_the_session), "1");
  // Only a process that is gone has closed its socket for certain.
  while (process_stat(backend) && process_stat(backend)->state != 'Z') {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(run(session.write(Key(0), 82)));
}

TEST_F(DriversPostgresTest, outlives_a_server_that_is_killed_and_started_again) {
  make_table(6);
  PostgresSession session(context_, database_options());
  ASSERT_TRUE(run(session.write(Key(0), 1)));
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::kill));
  const auto during = run(session.write(Key(0), 2));
  ASSERT_FALSE(during);
  EXPECT_EQ(during.error().outcome, Outcome::fail) << "the loss was known before anything was sent";
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::start));
  bool served = false;
  for (int attempt = 0; attempt < 3000 && !served; ++attempt) {
    served = run(session.write(Key(0), 3)).has_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(served);
}

TEST_F(DriversPostgresTest, an_error_at_the_commit_is_uncertain) {
  make_table(6);
  OtherClient other(database_options().url);
  other.ask(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN RAISE EXCEPTION ''not at the commit''; END'");
  other.ask(
      "CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON stock DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION refuse()");
  PostgresSession session(context_, database_options());
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto refused = run(session.write(Key(0), 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::refused_by_server) << refused.error().detail;
    EXPECT_EQ(refused.error().outcome, Outcome::info);
  }
  EXPECT_EQ(run(session.read(Key(0))).value()->value, initial_value);
}

TEST_F(DriversPostgresTest, a_login_that_cannot_be_is_told_by_its_reason) {
  const ServerAddress address = database_address();
  const std::string place = "@127.0.0.1:" + std::to_string(address.port) + "/";
  PostgresOptions options;
  options.url = "postgres://" + address.user + ":hunter2" + place + address.database;
  PostgresSession wrong_password(context_, options);
  const auto refused = run(wrong_password.connect());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::authentication) << refused.error().detail;
  EXPECT_EQ(refused.error().detail.find("hunter2"), std::string::npos);
  options.url = "postgres://" + address.user + ":" + address.password + place + "nowhere";
  PostgresSession wrong_database(context_, options);
  EXPECT_EQ(run(wrong_database.connect()).error().code, ErrorCode::unknown_database);
  options.url = address.socket_url;
  PostgresSession through_socket(context_, options);
  EXPECT_TRUE(run(through_socket.connect()));
}

TEST_F(DriversPostgresTest, a_table_made_after_the_session_connected_serves_it) {
  PostgresSession session(context_, database_options());
  ASSERT_TRUE(run(session.connect()));
  EXPECT_EQ(run(session.read(Key(0))).error().code, ErrorCode::unknown_table);
  make_table(6);
  EXPECT_EQ(run(session.read(Key(0))).value()->value, initial_value);
}

}  // namespace
}  // namespace stalemate
