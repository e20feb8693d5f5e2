#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/text/key_names.hpp"
#include "drivers/mariadb/session.hpp"
#include "live/forwarder.hpp"
#include "live/mariadb_fixture.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

// How many transactions wait for a row's lock. The table innodb_trx would be no newer than its last reader.
constexpr const char* waits_text =
    "SELECT variable_value FROM information_schema.global_status"
    " WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'";

std::string row_of(Key key) {
  return " WHERE product_id = '" + std::string(product_id(key).view()) + "'";
}

class DriversMariaDbTest : public MariaDbLiveTest {
 protected:
  // Starts a write of key 0 that waits for the lock which `other` holds on the row.
  Task<Result<Written>> start_blocked_write(MariaDbSession& session, OtherMariaDbClient& other,
                                            OtherMariaDbClient& watcher) {
    other.ask("START TRANSACTION");
    other.ask("UPDATE stock SET quantity = 77" + row_of(Key(0)));
    Task<Result<Written>> write = session.write(Key(0), 78);
    write.start();
    await([&] { return watcher.ask(waits_text) == "1"; });
    return write;
  }
  static std::string end_sessions(OtherMariaDbClient& watcher) {
    const std::string id = watcher.ask(
        "SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE stock%' AND id <> CONNECTION_ID()");
    watcher.ask("KILL CONNECTION " + id);
    return id;
  }
};

TEST_F(DriversMariaDbTest, reads_writes_and_surveys_rows) {
  make_table(1000);
  MariaDbSession session(context_, options());
  const auto facts = run(session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "MariaDB");
  EXPECT_THAT(facts->version, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_EQ(facts->isolation, "repeatable read");
  const auto row = run(session.read(Key(5)));
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row.value()->value, initial_value);
  EXPECT_EQ(row.value()->version, unknown_version);
  const auto first = run(session.write(Key(5), -3));
  ASSERT_TRUE(first) << first.error().detail;
  const auto second = run(session.write(Key(5), 4));
  ASSERT_TRUE(second);
  EXPECT_EQ(first->version, 2U);
  EXPECT_EQ(second->version, 3U);
  EXPECT_EQ(run(session.read(Key(5))).value()->value, 4);
  EXPECT_EQ(run(session.read(Key(1000))).value(), std::nullopt);
  const auto missing = run(session.write(Key(1000), 1));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().outcome, Outcome::fail);
  std::vector<Value> values(1002);
  const auto surveyed = run(session.read_rows(Key(0), values));
  ASSERT_TRUE(surveyed) << surveyed.error().detail;
  for (std::uint32_t key = 0; key < values.size(); ++key) {
    EXPECT_EQ(values[key], key == 5 ? 4 : key < 1000 ? initial_value : absent) << key;
  }
}

TEST_F(DriversMariaDbTest, tells_the_rows_version_where_it_is_wanted) {
  make_table(6);
  MariaDbOptions versions = options();
  versions.row_versions = true;
  MariaDbSession session(context_, versions);
  EXPECT_EQ(run(session.read(Key(2))).value()->version, 1U);
  EXPECT_EQ(run(session.write(Key(2), 5))->row_version, 2U);
  EXPECT_EQ(run(session.read(Key(2))).value()->version, 2U);
}

TEST_F(DriversMariaDbTest, a_message_is_left_in_the_transaction_of_its_write) {
  make_table(6, true);
  MariaDbOptions outbox = options();
  outbox.outbox = true;
  MariaDbSession session(context_, outbox);
  const auto written = run(session.write_with_message(Key(1), 17));
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->version, 2U);
  const auto messages = run(session.ask("SELECT product_id, quantity FROM stock_outbox"));
  ASSERT_TRUE(messages) << messages.error().detail;
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front(), (std::vector<std::string>{std::string(product_id(Key(1)).view()), "17"}));
  const auto missing = run(session.write_with_message(Key(6), 18));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().outcome, Outcome::fail);
  EXPECT_EQ(run(session.ask("SELECT COUNT(*) FROM stock_outbox"))->front().front(), "1");
}

TEST_F(DriversMariaDbTest, a_message_that_cannot_be_left_undoes_its_write) {
  make_table(6, true);
  MariaDbSession session(context_, options());
  OtherMariaDbClient other(options());
  other.ask("DROP TABLE stock_outbox");
  const auto refused = run(session.write_with_message(Key(1), 17));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unknown_table) << refused.error().detail;
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_EQ(run(session.read(Key(1))).value()->value, initial_value);
  // Not only unseen: the row is not locked any more either.
  other.ask("SET SESSION innodb_lock_wait_timeout = 1");
  other.ask("UPDATE stock SET quantity = 5" + row_of(Key(1)));
}

TEST_F(DriversMariaDbTest, a_write_that_the_server_rolls_back_certainly_did_not_happen) {
  make_table(6);
  MariaDbSession session(context_, options());
  const auto refused = run(session.write_rolled_back(Key(1), 17));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused_by_server);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_THAT(refused.error().detail, HasSubstr("the fault refused rolls back 17"));
  EXPECT_EQ(run(session.read(Key(1))).value()->value, initial_value);
  EXPECT_EQ(run(session.write(Key(1), 18))->version, 2U);
}

TEST_F(DriversMariaDbTest, a_write_that_lost_a_deadlock_is_tried_again_and_counted) {
  make_table(6, true);
  MariaDbSession session(context_, options());
  OtherMariaDbClient other(options());
  OtherMariaDbClient watcher(options());
  // The other has the outbox, wants the row, and is the dearer one to undo.
  other.ask("START TRANSACTION");
  for (int change = 1; change <= 200; ++change) {
    other.ask("UPDATE stock SET quantity = " + std::to_string(change) + row_of(Key(5)));
  }
  other.ask("SELECT * FROM stock_outbox WHERE id > 0 FOR UPDATE");
  Task<Result<Written>> write = session.write_with_message(Key(0), 78);
  write.start();
  std::thread waiting;
  while (!write.done()) {
    context_.restart();
    context_.run_for(std::chrono::milliseconds(5));
    if (!waiting.joinable() && watcher.ask(waits_text) == "1") {
      waiting = std::thread([&other] {
        other.ask("UPDATE stock SET quantity = 77" + row_of(Key(0)));
        other.ask("COMMIT");
      });
    }
  }
  waiting.join();
  const auto written = write.take();
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_GE(written->retries, 1);
  EXPECT_EQ(watcher.ask("SELECT quantity FROM stock" + row_of(Key(0))), "78");
}

TEST_F(DriversMariaDbTest, a_write_beyond_its_time_limit_is_uncertain) {
  make_table(6);
  MariaDbSession unhurried(context_, options());
  MariaDbOptions hurried = options();
  hurried.op_limit_ns = 200'000'000;
  MariaDbSession session(context_, hurried);
  ASSERT_TRUE(run(session.connect()));
  OtherMariaDbClient other(options());
  OtherMariaDbClient watcher(options());
  Task<Result<Written>> write = session.write(Key(0), 78);
  other.ask("START TRANSACTION");
  other.ask("UPDATE stock SET quantity = 77" + row_of(Key(0)));
  write.start();
  const auto late = end_of(write);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timed_out);
  EXPECT_EQ(late.error().outcome, Outcome::info);
  other.ask("COMMIT");
  EXPECT_TRUE(run(unhurried.write(Key(0), 80)));
  EXPECT_TRUE(run(session.write(Key(0), 81)));
}

TEST_F(DriversMariaDbTest, a_connection_ended_by_the_server_is_uncertain_in_a_call_and_free_between_calls) {
  make_table(6);
  MariaDbSession session(context_, options());
  ASSERT_TRUE(run(session.connect()));
  OtherMariaDbClient other(options());
  OtherMariaDbClient watcher(options());
  Task<Result<Written>> write = start_blocked_write(session, other, watcher);
  static_cast<void>(end_sessions(watcher));
  const auto ended = end_of(write);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().outcome, Outcome::info) << ended.error().detail;
  other.ask("ROLLBACK");
  ASSERT_TRUE(run(session.write(Key(0), 81)));
  const auto own_id = run(session.ask("SELECT CONNECTION_ID()"));
  watcher.ask("KILL CONNECTION " + own_id->front().front());
  await([&] {
    return watcher.ask("SELECT COUNT(*) FROM information_schema.processlist WHERE id = " + own_id->front().front()) ==
           "0";
  });
  EXPECT_TRUE(run(session.write(Key(0), 82)));
}

TEST_F(DriversMariaDbTest, outlives_a_server_that_is_killed_and_started_again) {
  make_table(6);
  MariaDbSession session(context_, options());
  ASSERT_TRUE(run(session.write(Key(0), 1)));
  ASSERT_TRUE(server().kill_now());
  const auto dead = run(session.write(Key(0), 2));
  ASSERT_FALSE(dead);
  EXPECT_EQ(dead.error().outcome, Outcome::fail) << dead.error().detail;
  EXPECT_EQ(dead.error().code, ErrorCode::connection_refused) << dead.error().detail;
  ASSERT_TRUE(server().start_again());
  await([&] { return run(session.write(Key(0), 3)).has_value(); });
  EXPECT_EQ(run(session.read(Key(0))).value()->value, 3);
}

TEST_F(DriversMariaDbTest, a_server_that_falls_silent_costs_its_limit_and_no_more) {
  make_table(6);
  Forwarder forwarder(address().port);
  MariaDbOptions hurried = options();
  hurried.url = forwarder.url_like(hurried.url);
  hurried.op_limit_ns = 100'000'000;
  hurried.connect_limit_ns = 100'000'000;
  MariaDbSession session(context_, hurried);
  ASSERT_TRUE(run(session.write(Key(0), 1)));
  forwarder.freeze();
  const auto silent = run(session.write(Key(0), 2));
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::timed_out);
  EXPECT_EQ(silent.error().outcome, Outcome::info);
  const auto connecting = run(session.write(Key(0), 2));
  ASSERT_FALSE(connecting);
  EXPECT_EQ(connecting.error().code, ErrorCode::timed_out) << connecting.error().detail;
  EXPECT_EQ(connecting.error().outcome, Outcome::fail);
}

TEST_F(DriversMariaDbTest, may_be_destroyed_while_a_call_waits) {
  make_table(6);
  OtherMariaDbClient other(options());
  OtherMariaDbClient watcher(options());
  auto session = std::make_unique<MariaDbSession>(context_, options());
  ASSERT_TRUE(run(session->connect()));
  Task<Result<Written>> write = start_blocked_write(*session, other, watcher);
  session.reset();
  EXPECT_FALSE(write.done());
}

TEST_F(DriversMariaDbTest, a_login_that_cannot_be_is_told_by_its_reason) {
  MariaDbOptions wrong = options();
  wrong.url = "mysql://stalemate:not-this-one@127.0.0.1:" + std::to_string(address().port) + "/stalemate";
  MariaDbSession session(context_, wrong);
  const auto password = run(session.connect());
  ASSERT_FALSE(password);
  EXPECT_EQ(password.error().code, ErrorCode::authentication) << password.error().detail;
  EXPECT_THAT(password.error().detail, Not(HasSubstr("not-this-one")));
  EXPECT_THAT(password.error().detail, HasSubstr("the password was the one in its URL"));
  wrong.url = address().url + "2";
  MariaDbSession second(context_, wrong);
  const auto database = run(second.connect());
  ASSERT_FALSE(database);
  EXPECT_EQ(database.error().code, ErrorCode::unknown_database) << database.error().detail;
  wrong.url = "mysql://stalemate:secret@127.0.0.1:1/stalemate";
  MariaDbSession third(context_, wrong);
  const auto nobody = run(third.connect());
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::connection_refused) << nobody.error().detail;
  EXPECT_THAT(nobody.error().detail, Not(HasSubstr("secret")));
}

TEST_F(DriversMariaDbTest, a_table_made_after_the_session_connected_serves_it) {
  MariaDbSession session(context_, options());
  ASSERT_TRUE(run(session.connect()));
  const auto none = run(session.read(Key(0)));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::unknown_table) << none.error().detail;
  EXPECT_EQ(none.error().outcome, Outcome::fail);
  make_table(6);
  EXPECT_EQ(run(session.read(Key(0))).value()->value, initial_value);
  make_table(7);
  EXPECT_EQ(run(session.read(Key(6))).value()->value, initial_value) << "its statements outlive the table's exchange";
}

TEST_F(DriversMariaDbTest, serves_over_its_unix_socket) {
  make_table(6);
  MariaDbOptions socket = options();
  socket.url = address().socket_url;
  MariaDbSession session(context_, socket);
  const auto row = run(session.read(Key(0)));
  ASSERT_TRUE(row) << row.error().detail;
  EXPECT_EQ(row.value()->value, initial_value);
}

}  // namespace
}  // namespace stalemate
