// What a MemcachedSession does with servers that follow a script. What it shares with RedisSession is tested there.
#include "drivers/memcached/session.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>
#include <vector>

#include "byte_server.hpp"
#include "drivers/run_task.hpp"

namespace stalemate {
namespace {

Act await_lines(std::string last) {
  return await_until([last = std::move(last)](std::string_view received) { return received.ends_with(last); });
}

// The part of every conversation in which the session learns who it speaks to.
Conversation after_version(Conversation rest) {
  Conversation whole = {await_lines("mn\r\n"), send_bytes("MN\r\n"), await_lines("version\r\n"),
                        send_bytes("VERSION 1.6.18\r\n")};
  whole.insert(whole.end(), rest.begin(), rest.end());
  return whole;
}

const CacheCommandInfo set_mark = {
    .name = "set-mark",
    .summary = "for this test",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment& moment) -> CacheReply {
      slots[Slot::mark] = SlotContent{absent, moment.now, false};
      return {.stamp = moment.now};
    },
};
const CacheCommandInfo queue_key = {
    .name = "queue-key",
    .summary = "for this test",
    .lua = "",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      slots.queued = true;
      return {};
    },
};

class MemcachedSessionTest : public testing::Test {
 protected:
  static MemcachedOptions options_of(const ByteServer& server, CacheCalls calls = CacheCalls::plain) {
    MemcachedOptions options;
    options.url = "memcached://127.0.0.1:" + std::to_string(server.port());
    options.calls = calls;
    return options;
  }
  template <class T>
  T run(Task<T> task) {
    return run_task(context, std::move(task));
  }

  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

TEST_F(MemcachedSessionTest, learns_who_the_server_is) {
  ByteServer server({after_version({hold_connection()})});
  MemcachedSession session(context, options_of(server));
  const auto facts = run(session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "memcached");
  EXPECT_EQ(facts->version, "1.6.18");
}

TEST_F(MemcachedSessionTest, reads_values_misses_tombstones_and_errors) {
  ByteServer server({after_version({await_lines("v\r\n"), send_bytes("VA 4\r\n1007\r\n"), await_lines("v\r\n"),
                                    send_bytes("EN\r\n"), await_lines("v\r\n"), send_bytes("VA 3\r\n-@7\r\n"),
                                    await_lines("v\r\n"), send_bytes("SERVER_ERROR out of memory\r\n"),
                                    await_lines("v\r\n"), send_bytes("VA 3\r\none\r\n"), hold_connection()})});
  MemcachedSession session(context, options_of(server));
  EXPECT_EQ(run(session.get(Key(0))).value(), 1007);
  EXPECT_EQ(run(session.get(Key(0))).value(), std::nullopt);
  EXPECT_EQ(run(session.get(Key(0))).value(), std::nullopt);
  EXPECT_EQ(run(session.get(Key(0))).error().code, ErrorCode::unavailable);
  const auto not_ours = run(session.get(Key(0)));
  EXPECT_EQ(not_ours.error().code, ErrorCode::wrong_type);
  EXPECT_NE(not_ours.error().detail.find("stock:93410c29"), std::string::npos);
}

TEST_F(MemcachedSessionTest, a_server_that_knows_no_meta_protocol_is_refused) {
  ByteServer server({{await_lines("mn\r\n"), send_bytes("ERROR\r\n"), hold_connection()}});
  MemcachedSession session(context, options_of(server));
  const auto facts = run(session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::unsupported);
}

TEST_F(MemcachedSessionTest, sends_its_login_only_where_it_is_wanted) {
  const std::string login = "set login 0 0 9\r\nme secret\r\n";
  ByteServer wants(
      {{await_lines("mn\r\n"), send_bytes("CLIENT_ERROR unauthenticated\r\n"), await_lines(login),
        send_bytes("STORED\r\n"), await_lines("version\r\n"), send_bytes("VERSION 1.6.18\r\n"), hold_connection()}});
  MemcachedOptions options;
  options.url = "memcached://me:secret@127.0.0.1:" + std::to_string(wants.port());
  MemcachedSession session(context, options);
  EXPECT_TRUE(run(session.connect()));
  ByteServer open({{await_lines("mn\r\n"), send_bytes("MN\r\n"), hold_connection()}});
  options.url = "memcached://me:secret@127.0.0.1:" + std::to_string(open.port());
  MemcachedSession refused(context, options);
  const auto facts = run(refused.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::authentication);
  EXPECT_EQ(facts.error().detail.find("secret"), std::string::npos);
}

TEST_F(MemcachedSessionTest, a_refused_login_never_shows_the_password) {
  ByteServer server({{await_lines("mn\r\n"), send_bytes("CLIENT_ERROR unauthenticated\r\n"), await_lines("hunter2\r\n"),
                      send_bytes("CLIENT_ERROR authentication failure hunter2\r\n"), hold_connection()}});
  MemcachedOptions options;
  options.url = "memcached://me:hunter2@127.0.0.1:" + std::to_string(server.port());
  MemcachedSession session(context, options);
  const auto facts = run(session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::authentication);
  EXPECT_EQ(facts.error().detail.find("hunter2"), std::string::npos) << facts.error().detail;
}

TEST_F(MemcachedSessionTest, a_command_that_another_came_between_begins_again) {
  ByteServer server({after_version({await_lines(" v\r\n"), send_bytes("VA 1 c5\r\n7\r\nVA 2\r\n10\r\n"),
                                    await_lines(" C5\r\n7 ~ -@10\r\n"), send_bytes("EX\r\n"), await_lines(" v\r\n"),
                                    send_bytes("EN\r\nVA 2\r\n11\r\n"), await_lines(" ME\r\n~ ~ -@11\r\n"),
                                    send_bytes("HD\r\n"), hold_connection()})});
  MemcachedSession session(context, options_of(server, CacheCalls::commands));
  const auto reply = run(session.call(set_mark, Key(0), CacheArguments()));
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->stamp, 11U);
}

TEST_F(MemcachedSessionTest, a_write_keeps_what_commands_have_left_beside_the_entry) {
  ByteServer server({after_version({await_lines(" v c\r\n"), send_bytes("VA 8 c5\r\n7 ~ -@10\r\n"),
                                    await_lines(" C5\r\n8 ~ -@10\r\n"), send_bytes("HD\r\n"), await_lines(" v c\r\n"),
                                    send_bytes("VA 8 c6\r\n8 ~ -@10\r\n"), await_lines(" C6\r\n~ ~ -@10\r\n"),
                                    send_bytes("HD\r\n"), hold_connection()})});
  MemcachedSession session(context, options_of(server, CacheCalls::commands));
  ASSERT_TRUE(run(session.set(Key(0), 8, 0)));
  EXPECT_TRUE(run(session.erase(Key(0))).value());
}

TEST_F(MemcachedSessionTest, a_command_lost_before_its_write_certainly_did_nothing_and_one_lost_in_it_may_have) {
  ByteServer server({after_version({await_lines(" v\r\n"), close_connection()}),
                     after_version({await_lines(" v\r\n"), send_bytes("EN\r\nVA 2\r\n10\r\n"), await_lines("-@10\r\n"),
                                    close_connection()})});
  MemcachedSession session(context, options_of(server, CacheCalls::commands));
  EXPECT_EQ(run(session.call(set_mark, Key(0), CacheArguments())).error().outcome, Outcome::fail);
  EXPECT_EQ(run(session.call(set_mark, Key(0), CacheArguments())).error().outcome, Outcome::info);
}

TEST_F(MemcachedSessionTest, a_command_that_queues_a_key_is_unsupported) {
  ByteServer server({after_version({await_lines(" v\r\n"), send_bytes("EN\r\nVA 2\r\n10\r\n"), hold_connection()})});
  MemcachedSession session(context, options_of(server, CacheCalls::commands));
  const auto reply = run(session.call(queue_key, Key(0), CacheArguments()));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unsupported);
}

TEST_F(MemcachedSessionTest, entries_of_the_users_have_their_names_and_their_form) {
  ByteServer server({after_version(
      {await_lines("mg inv:1 v\r\n"), send_bytes("VA 13\r\n{\"on_hand\":5}\r\n"), await_lines("mg inv:1 v\r\n"),
       send_bytes("VA 1\r\n5\r\n"), await_lines("ms inv:1 14 T0\r\n{\"on_hand\":17}\r\n"), send_bytes("HD\r\n"),
       await_lines("mg inv:0 v u q O0\r\nmg inv:1 v u q O1\r\nmn\r\n"),
       send_bytes("VA 13 O1\r\n{\"on_hand\":5}\r\nMN\r\n"), await_lines("md inv:0\r\nmd inv:1\r\n"),
       send_bytes("NF\r\nHD\r\n"), hold_connection()})});
  EntryNames entries = {.names = {"inv:0", "inv:1"}};
  entries.form = ContentForm::parse("json:/on_hand").value();
  MemcachedOptions options = options_of(server);
  options.entries = std::make_shared<const EntryNames>(entries);
  MemcachedSession session(context, options);
  EXPECT_EQ(run(session.get(Key(1))).value(), 5);
  EXPECT_EQ(run(session.get(Key(1))).error().detail,
            "the cache's entry 'inv:1' is not one that this run has written, such as {\"on_hand\":17}");
  EXPECT_TRUE(run(session.set(Key(1), 17, 0)));
  std::array<Value, 2> values = {};
  ASSERT_TRUE(run(session.read_entries(Key(0), values)));
  EXPECT_EQ(values, (std::array<Value, 2>{absent, 5}));
  EXPECT_EQ(run(session.erase_entries(Key(0), 2)).value(), 1U) << "and our clock is left alone";
}

TEST_F(MemcachedSessionTest, what_is_cut_off_is_lost_at_once_and_refused_until_it_is_mended) {
  ByteServer server({after_version({await_lines("v\r\n"), send_bytes("VA 1\r\n5\r\n"), hold_connection()})});
  MemcachedOptions options = options_of(server);
  options.cut = std::make_shared<ConnectionCut>();
  MemcachedSession session(context, options);
  MemcachedSession waiting(context, options);
  EXPECT_EQ(run(session.get(Key(0))).value(), 5);
  options.cut->cut();
  const auto refused = run(session.get(Key(0)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  EXPECT_EQ(run(waiting.get(Key(0))).error().code, ErrorCode::connection_refused);
  options.cut->mend();
  MemcachedSession later(context, options);
  EXPECT_EQ(run(later.get(Key(0))).value(), 5);
}

}  // namespace
}  // namespace stalemate
