// What a changefeed makes of a server that follows a script.
#include "drivers/postgres/feeds/changefeed.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

#include "byte_server.hpp"
#include "drivers/run_task.hpp"
#include "postgres_script.hpp"

namespace stalemate {
namespace {

constexpr Key changefeed_key = {3};

// As CockroachDB shows bytes.
std::string shown(const std::string& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text = "\\x";
  for (const char byte : bytes) {
    const auto number = static_cast<unsigned char>(byte);
    text += digits[number >> 4U];
    text += digits[number & 15U];
  }
  return text;
}

std::string change_row(Value value, Version version) {
  const std::string id(product_id(changefeed_key).view());
  return data_row({"stock", shown("[\"" + id + "\"]"),
                   shown(R"({"after": {"product_id": ")" + id + R"(", "quantity": )" + std::to_string(value) +
                         R"(, "version": )" + std::to_string(version) + "}}")});
}

std::string resolved_row(std::string_view timestamp) {
  return data_row({"", "", shown(R"({"resolved":")" + std::string(timestamp) + "\"}")});
}

std::string answer(const std::string& cell) {
  return row_description(1) + data_row({cell}) + message('C', text_z("SELECT 1")) + ready_for_query;
}

/// A session up to the statement of the feed, of whose text `part` is a part.
Conversation told_from(const std::string& part, bool asks_for_the_time, const Conversation& rest) {
  Conversation whole = {await_startup(), send_bytes(welcome), await_statement("version()"),
                        send_bytes(answer("CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu)"))};
  if (asks_for_the_time) {
    whole.insert(whole.end(), {await_statement("cluster_logical_timestamp()"), send_bytes(answer("100.0000000001"))});
  }
  whole.push_back(await_statement(part));
  whole.insert(whole.end(), rest.begin(), rest.end());
  return whole;
}

class ChangefeedTest : public testing::Test {
 protected:
  ChangefeedFeed feed_from(std::uint16_t port) {
    PostgresOptions options;
    options.url = "postgres://me:hunter2@127.0.0.1:" + std::to_string(port) + "/db?sslmode=disable&gssencmode=disable";
    return ChangefeedFeed(context_, options, std::make_shared<const KeyIndex>(6));
  }
  template <class T>
  T run(Task<T> task) {
    return run_task(context_, std::move(task));
  }

  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

TEST_F(ChangefeedTest, gives_a_change_until_it_is_acknowledged) {
  ByteServer server(
      {told_from("cursor = '100.0000000001'", true,
                 {send_bytes(row_description(3) + change_row(5, 2) + change_row(-6, 3)), hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  const Result<Change> first = run(feed.next());
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(first->key, changefeed_key);
  EXPECT_EQ(first->value, 5);
  EXPECT_EQ(first->version, 2);
  EXPECT_EQ(run(feed.next())->value, 5);
  ASSERT_TRUE(run(feed.acknowledge(*first)));
  EXPECT_EQ(run(feed.next())->value, -6);
}

TEST_F(ChangefeedTest, reads_a_message_that_comes_in_pieces_and_is_not_shown_as_bytes) {
  const std::string id(product_id(changefeed_key).view());
  const std::string row = data_row({"stock", id, R"({"after": {"product_id": ")" + id + R"(", "quantity": 8}})"});
  ByteServer server(
      {told_from("CHANGEFEED", true,
                 {send_bytes(row_description(3) + row.substr(0, 40)), send_bytes(row.substr(40)), hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  const Result<Change> change = run(feed.next());
  ASSERT_TRUE(change) << change.error().detail;
  EXPECT_EQ(change->value, 8);
  EXPECT_EQ(change->version, unknown_version);
}

TEST_F(ChangefeedTest, goes_on_behind_what_was_resolved_and_acknowledged) {
  ByteServer server({told_from("cursor = '100.0000000001'", true,
                               {send_bytes(row_description(3) + change_row(5, 2) + resolved_row("150.0000000000") +
                                           change_row(6, 3) + resolved_row("170.0000000000")),
                                close_connection()}),
                     told_from("cursor = '150.0000000000'", false,
                               {send_bytes(row_description(3) + change_row(6, 3)), hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  const Result<Change> first = run(feed.next());
  ASSERT_TRUE(first) << first.error().detail;
  ASSERT_TRUE(run(feed.acknowledge(*first)));
  EXPECT_EQ(run(feed.next())->value, 6);
  ASSERT_TRUE(feed.connect()) << "as after a loss: what was told and not acknowledged is told again";
  EXPECT_EQ(run(feed.next())->value, 6);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(ChangefeedTest, that_is_refused_does_not_open_and_says_so_in_the_servers_words) {
  ByteServer server({told_from("CHANGEFEED", true,
                               {send_bytes(sql_failure("ERROR", "XXC01",
                                                       "use of CHANGEFEED requires an enterprise "
                                                       "license") +
                                           ready_for_query),
                                hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  const Result<void> opened = run(feed.open());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_EQ(opened.error().outcome, Outcome::fail);
  EXPECT_EQ(opened.error().detail,
            "the database answered: use of CHANGEFEED requires an enterprise license (SQLSTATE XXC01)");
}

TEST_F(ChangefeedTest, is_open_as_soon_as_it_tells_anything) {
  ByteServer server({told_from("CHANGEFEED", true,
                               {send_bytes(row_description(3) + resolved_row("150.0000000000")), hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  const Result<void> opened = run(feed.open());
  EXPECT_TRUE(opened) << opened.error().detail;
}

TEST_F(ChangefeedTest, that_is_refused_in_mid_run_says_so_in_the_servers_words) {
  ByteServer server({told_from(
      "CHANGEFEED", true,
      {send_bytes(row_description(3) + change_row(5, 2)),
       send_bytes(sql_failure("ERROR", "XXC01", "no license any more") + ready_for_query), hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  Result<Change> change = run(feed.next());
  if (change) {  // the refusal may have come with it
    ASSERT_TRUE(run(feed.acknowledge(*change)));
    change = run(feed.next());
  }
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().detail, "the database answered: no license any more (SQLSTATE XXC01)");
}

TEST_F(ChangefeedTest, says_why_it_ended_and_begins_again) {
  ByteServer server(
      {told_from("CHANGEFEED", true,
                 {send_bytes(sql_failure("ERROR", "XXUUU", "rangefeeds are not enabled") + ready_for_query),
                  hold_connection()}),
       told_from("cursor = '100.0000000001'", false,
                 {send_bytes(row_description(3) + change_row(5, 2)), hold_connection()})});
  ChangefeedFeed feed = feed_from(server.port());
  const Result<Change> ended = run(feed.next());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, ErrorCode::unavailable);
  EXPECT_NE(ended.error().detail.find("rangefeeds are not enabled"), std::string::npos) << ended.error().detail;
  EXPECT_EQ(run(feed.next())->value, 5);
}

}  // namespace
}  // namespace stalemate
