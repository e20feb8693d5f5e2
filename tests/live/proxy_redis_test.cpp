// Gates before a real Redis: what passes is unchanged, what is held waits, and every trouble has its effect.
#include <gmock/gmock.h>

#include <algorithm>

#include "live/loopback.hpp"
#include "live/program.hpp"
#include "live/proxy_fixture.hpp"

namespace stalemate {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Passage held_if(bool is_held) {
  return {.hold = is_held};
}

TEST_F(ProxyRedisTest, passes_clients_unchanged) {
  open_gates(&keeper_);
  const std::string client =
      "redis-cli -p " + std::to_string(gates_->port_of(0)) + " --no-auth-warning -a " + cache().password;
  EXPECT_EQ(output_of(client + " set a 5"), "OK\n");
  EXPECT_EQ(output_of(client + " -3 hset h f v"), "1\n");
  EXPECT_EQ(output_of(client + " -3 --no-raw hgetall h"), "1# \"f\" => \"v\"\n");
  EXPECT_THAT(output_of(client + " info server"), HasSubstr("redis_version"));
  EXPECT_THAT(output_of("printf 'MULTI\\nincr n\\nincr n\\nEXEC\\n' | " + client), HasSubstr("2"));
  EXPECT_THAT(
      output_of("head -c 3000000 /dev/zero | tr '\\0' x | " + client + " -x set big; " + client + " strlen big"),
      HasSubstr("3000000"));
}

TEST_F(ProxyRedisTest, passes_every_test_of_redis_benchmark) {
  open_gates(&keeper_);
  const std::string said = output_of("redis-benchmark -p " + std::to_string(gates_->port_of(0)) + " -a " +
                                     cache().password + " -n 2000 -c 20 -P 4 -q --csv");
  EXPECT_THAT(said, HasSubstr("\"MSET (10 keys)\""));
  EXPECT_THAT(said, ::testing::Not(HasSubstr("rror")));
}

TEST_F(ProxyRedisTest, keeps_the_order_of_pipelined_requests) {
  open_gates(&keeper_);
  RedisClient client = through_gate();
  for (int number = 0; number < 1000; ++number) {
    client.send({"INCR", "n"});
  }
  for (int number = 1; number <= 1000; ++number) {
    ASSERT_EQ(client.receive(), std::to_string(number));
  }
  const GateTraffic traffic = gates_->traffic();
  EXPECT_EQ(traffic.calls_sent, traffic.calls_answered);
  EXPECT_EQ(traffic.calls_sent, 1001U);
  EXPECT_EQ(traffic.bytes_under_way, 0U);
  EXPECT_EQ(traffic.connections, 1U);
}

TEST_F(ProxyRedisTest, streams_a_value_of_512_mib_without_keeping_it) {
  open_gates(nullptr);
  RedisClient client = through_gate();
  const std::string value(512UL * 1024 * 1024, 'v');
  ASSERT_EQ(client.ask({"SET", "big", value}), "OK");
  EXPECT_EQ(client.ask({"STRLEN", "big"}), std::to_string(value.size()));
  EXPECT_EQ(client.ask({"GET", "big"}).size(), value.size());
}

TEST_F(ProxyRedisTest, hands_on_messages_of_subscriptions) {
  open_gates(&keeper_);
  RedisClient listener = through_gate();
  EXPECT_EQ(listener.ask({"SUBSCRIBE", "news"}), "[subscribe news 1]");
  EXPECT_EQ(direct().ask({"PUBLISH", "news", "hello"}), "1");
  EXPECT_EQ(listener.receive(), "[message news hello]");
}

TEST_F(ProxyRedisTest, tells_its_keeper_of_messages_and_invalidations_before_they_go_on) {
  open_gates(&keeper_);
  RedisClient listener = through_gate();
  const std::string id = listener.ask({"CLIENT", "ID"});
  EXPECT_EQ(listener.ask({"SUBSCRIBE", "news", "__redis__:invalidate"}), "[subscribe news 1]");
  EXPECT_EQ(listener.receive(), "[subscribe __redis__:invalidate 2]");
  EXPECT_EQ(keeper_.pushes(), 0U) << "what confirms was asked for";
  EXPECT_EQ(direct().ask({"PUBLISH", "news", "hello"}), "1");
  EXPECT_EQ(listener.receive(), "[message news hello]");
  EXPECT_EQ(keeper_.pushed(1), keeper_.call(1).connection);
  RedisClient tracker = through_gate();
  EXPECT_EQ(tracker.ask({"CLIENT", "TRACKING", "ON", "REDIRECT", id}), "OK");
  EXPECT_EQ(tracker.ask({"GET", "a"}), "(nil)");
  EXPECT_EQ(direct().ask({"SET", "a", "1"}), "OK");
  EXPECT_EQ(listener.receive(), "[message __redis__:invalidate [a]]");
  EXPECT_EQ(keeper_.pushes(), 2U);
}

TEST_F(ProxyRedisTest, holds_a_request_until_it_is_let_go) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "SET"); };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  client.send({"SET", "a", "1"});
  client.send({"GET", "a"});
  const GateCall call = keeper_.call(2);
  EXPECT_EQ(call.request.text, "SET a 1");
  EXPECT_EQ(direct().ask({"GET", "a"}), "(nil)");
  EXPECT_EQ(gates_->traffic().bytes_under_way, 0U);
  EXPECT_EQ(keeper_.calls(), 2U) << "what is behind a request that waits has not arrived";
  ASSERT_TRUE(gates_->let_go(call.id, {}));
  EXPECT_EQ(client.receive(), "OK");
  EXPECT_EQ(client.receive(), "1");
  EXPECT_EQ(keeper_.reply(2), "SET: OK");
  EXPECT_EQ(gates_->let_go(call.id, {}).error().code, ErrorCode::unavailable);
}

TEST_F(ProxyRedisTest, holds_a_transaction_as_one) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "MULTI"); };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  EXPECT_EQ(client.ask({"MULTI"}), "OK");
  EXPECT_EQ(client.ask({"SET", "a", "1"}), "QUEUED");
  client.send({"EXEC"});
  const GateCall call = keeper_.call(2);
  EXPECT_EQ(call.request.text, "MULTI; SET a 1; EXEC");
  EXPECT_EQ(direct().ask({"GET", "a"}), "(nil)");
  ASSERT_TRUE(gates_->let_go(call.id, {}));
  EXPECT_EQ(client.receive(), "[OK]");
}

TEST_F(ProxyRedisTest, loses_a_request_before_the_store_sees_it) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "SET"); };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  client.send({"SET", "a", "1"});
  ASSERT_TRUE(gates_->let_go(keeper_.call(2).id, lost_request));
  EXPECT_THAT(client.receive(), StartsWith("lost:"));
  keeper_.await_closed(1);
  EXPECT_EQ(direct().ask({"GET", "a"}), "(nil)");
}

TEST_F(ProxyRedisTest, loses_a_reply_after_its_request_took_effect) {
  keeper_.decide = [](const GateCall& call) {
    return Passage{.trouble = call.request.name == "SET" ? lost_reply : CallTrouble{}};
  };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  EXPECT_THAT(client.ask({"SET", "a", "1"}), StartsWith("lost:"));
  EXPECT_EQ(direct().ask({"GET", "a"}), "1");
  EXPECT_EQ(keeper_.reply(2), "SET: OK");
}

TEST_F(ProxyRedisTest, leaves_a_caller_without_an_answer_for_as_long_as_it_is_told) {
  keeper_.decide = [](const GateCall& call) {
    CallTrouble trouble = call.request.name == "SET" ? lost_request : CallTrouble{};
    trouble.timeout_ns = 300'000'000;
    return Passage{.trouble = trouble};
  };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  client.set_limit(100);
  EXPECT_THAT(client.ask({"SET", "a", "1"}), HasSubstr("temporarily unavailable"));
  keeper_.await_closed(1);
}

TEST_F(ProxyRedisTest, refuses_a_request_in_the_stores_stead) {
  keeper_.decide = [](const GateCall& call) {
    return Passage{.trouble = call.request.writes ? refused_write : CallTrouble{}};
  };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  client.send({"GET", "a"});
  client.send({"SET", "a", "1"});
  client.send({"GET", "a"});
  EXPECT_EQ(client.receive(), "(nil)");
  EXPECT_EQ(client.receive(), "ERR refused by a fault of stalemate");
  EXPECT_EQ(client.receive(), "(nil)");
  EXPECT_EQ(client.ask({"MULTI"}), "OK");
  EXPECT_EQ(client.ask({"SET", "a", "1"}), "QUEUED");
  EXPECT_EQ(client.ask({"EXEC"}), "ERR refused by a fault of stalemate");
  EXPECT_EQ(client.ask({"GET", "a"}), "(nil)") << "the store has left the transaction too";
}

TEST_F(ProxyRedisTest, delays_pipelined_requests_beside_one_another) {
  keeper_.decide = [](const GateCall& call) {
    return Passage{.trouble = {.delay_ns = call.request.name == "GET" ? 100'000'000 : 0}};
  };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  const auto took = [&client](int requests) {
    const auto begin = std::chrono::steady_clock::now();
    for (int number = 0; number < requests; ++number) {
      client.send({"GET", "a"});
    }
    for (int number = 0; number < requests; ++number) {
      EXPECT_EQ(client.receive(), "(nil)");
    }
    return std::chrono::steady_clock::now() - begin;
  };
  const auto one = took(1);
  EXPECT_GE(one, std::chrono::milliseconds(100));
  EXPECT_LT(took(20), 10 * one) << "delays of a pipeline do not add up";
}

TEST_F(ProxyRedisTest, sends_late_copies_with_login_and_database_over_a_connection_of_their_own) {
  keeper_.decide = [](const GateCall& call) {
    return held_if(call.request.name == "SET" || call.request.name == "MULTI");
  };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  EXPECT_EQ(client.ask({"SELECT", "3"}), "OK");
  client.send({"SET", "a", "1"});
  const std::uint64_t set = keeper_.call(3).id;
  ASSERT_TRUE(gates_->let_go(set, delayed_request));
  EXPECT_THAT(client.receive(), StartsWith("lost:"));
  RedisClient other = direct();
  EXPECT_EQ(other.ask({"SELECT", "3"}), "OK");
  EXPECT_EQ(other.ask({"GET", "a"}), "(nil)");
  ASSERT_TRUE(gates_->send_copy(set));
  EXPECT_EQ(keeper_.reply(3), "copy of SET: OK");
  EXPECT_EQ(other.ask({"GET", "a"}), "1");
  EXPECT_EQ(gates_->send_copy(set).error().code, ErrorCode::unavailable);
  RedisClient third = through_gate();
  EXPECT_EQ(third.ask({"MULTI"}), "OK");
  EXPECT_EQ(third.ask({"INCR", "n"}), "QUEUED");
  third.send({"EXEC"});
  const std::uint64_t transaction = keeper_.call(5).id;
  ASSERT_TRUE(gates_->let_go(transaction, duplicated_request));
  EXPECT_EQ(third.receive(), "[1]");
  ASSERT_TRUE(gates_->send_copy(transaction));
  EXPECT_EQ(keeper_.reply(6), "copy of MULTI: [2]");
}

TEST_F(ProxyRedisTest, keeps_late_copies_that_nobody_sends_of_the_newest_calls_only) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "SET"); };
  open_gates(&keeper_);
  std::vector<std::uint64_t> calls;
  for (std::size_t number = 0; number < 257; ++number) {
    RedisClient client = through_gate();
    client.send({"SET", "a", std::to_string(number)});
    calls.push_back(keeper_.call(2 * number + 2).id);
    ASSERT_TRUE(gates_->let_go(calls.back(), delayed_request));
  }
  EXPECT_EQ(gates_->send_copy(calls[0]).error().code, ErrorCode::unavailable);
  ASSERT_TRUE(gates_->send_copy(calls[1]));
  ASSERT_TRUE(gates_->send_copy(calls[256]));
}

TEST_F(ProxyRedisTest, sends_the_late_copies_of_calls_that_are_not_held_by_itself) {
  keeper_.decide = [](const GateCall& call) {
    CallTrouble trouble = call.request.name == "INCR" ? duplicated_request : CallTrouble{};
    trouble.late_ns = 50'000'000;
    return Passage{.trouble = trouble};
  };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  EXPECT_EQ(client.ask({"INCR", "n"}), "1");
  EXPECT_EQ(keeper_.reply(3), "copy of INCR: 2");
}

TEST_F(ProxyRedisTest, breaks_connections_as_it_is_told) {
  ConnectionTrouble trouble = ConnectionTrouble::reset;
  keeper_.decide = [&trouble](const GateCall& call) {
    return Passage{.connection = call.request.name == "GET" ? trouble : ConnectionTrouble::none};
  };
  open_gates(&keeper_);
  RedisClient first = through_gate();
  EXPECT_THAT(first.ask({"GET", "a"}), HasSubstr("reset"));
  trouble = ConnectionTrouble::half_open;
  RedisClient second = through_gate();
  second.set_limit(200);
  EXPECT_THAT(second.ask({"GET", "a"}), HasSubstr("temporarily unavailable"));
}

TEST_F(ProxyRedisTest, lets_nothing_through_a_blackhole_until_it_ends_or_is_lifted) {
  Nanoseconds length_ns = never;
  keeper_.decide = [&length_ns](const GateCall& call) {
    const bool opens = call.request.name == "GET";
    return Passage{.connection = opens ? ConnectionTrouble::blackhole : ConnectionTrouble::none,
                   .blackhole_ns = length_ns,
                   .cause = 7};
  };
  open_gates(&keeper_);
  RedisClient other = through_gate();
  RedisClient client = through_gate();
  client.send({"GET", "a"});
  static_cast<void>(keeper_.call(3));
  other.send({"SET", "a", "1"});
  static_cast<void>(keeper_.call(4));
  ASSERT_TRUE(gates_->lift(6)) << "another cause";
  EXPECT_EQ(direct().ask({"GET", "a"}), "(nil)");
  ASSERT_TRUE(gates_->lift(7));
  EXPECT_THAT(client.receive(), ::testing::AnyOf("(nil)", "1"));
  EXPECT_EQ(other.receive(), "OK");
  length_ns = 200'000'000;
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(client.ask({"GET", "a"}), "1");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(200));
}

TEST_F(ProxyRedisTest, carries_bytes_as_late_and_as_slowly_as_a_link_does) {
  open_gates(nullptr);
  RedisClient client = through_gate();
  const auto took = [&client](const std::vector<std::string>& words) {
    const auto begin = std::chrono::steady_clock::now();
    client.ask(words);
    return std::chrono::steady_clock::now() - begin;
  };
  ASSERT_TRUE(gates_->set_conditions(0, {.to_store_ns = 30'000'000, .to_application_ns = 20'000'000}));
  const auto late = took({"PING"});
  EXPECT_GE(late, std::chrono::milliseconds(50));
  ASSERT_TRUE(gates_->set_conditions(0, {.bytes_per_second = 1'000'000}));
  EXPECT_GE(took({"SET", "a", std::string(300'000, 'x')}), std::chrono::milliseconds(290));
  ASSERT_TRUE(gates_->set_conditions(0, {}));
  auto at_once = took({"PING"});
  for (int more = 0; more < 20; ++more) {
    at_once = std::min(at_once, took({"PING"}));
  }
  EXPECT_LT(at_once, late);
}

TEST_F(ProxyRedisTest, closes_all_connections_of_a_link_in_the_middle) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "SET"); };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  client.send({"SET", "a", "1"});
  const std::uint64_t call = keeper_.call(2).id;
  ASSERT_TRUE(gates_->close_all(0));
  EXPECT_THAT(client.receive(), StartsWith("lost:"));
  EXPECT_EQ(gates_->let_go(call, {}).error().code, ErrorCode::unavailable);
  EXPECT_EQ(through_gate().ask({"PING"}), "PONG");
}

TEST_F(ProxyRedisTest, notices_that_an_application_whose_request_waits_is_gone) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "SET"); };
  open_gates(&keeper_);
  {
    RedisClient client = through_gate();
    client.send({"SET", "a", "1"});
    static_cast<void>(keeper_.call(2));
  }
  keeper_.await_closed(1);
}

TEST_F(ProxyRedisTest, ends_while_calls_wait) {
  keeper_.decide = [](const GateCall& call) { return held_if(call.request.name == "SET"); };
  open_gates(&keeper_);
  RedisClient client = through_gate();
  client.send({"SET", "a", "1"});
  static_cast<void>(keeper_.call(2));
  gates_.reset();
  EXPECT_THAT(client.receive(), StartsWith("lost:"));
}

TEST_F(ProxyRedisTest, says_what_keeps_it_from_reading_along) {
  open_gates(&keeper_);
  const std::string port = std::to_string(gates_->port_of(0));
  const auto said_to = [&port](const std::string& bytes) {
    return output_of("bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + port + "; printf \"" + bytes +
                     "\" >&3; timeout 1 cat <&3'");
  };
  EXPECT_EQ(said_to("*1\\r\\n:5\\r\\n"), "");
  EXPECT_THAT(keeper_.trouble(1), HasSubstr("the application does not speak Redis' protocol"));
  static_cast<void>(said_to("\\x16\\x03\\x01\\x01\\x40"));
  EXPECT_THAT(keeper_.trouble(2), HasSubstr("passed on without being read: it speaks TLS"));
}

TEST(ProxyGates, say_that_a_store_cannot_be_reached_and_that_a_port_is_taken) {
  ToldKeeper keeper;
  std::uint16_t dead_port = 0;
  {
    const SilentServer server;
    dead_port = server.port();
  }
  const auto gates = start_gates({.links = {{.store_port = dead_port}}, .keeper = &keeper});
  ASSERT_TRUE(gates);
  RedisClient client((*gates)->port_of(0));
  EXPECT_THAT(client.ask({"PING"}), StartsWith("lost:"));
  EXPECT_THAT(keeper.trouble(1), HasSubstr("cannot be reached: Connection refused"));
  const auto second = start_gates({.links = {{.listen_port = (*gates)->port_of(0), .store_port = 1}}});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("already in use"));
}

}  // namespace
}  // namespace stalemate
