// What sessions do when nodes of their database are not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "byte_server.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/nodes/node_probe.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/run_task.hpp"
#include "postgres_script.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using Nodes = std::vector<std::size_t>;

std::string url_of(std::uint16_t port) {
  return "postgres://me:hunter2@127.0.0.1:" + std::to_string(port) + "/db?sslmode=disable&gssencmode=disable";
}

PostgresOptions options_for(const std::vector<std::uint16_t>& ports) {
  std::vector<std::string> urls;
  for (const std::uint16_t port : ports) {
    urls.push_back(url_of(port));
  }
  PostgresOptions options;
  options.url = urls.front();
  options.nodes = std::make_shared<DatabaseNodes>(urls);
  return options;
}

Conversation one_read(const std::string& value, const Conversation& rest) {
  Conversation whole = after_preparing({await_syncs(1), send_bytes(one_row({value}) + ready_for_query)});
  whole.insert(whole.end(), rest.begin(), rest.end());
  return whole;
}

class FailoverTest : public testing::Test {
 protected:
  /// The value read; an error fails the test.
  Value read(PostgresSession& session) {
    const auto row = run_task(context_, session.read(Key(0)));
    EXPECT_TRUE(row && *row) << (row ? "no row" : row.error().detail);
    return row && *row ? (*row)->value : absent;
  }

  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

TEST_F(FailoverTest, a_session_takes_another_node_where_its_own_is_not_there) {
  ByteServer other({one_read("7", {hold_connection()})});
  const PostgresOptions options = options_for({closed_port(), other.port()});
  PostgresSession session(context_, options);
  EXPECT_EQ(read(session), 7) << "no call failed for it";
  EXPECT_EQ(options.nodes->in_doubt(), Nodes{0});
  EXPECT_EQ(options.nodes->outages().size(), 1U);
}

TEST_F(FailoverTest, a_session_leaves_a_node_that_it_lost_and_only_the_call_under_way_fails) {
  ByteServer own({one_read("1", {await_syncs(1), close_connection()})});
  ByteServer other({one_read("2", {hold_connection()})});
  const PostgresOptions options = options_for({own.port(), other.port()});
  PostgresSession session(context_, options);
  EXPECT_EQ(read(session), 1);
  const auto lost = run_task(context_, session.read(Key(0)));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(read(session), 2);
  EXPECT_EQ(own.connections(), 1U) << "it was not asked again";
  EXPECT_TRUE(options.nodes->outages().empty()) << "nobody has looked whether it is down";
}

TEST_F(FailoverTest, a_node_that_says_nothing_leaves_the_others_their_time) {
  ByteServer silent({{hold_connection()}});
  ByteServer other({one_read("7", {hold_connection()})});
  PostgresOptions options = options_for({silent.port(), other.port()});
  options.connect_limit_ns = 6'000'000'000;
  PostgresSession session(context_, options);
  EXPECT_EQ(read(session), 7);
}

TEST_F(FailoverTest, a_session_that_reaches_no_node_says_so_in_one_sentence) {
  const PostgresOptions options = options_for({closed_port(), closed_port(), closed_port()});
  PostgresSession session(context_, options);
  const auto facts = run_task(context_, session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::connection_refused);
  EXPECT_EQ(facts.error().outcome, Outcome::fail);
  EXPECT_THAT(facts.error().detail, HasSubstr("nor can any of its other nodes"));
  EXPECT_EQ(options.nodes->in_doubt(), (Nodes{0, 1, 2}));
  const auto blocking = BlockingConnection::open(options);
  ASSERT_FALSE(blocking);
  EXPECT_THAT(blocking.error().detail, HasSubstr("nor can any of its other nodes"));
}

TEST_F(FailoverTest, a_refused_login_is_no_reason_to_ask_another_node) {
  ByteServer own({{await_startup(), send_bytes(sql_failure("FATAL", "28P01", "password authentication failed")),
                   close_connection()}});
  ByteServer other({one_read("7", {hold_connection()})});
  PostgresSession session(context_, options_for({own.port(), other.port()}));
  const auto facts = run_task(context_, session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::authentication);
  EXPECT_EQ(other.connections(), 0U);
}

TEST_F(FailoverTest, a_blocking_connection_takes_another_node_too) {
  ByteServer other({{await_startup(), send_bytes(welcome),
                     await_until([](std::string_view received) { return received.ends_with('\0'); }),
                     send_bytes(row_description(1) + data_row({"PostgreSQL 15.8 (Debian) on x"}) +
                                message('C', text_z("SELECT 1")) + ready_for_query),
                     hold_connection()}});
  const PostgresOptions options = options_for({closed_port(), other.port()});
  const auto connection = BlockingConnection::open(options);
  EXPECT_TRUE(connection) << connection.error().detail;
  EXPECT_EQ(options.nodes->in_doubt(), Nodes{0});
}

TEST_F(FailoverTest, a_probe_tells_which_nodes_are_there) {
  ByteServer there({after_preparing({hold_connection()})});
  const PostgresOptions options = options_for({there.port(), closed_port()});
  const std::vector<Error> errors = NodeProbe::try_all(options);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].code, ErrorCode::none);
  EXPECT_EQ(errors[1].code, ErrorCode::connection_refused);
  EXPECT_EQ(options.nodes->in_doubt(), Nodes{1});
}

TEST_F(FailoverTest, a_probe_finds_out_that_a_lost_node_is_back) {
  ByteServer back({after_preparing({hold_connection()})});
  const PostgresOptions options = options_for({back.port(), closed_port()});
  options.nodes->not_reached(0);
  NodeProbe probe(context_, options);
  probe.start();
  while (!options.nodes->in_doubt().empty()) {
    ASSERT_GT(context_.run_one(), 0U) << "it goes on looking";
  }
  ASSERT_EQ(options.nodes->outages().size(), 1U);
  EXPECT_TRUE(options.nodes->outages().front().end);
}

}  // namespace
}  // namespace stalemate
