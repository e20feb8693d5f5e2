// What a RedisSession does with servers that follow a script.
#include "drivers/redis/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "byte_server.hpp"
#include "drivers/run_task.hpp"

namespace stalemate {
namespace {

using boost::asio::io_context;

const std::string greeting = "$22\r\nredis_version:7.0.15\r\n\r\n";

// The part of every conversation in which the session learns who it speaks to.
Conversation after_greeting(Conversation rest) {
  Conversation whole = {await_until([](std::string_view received) { return received.contains("server\r\n"); }),
                        send_bytes(greeting)};
  whole.insert(whole.end(), rest.begin(), rest.end());
  return whole;
}

Act await_command() {
  return await_until([](std::string_view received) { return received.ends_with("\r\n"); });
}

RedisOptions redis_options(std::uint16_t port) {
  RedisOptions options;
  options.url = "redis://127.0.0.1:" + std::to_string(port);
  return options;
}

class RedisSessionTest : public testing::Test {
 protected:
  Result<std::optional<Value>> get(RedisSession& session) { return run_task(context, session.get(Key(0))); }
  // What a read brings that must not fail; `absent` for a miss.
  Value got(RedisSession& session) {
    const auto result = get(session);
    EXPECT_TRUE(result) << result.error().detail;
    return result ? result->value_or(absent) : -1;
  }
  Result<void> set(RedisSession& session) { return run_task(context, session.set(Key(0), 7, 0)); }

  // Lets the back-off after a failed connect pass: calls until one is not refused at once.
  void get_until(RedisSession& session, const std::function<bool(const Result<std::optional<Value>>&)>& wanted) {
    for (int attempt = 0; attempt < 5000; ++attempt) {
      if (wanted(get(session))) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    FAIL() << "the wanted answer never came";
  }

  io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

TEST_F(RedisSessionTest, learns_who_the_server_is) {
  ByteServer server({after_greeting({hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  const auto facts = run_task(context, session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "Redis");
  EXPECT_EQ(facts->version, "7.0.15");
  EXPECT_EQ(facts->isolation, "");
}

TEST_F(RedisSessionTest, connects_at_the_first_call_and_reads_values_misses_and_errors) {
  ByteServer server(
      {after_greeting({await_command(), send_bytes("$4\r\n1007\r\n"), await_command(), send_bytes("$-1\r\n"),
                       await_command(), send_bytes("-LOADING wait\r\n"), await_command(), send_bytes("$3\r\none\r\n"),
                       await_command(), send_bytes(":1\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  EXPECT_EQ(got(session), 1007);
  EXPECT_EQ(got(session), absent);
  const auto loading = get(session);
  ASSERT_FALSE(loading);
  EXPECT_EQ(loading.error().code, ErrorCode::unavailable);
  EXPECT_EQ(loading.error().outcome, Outcome::fail);
  const auto not_ours = get(session);
  ASSERT_FALSE(not_ours);
  EXPECT_EQ(not_ours.error().code, ErrorCode::wrong_type);
  EXPECT_NE(not_ours.error().detail.find("stock:93410c29"), std::string::npos);
  EXPECT_TRUE(run_task(context, session.erase(Key(0))).value());
}

TEST_F(RedisSessionTest, takes_a_reply_that_comes_byte_by_byte) {
  Conversation bytewise = {await_command()};
  for (const char byte : std::string("$4\r\n1007\r\n")) {
    bytewise.push_back(send_bytes(std::string(1, byte)));
  }
  bytewise.push_back(hold_connection());
  ByteServer server({after_greeting(bytewise)});
  RedisSession session(context, redis_options(server.port()));
  EXPECT_EQ(got(session), 1007);
}

TEST_F(RedisSessionTest, a_refused_connection_certainly_did_nothing) {
  RedisSession session(context, redis_options(closed_port()));
  const auto written = set(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::connection_refused);
  EXPECT_EQ(written.error().outcome, Outcome::fail);
  const auto during_back_off = set(session);
  ASSERT_FALSE(during_back_off);
  EXPECT_EQ(during_back_off.error().outcome, Outcome::fail);
}

TEST_F(RedisSessionTest, a_connection_lost_before_the_reply_leaves_it_open_whether_the_write_happened) {
  for (const Act& end : {close_connection(), reset_connection()}) {
    ByteServer server({after_greeting({await_command(), send_bytes("+O"), end}), after_greeting({hold_connection()})});
    RedisSession session(context, redis_options(server.port()));
    const auto written = set(session);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::connection_lost);
    EXPECT_EQ(written.error().outcome, Outcome::info);
  }
}

TEST_F(RedisSessionTest, the_call_after_a_lost_connection_opens_a_new_one) {
  ByteServer server({after_greeting({await_command(), close_connection()}),
                     after_greeting({await_command(), send_bytes("$1\r\n5\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  EXPECT_FALSE(get(session));
  EXPECT_EQ(got(session), 5);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(RedisSessionTest, a_connection_lost_between_calls_costs_no_call) {
  ByteServer server({after_greeting({await_command(), send_bytes("$1\r\n4\r\n"), close_connection()}),
                     after_greeting({await_command(), send_bytes("+OK\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  EXPECT_EQ(got(session), 4);
  server.await_closed(1);
  EXPECT_TRUE(set(session));
}

TEST_F(RedisSessionTest, garbage_is_a_protocol_error_and_ends_the_connection) {
  ByteServer server({after_greeting({await_command(), send_bytes("SSH-2.0-OpenSSH\r\n"), hold_connection()}),
                     after_greeting({await_command(), send_bytes("+OK\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  const auto written = set(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::protocol);
  EXPECT_EQ(written.error().outcome, Outcome::info);
  EXPECT_TRUE(set(session));
}

TEST_F(RedisSessionTest, a_reply_of_another_kind_is_a_protocol_error) {
  ByteServer server({after_greeting({await_command(), send_bytes(":1\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  const auto written = set(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::protocol);
}

TEST_F(RedisSessionTest, an_unasked_reply_is_never_taken_for_the_next_calls) {
  ByteServer server({after_greeting({await_command(), send_bytes("$1\r\n1\r\n$1\r\n2\r\n"), hold_connection()}),
                     after_greeting({await_command(), send_bytes("$1\r\n3\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  const auto surplus = get(session);
  static_cast<void>(surplus);
  EXPECT_EQ(got(session), 3);
}

TEST_F(RedisSessionTest, a_reply_that_is_too_late_is_uncertain_and_its_connection_not_used_again) {
  ByteServer server({after_greeting({await_command(), hold_connection()}),
                     after_greeting({await_command(), send_bytes("+OK\r\n"), hold_connection()})});
  RedisOptions options = redis_options(server.port());
  options.op_limit_ns = 30'000'000;
  RedisSession session(context, options);
  const auto written = set(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::timed_out);
  EXPECT_EQ(written.error().outcome, Outcome::info);
  EXPECT_TRUE(set(session));
}

TEST_F(RedisSessionTest, a_server_that_accepts_but_says_nothing_is_a_connect_that_timed_out) {
  ByteServer server({{hold_connection()}});
  RedisOptions options = redis_options(server.port());
  options.connect_limit_ns = 30'000'000;
  RedisSession session(context, options);
  const auto written = set(session);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::timed_out);
  EXPECT_EQ(written.error().outcome, Outcome::fail);
}

TEST_F(RedisSessionTest, a_refused_login_never_shows_the_password) {
  const std::string refusal = "-ERR unknown command 'AUTH', with args beginning with: 'hunter2'\r\n";
  ByteServer server(
      {{await_command(), send_bytes(refusal + "-NOAUTH Authentication required.\r\n"), hold_connection()}});
  RedisOptions options;
  options.url = "redis://:hunter2@127.0.0.1:" + std::to_string(server.port());
  RedisSession session(context, options);
  const auto facts = run_task(context, session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().outcome, Outcome::fail);
  EXPECT_EQ(facts.error().detail.find("hunter2"), std::string::npos) << facts.error().detail;
}

TEST_F(RedisSessionTest, logs_in_with_user_password_and_database) {
  const std::string login =
      "*3\r\n$4\r\nAUTH\r\n$2\r\nme\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*2\r\n$4\r\nINFO\r\n$"
      "6\r\nserver\r\n";
  ByteServer server({{await_until([login](std::string_view received) { return received == login; }),
                      send_bytes("+OK\r\n+OK\r\n" + greeting), hold_connection()}});
  RedisOptions options;
  options.url = "redis://me:secret@127.0.0.1:" + std::to_string(server.port()) + "/3";
  RedisSession session(context, options);
  EXPECT_TRUE(run_task(context, session.connect()));
}

TEST_F(RedisSessionTest, connects_again_once_the_back_off_is_over) {
  ByteServer server({{await_command(), send_bytes("-LOADING wait\r\n"), hold_connection()},
                     {await_command(), send_bytes("-LOADING wait\r\n"), hold_connection()},
                     after_greeting({await_command(), send_bytes("$1\r\n9\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  get_until(session, [](const Result<std::optional<Value>>& result) { return result && *result && **result == 9; });
  EXPECT_EQ(server.connections(), 3U);
}

TEST_F(RedisSessionTest, the_event_loop_ends_when_no_call_waits) {
  ByteServer server({after_greeting({await_command(), send_bytes("$1\r\n1\r\n"), hold_connection()})});
  RedisSession session(context, redis_options(server.port()));
  Task<Result<std::optional<Value>>> call = session.get(Key(0));
  call.start();
  context.run();
  ASSERT_TRUE(call.done());
  EXPECT_EQ(call.take().value().value(), 1);
}

TEST_F(RedisSessionTest, may_be_destroyed_while_a_call_waits) {
  ByteServer server({after_greeting({hold_connection()})});
  auto session = std::make_unique<RedisSession>(context, redis_options(server.port()));
  ASSERT_TRUE(run_task(context, session->connect()));
  Task<Result<std::optional<Value>>> call = session->get(Key(0));
  call.start();
  EXPECT_FALSE(call.done());
  session.reset();
  context.restart();
  context.run();
  EXPECT_FALSE(call.done());
}

TEST_F(RedisSessionTest, two_sessions_of_one_loop_do_not_disturb_each_other) {
  ByteServer silent({after_greeting({await_command(), hold_connection()})});
  ByteServer lively({after_greeting({await_command(), send_bytes("$1\r\n1\r\n"), hold_connection()})});
  RedisOptions hurried = redis_options(silent.port());
  hurried.op_limit_ns = 50'000'000;
  RedisSession waiting(context, hurried);
  RedisSession answered(context, redis_options(lively.port()));
  ASSERT_TRUE(run_task(context, waiting.connect()));
  Task<Result<std::optional<Value>>> lost = waiting.get(Key(0));
  lost.start();
  EXPECT_EQ(got(answered), 1);
  context.restart();
  context.run();
  ASSERT_TRUE(lost.done());
  EXPECT_EQ(lost.take().error().code, ErrorCode::timed_out);
}

}  // namespace
}  // namespace stalemate
