// What a MariaDbSession makes of a server's answers, and of servers that behave oddly.
#include "drivers/mariadb/session.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>
#include <vector>

#include "drivers/run_task.hpp"
#include "unit/drivers/byte_server.hpp"
#include "unit/drivers/mariadb_script.hpp"

namespace stalemate {
namespace {

using namespace mariadb_script;

MariaDbOptions mariadb_at(std::uint16_t port) {
  MariaDbOptions options;
  options.url = "mysql://me:secret@127.0.0.1:" + std::to_string(port) + "/shop";
  return options;
}

class MariaDbSessionTest : public testing::Test {
 protected:
  Result<std::optional<Row>> read(MariaDbSession& session) { return run_task(context, session.read(Key(0))); }
  Result<Written> write(MariaDbSession& session) { return run_task(context, session.write(Key(0), 7)); }

  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

TEST_F(MariaDbSessionTest, learns_who_the_server_is_and_reads_rows_and_their_absence) {
  ByteServer server(
      {after_login({request(), send_bytes(row(-5)), request(), send_bytes(no_row()), hold_connection()})});
  MariaDbSession session(context, mariadb_at(server.port()));
  const auto facts = run_task(context, session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "MariaDB");
  EXPECT_EQ(facts->version, "10.11.6");
  EXPECT_EQ(facts->isolation, "repeatable read");
  const auto found = read(session);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found.value()->value, -5);
  EXPECT_EQ(read(session).value(), std::nullopt);
}

// Without them a repeatable read loses updates, so that it is another level under the same name.
TEST_F(MariaDbSessionTest, tells_a_repeatable_read_that_has_snapshots_from_one_that_has_not) {
  for (const auto& [isolation, snapshots, told] :
       std::vector<std::array<std::string, 3>>{{"REPEATABLE-READ", "OFF", "repeatable read"},
                                               {"REPEATABLE-READ", "ON", "repeatable read, innodb_snapshot_isolation"},
                                               {"READ-COMMITTED", "ON", "read committed"}}) {
    ByteServer server({after_login({hold_connection()}, facts(isolation, snapshots))});
    MariaDbSession session(context, mariadb_at(server.port()));
    const auto facts_told = run_task(context, session.connect());
    ASSERT_TRUE(facts_told) << facts_told.error().detail;
    EXPECT_EQ(facts_told->isolation, told);
  }
}

TEST_F(MariaDbSessionTest, takes_an_answer_that_comes_byte_by_byte) {
  Conversation talk = after_login({request()});
  for (const char byte : row(17)) {
    talk.push_back(send_bytes(std::string(1, byte)));
  }
  talk.push_back(hold_connection());
  ByteServer server({talk});
  MariaDbSession session(context, mariadb_at(server.port()));
  const auto found = read(session);
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found.value()->value, 17);
}

TEST_F(MariaDbSessionTest, a_write_brings_its_rows_version_and_conflicts_are_tried_again_and_counted) {
  ByteServer server(
      {after_login({request(), send_bytes(refused(1213, "40001")), request(), send_bytes(refused(1213, "40001")),
                    request(), send_bytes(written(41)), hold_connection()})});
  MariaDbSession session(context, mariadb_at(server.port()));
  const auto done = write(session);
  ASSERT_TRUE(done) << done.error().detail;
  EXPECT_EQ(done->version, 41U);
  EXPECT_EQ(done->retries, 2);
}

TEST_F(MariaDbSessionTest, conflicts_without_end_are_given_up) {
  Conversation talk = after_login({});
  MariaDbOptions options;
  for (int each = 0; each <= options.retries_max; ++each) {
    talk.insert(talk.end(), {request(), send_bytes(refused(1213, "40001"))});
  }
  talk.push_back(hold_connection());
  ByteServer server({talk});
  MariaDbSession session(context, mariadb_at(server.port()));
  const auto done = write(session);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::serialization_failure);
  EXPECT_EQ(done.error().outcome, Outcome::fail);
}

TEST_F(MariaDbSessionTest, a_connection_lost_before_the_answer_leaves_it_open_whether_the_write_happened) {
  for (const Act& end : {close_connection(), reset_connection()}) {
    ByteServer server({after_login({request(), end})});
    MariaDbSession session(context, mariadb_at(server.port()));
    const auto lost = write(session);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::connection_lost) << lost.error().detail;
    EXPECT_EQ(lost.error().outcome, Outcome::info);
  }
}

TEST_F(MariaDbSessionTest, a_server_told_to_stop_leaves_it_open_whether_the_write_happened) {
  ByteServer server({after_login({request(), send_bytes(refused(1053, "08S01")), close_connection()}),
                     after_login({request(), send_bytes(written(3)), hold_connection()})});
  MariaDbSession session(context, mariadb_at(server.port()));
  const auto stopped = write(session);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::unavailable);
  EXPECT_EQ(stopped.error().outcome, Outcome::info);
  EXPECT_TRUE(write(session)) << "over a new connection";
}

TEST_F(MariaDbSessionTest, a_connection_lost_between_calls_costs_no_call) {
  ByteServer server({after_login({request(), send_bytes(written(2)), close_connection()}),
                     after_login({request(), send_bytes(written(3)), hold_connection()})});
  MariaDbSession session(context, mariadb_at(server.port()));
  ASSERT_TRUE(write(session));
  server.await_closed(1);
  const auto second = write(session);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(second->version, 3U);
}

TEST_F(MariaDbSessionTest, garbage_is_no_answer_and_ends_the_connection) {
  ByteServer server({after_login({request(), send_bytes(std::string(64, '\x07')), close_connection()})});
  MariaDbSession session(context, mariadb_at(server.port()));
  const auto answer = read(session);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().outcome, Outcome::info) << answer.error().detail;
}

TEST_F(MariaDbSessionTest, an_answer_that_is_too_late_is_uncertain_and_its_connection_not_used_again) {
  ByteServer server({after_login({request(), hold_connection()}),
                     after_login({request(), send_bytes(written(3)), hold_connection()})});
  MariaDbOptions options = mariadb_at(server.port());
  options.op_limit_ns = 50'000'000;
  MariaDbSession session(context, options);
  const auto late = write(session);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timed_out);
  EXPECT_EQ(late.error().outcome, Outcome::info);
  EXPECT_TRUE(write(session));
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(MariaDbSessionTest, a_server_that_says_nothing_or_no_sense_at_the_login_certainly_did_nothing) {
  ByteServer silent({{hold_connection()}});
  MariaDbOptions options = mariadb_at(silent.port());
  options.connect_limit_ns = 30'000'000;
  MariaDbSession waiting(context, options);
  const auto timed_out = write(waiting);
  ASSERT_FALSE(timed_out);
  EXPECT_EQ(timed_out.error().code, ErrorCode::timed_out);
  EXPECT_EQ(timed_out.error().outcome, Outcome::fail);
  ByteServer odd({{send_bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), close_connection()}});
  MariaDbSession puzzled(context, mariadb_at(odd.port()));
  const auto refused = write(puzzled);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_EQ(refused.error().detail.find("secret"), std::string::npos) << refused.error().detail;
}

TEST_F(MariaDbSessionTest, a_refused_connection_certainly_did_nothing) {
  MariaDbSession session(context, mariadb_at(closed_port()));
  const auto nobody = write(session);
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::connection_refused) << nobody.error().detail;
  EXPECT_EQ(nobody.error().outcome, Outcome::fail);
}

TEST_F(MariaDbSessionTest, may_be_destroyed_while_a_call_waits) {
  ByteServer server({after_login({request(), hold_connection()})});
  auto session = std::make_unique<MariaDbSession>(context, mariadb_at(server.port()));
  ASSERT_TRUE(run_task(context, session->connect()));
  Task<Result<Written>> waiting = session->write(Key(0), 7);
  waiting.start();
  context.restart();
  context.poll();
  EXPECT_FALSE(waiting.done());
  session.reset();
  EXPECT_FALSE(waiting.done());
}

}  // namespace
}  // namespace stalemate
