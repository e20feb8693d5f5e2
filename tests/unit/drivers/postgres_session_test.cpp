// What a PostgresSession does with servers that follow a script.
#include "drivers/postgres/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <vector>

#include "byte_server.hpp"
#include "drivers/run_task.hpp"
#include "postgres_script.hpp"

namespace stalemate {
namespace {

using boost::asio::io_context;

PostgresOptions options_for(std::uint16_t port) {
  PostgresOptions options;
  options.url = "postgres://me:hunter2@127.0.0.1:" + std::to_string(port) + "/db?sslmode=disable&gssencmode=disable";
  return options;
}

class PostgresSessionTest : public testing::Test {
 protected:
  Result<std::optional<Row>> read(PostgresSession& session) { return run_task(context, session.read(Key(0))); }
  Result<Written> write(PostgresSession& session) { return run_task(context, session.write(Key(0), 7)); }

  io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

TEST_F(PostgresSessionTest, learns_who_the_server_is) {
  ByteServer server({after_preparing({hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto facts = run_task(context, session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "PostgreSQL");
  EXPECT_EQ(facts->version, "15.8");
  EXPECT_EQ(facts->isolation, "read committed");
}

TEST_F(PostgresSessionTest, reads_rows_and_their_absence) {
  ByteServer server({after_preparing({await_syncs(1), send_bytes(one_row({"1007"}) + ready_for_query), await_syncs(1),
                                      send_bytes(no_rows + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto row = read(session);
  ASSERT_TRUE(row && *row) << (row ? "no row" : row.error().detail);
  EXPECT_EQ((*row)->value, 1007);
  EXPECT_EQ((*row)->version, unknown_version);
  const auto none = read(session);
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST_F(PostgresSessionTest, a_write_brings_its_place_in_the_order_of_commits) {
  ByteServer server(
      {after_preparing({await_syncs(1), send_bytes(one_row({"16/B374D848"}) + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto written = write(session);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->version, 0x16B374D848ULL);
  EXPECT_EQ(written->retries, 0);
}

TEST_F(PostgresSessionTest, cockroach_gives_a_timestamp_instead) {
  ByteServer server({after_preparing(
      {await_syncs(1), send_bytes(one_row({"1580361670629466905.0000000001"}) + ready_for_query), hold_connection()},
      "CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)")});
  PostgresSession session(context, options_for(server.port()));
  const auto written = write(session);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->version, (1580361670629466905ULL << 3U) | 1U);
}

TEST_F(PostgresSessionTest, a_write_of_a_missing_row_certainly_did_nothing) {
  ByteServer server({after_preparing({await_syncs(1), send_bytes(no_rows + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto written = write(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::refused_by_server);
  EXPECT_EQ(written.error().outcome, Outcome::fail);
}

TEST_F(PostgresSessionTest, a_column_of_another_type_is_an_error_not_a_crash) {
  ByteServer server(
      {after_preparing({await_syncs(1), send_bytes(one_row({"many"}) + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto row = read(session);
  ASSERT_FALSE(row);
  EXPECT_EQ(row.error().code, ErrorCode::wrong_type);
}

TEST_F(PostgresSessionTest, conflicts_are_tried_again_and_counted) {
  const std::string conflict = sql_failure("ERROR", "40001", "could not serialize access") + ready_for_query;
  ByteServer server(
      {after_preparing({await_syncs(1), send_bytes(conflict), await_syncs(1), send_bytes(bound + conflict),
                        await_syncs(1), send_bytes(one_row({"0/1"}) + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto written = write(session);
  ASSERT_TRUE(written) << written.error().detail;
  EXPECT_EQ(written->retries, 2);
}

TEST_F(PostgresSessionTest, conflicts_without_end_are_given_up) {
  Conversation conflicts;
  for (int each = 0; each < 4; ++each) {
    conflicts.push_back(await_syncs(1));
    conflicts.push_back(send_bytes(sql_failure("ERROR", "40P01", "deadlock detected") + ready_for_query));
  }
  conflicts.push_back(await_syncs(1));
  conflicts.push_back(send_bytes(one_row({"0/1"}) + ready_for_query));
  ByteServer server({after_preparing(conflicts)});
  PostgresOptions options = options_for(server.port());
  options.retries_max = 3;
  PostgresSession session(context, options);
  const auto written = write(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::serialization_failure);
  EXPECT_EQ(written.error().outcome, Outcome::fail);
}

TEST_F(PostgresSessionTest, an_error_at_the_commit_is_uncertain_but_a_conflict_there_is_not) {
  const std::string result = one_row({"0/1"});
  ByteServer server({after_preparing(
      {await_syncs(1), send_bytes(result + sql_failure("ERROR", "53100", "disk full") + ready_for_query),
       await_syncs(1), send_bytes(result + sql_failure("ERROR", "40001", "conflict") + ready_for_query),
       hold_connection()})});
  PostgresOptions options = options_for(server.port());
  options.retries_max = 0;
  PostgresSession session(context, options);
  const auto full = write(session);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::unavailable);
  EXPECT_EQ(full.error().outcome, Outcome::info);
  const auto conflict = write(session);
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code, ErrorCode::serialization_failure);
  EXPECT_EQ(conflict.error().outcome, Outcome::fail);
}

TEST_F(PostgresSessionTest, a_server_told_to_stop_leaves_it_open_whether_the_write_happened) {
  ByteServer server(
      {after_preparing(
           {await_syncs(1), send_bytes(sql_failure("FATAL", "57P01", "terminating connection")), close_connection()}),
       after_preparing({await_syncs(1), send_bytes(one_row({"0/1"}) + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto stopped = write(session);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::unavailable) << stopped.error().detail;
  EXPECT_EQ(stopped.error().outcome, Outcome::info);
  EXPECT_TRUE(write(session)) << "the next call opens a new connection";
}

TEST_F(PostgresSessionTest, a_connection_lost_before_the_answer_leaves_it_open_whether_the_write_happened) {
  const std::string whole = one_row({"0/1"}) + ready_for_query;
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    for (const Act& end : {close_connection(), reset_connection()}) {
      ByteServer server({after_preparing({await_syncs(1), send_bytes(whole.substr(0, cut)), end})});
      PostgresSession session(context, options_for(server.port()));
      const auto written = write(session);
      ASSERT_FALSE(written);
      EXPECT_EQ(written.error().code, ErrorCode::connection_lost) << cut << written.error().detail;
      EXPECT_EQ(written.error().outcome, Outcome::info);
    }
  }
}

TEST_F(PostgresSessionTest, takes_an_answer_that_comes_byte_by_byte) {
  Conversation bytewise = {await_syncs(1)};
  for (const char byte : one_row({"0/1"}) + ready_for_query) {
    bytewise.push_back(send_bytes(std::string(1, byte)));
  }
  bytewise.push_back(hold_connection());
  ByteServer server({after_preparing(bytewise)});
  PostgresSession session(context, options_for(server.port()));
  EXPECT_TRUE(write(session));
}

TEST_F(PostgresSessionTest, garbage_is_no_answer_and_ends_the_connection) {
  ByteServer server(
      {after_preparing({await_syncs(1), send_bytes("$4\r\n1007\r\n and more"), hold_connection()}),
       after_preparing({await_syncs(1), send_bytes(one_row({"0/1"}) + ready_for_query), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  const auto written = write(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::connection_lost) << written.error().detail;
  EXPECT_EQ(written.error().outcome, Outcome::info);
  EXPECT_TRUE(write(session));
}

TEST_F(PostgresSessionTest, a_connection_lost_between_calls_costs_no_call) {
  const std::string answer = one_row({"0/1"}) + ready_for_query;
  ByteServer server(
      {after_preparing({await_syncs(1), send_bytes(answer),
                        send_bytes(sql_failure("FATAL", "57P01", "terminating connection")), close_connection()}),
       after_preparing({await_syncs(1), send_bytes(answer), hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  EXPECT_TRUE(write(session));
  server.await_closed(1);
  EXPECT_TRUE(write(session));
}

TEST_F(PostgresSessionTest, an_answer_that_is_too_late_is_uncertain_and_its_connection_not_used_again) {
  ByteServer server(
      {after_preparing({await_syncs(1), hold_connection()}),
       after_preparing({await_syncs(1), send_bytes(one_row({"0/1"}) + ready_for_query), hold_connection()})});
  PostgresOptions options = options_for(server.port());
  options.op_limit_ns = 30'000'000;
  PostgresSession session(context, options);
  const auto late = write(session);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timed_out);
  EXPECT_EQ(late.error().outcome, Outcome::info);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(PostgresSessionTest, a_refused_connection_certainly_did_nothing) {
  PostgresSession session(context, options_for(closed_port()));
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto written = write(session);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::connection_refused);
    EXPECT_EQ(written.error().outcome, Outcome::fail);
    EXPECT_EQ(written.error().detail.find("hunter2"), std::string::npos) << written.error().detail;
  }
}

TEST_F(PostgresSessionTest, a_refused_login_is_told_by_its_state) {
  ByteServer server({{await_startup(), send_bytes(sql_failure("FATAL", "28P01", "password authentication failed")),
                      close_connection()}});
  PostgresSession session(context, options_for(server.port()));
  const auto facts = run_task(context, session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::authentication) << facts.error().detail;
  EXPECT_EQ(facts.error().outcome, Outcome::fail);
}

TEST_F(PostgresSessionTest, a_server_that_is_starting_up_is_unavailable) {
  ByteServer server({{await_startup(), send_bytes(sql_failure("FATAL", "57P03", "the database system is starting up")),
                      close_connection()}});
  PostgresSession session(context, options_for(server.port()));
  const auto facts = run_task(context, session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::unavailable) << facts.error().detail;
  EXPECT_EQ(facts.error().outcome, Outcome::fail);
}

TEST_F(PostgresSessionTest, a_server_that_accepts_but_says_nothing_is_a_connect_that_timed_out) {
  ByteServer server({{hold_connection()}});
  PostgresOptions options = options_for(server.port());
  options.connect_limit_ns = 30'000'000;
  PostgresSession session(context, options);
  const auto written = write(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::timed_out);
  EXPECT_EQ(written.error().outcome, Outcome::fail);
}

TEST_F(PostgresSessionTest, connects_before_the_table_is_there_and_says_so_at_the_call) {
  const std::string missing =
      done + sql_failure("ERROR", "42P01", "relation \"stock\" does not exist") + ready_for_query;
  Conversation conversation = after_preparing({});
  conversation.back() = send_bytes(missing);
  for (const Act& act : {await_syncs(1), send_bytes(missing), await_syncs(1),
                         send_bytes(done + parsed + parsed + parsed + ready_for_query), await_syncs(1),
                         send_bytes(one_row({"5"}) + ready_for_query), hold_connection()}) {
    conversation.push_back(act);
  }
  ByteServer server({conversation});
  PostgresSession session(context, options_for(server.port()));
  EXPECT_TRUE(run_task(context, session.connect()));
  const auto early = read(session);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, ErrorCode::unknown_table);
  EXPECT_EQ(early.error().outcome, Outcome::fail);
  EXPECT_TRUE(read(session)) << "once the table is made, the same connection serves";
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(PostgresSessionTest, surveys_put_each_row_in_its_place) {
  ByteServer server(
      {after_preparing({await_syncs(1),
                        send_bytes(bound + row_description(2) + data_row({"3", "30"}) + data_row({"1", "10"}) +
                                   message('C', text_z("SELECT 2")) + ready_for_query),
                        hold_connection()})});
  PostgresSession session(context, options_for(server.port()));
  std::vector<Value> values(3, 99);
  EXPECT_TRUE(run_task(context, session.read_rows(Key(0), values)));
  EXPECT_EQ(values, (std::vector<Value>{10, absent, 30}));
}

TEST_F(PostgresSessionTest, surveys_refuse_rows_that_were_not_asked_for) {
  for (const std::string place : {"0", "4", "-1", "x"}) {
    ByteServer server({after_preparing({await_syncs(1),
                                        send_bytes(bound + row_description(2) + data_row({place, "30"}) +
                                                   message('C', text_z("SELECT 1")) + ready_for_query),
                                        hold_connection()})});
    PostgresSession session(context, options_for(server.port()));
    std::vector<Value> values(3);
    const auto survey = run_task(context, session.read_rows(Key(0), values));
    ASSERT_FALSE(survey);
    EXPECT_EQ(survey.error().code, ErrorCode::protocol);
  }
}

TEST_F(PostgresSessionTest, may_be_destroyed_while_a_call_waits) {
  ByteServer server({after_preparing({hold_connection()})});
  auto session = std::make_unique<PostgresSession>(context, options_for(server.port()));
  ASSERT_TRUE(run_task(context, session->connect()));
  Task<Result<Written>> call = session->write(Key(0), 1);
  call.start();
  EXPECT_FALSE(call.done());
  session.reset();
  context.restart();
  context.run();
  EXPECT_FALSE(call.done());
}

}  // namespace
}  // namespace stalemate
