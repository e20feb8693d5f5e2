// What a connection to Redis says, read along: ends, questions, answers, in every split.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "wire/redis/conversation.hpp"
#include "wire/redis/words.hpp"

namespace stalemate {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string command(std::initializer_list<std::string_view> words) {
  const std::vector<std::string_view> list(words);
  return redis_request_of(list);
}

/// Feeds both sides in pieces of one size and keeps what was found.
class Eavesdropper {
 public:
  explicit Eavesdropper(std::size_t piece = 1 << 20U) : piece_(piece) {}

  std::vector<AskedRequest> asked = {};
  std::vector<std::string> answers = {};
  std::vector<std::string> pushes = {};
  std::size_t told_unasked = 0;
  std::string error = {};
  std::unique_ptr<StoreConversation> talk = make_redis_conversation();

  void client(std::string_view bytes) {
    while (!bytes.empty() && error.empty()) {
      const Result<Portion> portion = talk->from_client(bytes.substr(0, piece_));
      if (!portion) {
        error = portion.error().detail;
        return;
      }
      request_ += bytes.substr(0, portion->bytes);
      bytes.remove_prefix(portion->bytes);
      if (portion->ends) {
        asked.push_back(talk->asks(request_));
        last = std::exchange(request_, {});
      }
    }
  }

  void store(std::string_view bytes) {
    while (!bytes.empty() && error.empty()) {
      const Result<ReplyPortion> portion = talk->from_store(bytes.substr(0, piece_));
      if (!portion) {
        error = portion.error().detail;
        return;
      }
      reply_ += bytes.substr(0, portion->bytes);
      bytes.remove_prefix(portion->bytes);
      if (portion->ends) {
        told_unasked += portion->tells_unasked ? 1 : 0;
        (portion->role == ReplyRole::answer ? answers : pushes).push_back(talk->answers(reply_).text);
        reply_.clear();
      }
    }
  }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (const AskedRequest& one : asked) {
      found.push_back(one.request.text);
    }
    return found;
  }
  [[nodiscard]] bool is_between_messages() const { return request_.empty() && reply_.empty(); }

  std::string last = {};

 private:
  std::size_t piece_;
  std::string request_ = {};
  std::string reply_ = {};
};

StoreRequest asked_by(std::initializer_list<std::string_view> words) {
  Eavesdropper ear;
  ear.client(command(words));
  return ear.asked.at(0).request;
}

TEST(RedisConversation, tells_the_ends_of_requests_in_every_split) {
  const std::string bytes = command({"SET", "product:7", "a\r\nb"}) + "GET 'a b' \"\\x41\\n\"\r\n" + "\r\n*0\r\n" +
                            command({"MGET", "a", "b"}) + "ping\n" + command({"SET", "e", ""});
  Eavesdropper whole;
  whole.client(bytes);
  EXPECT_THAT(whole.texts(), ElementsAre("SET product:7 a\\u000d\\u000ab", "GET 'a b' A\\u000a", "", "", "MGET a b",
                                         "PING", "SET e ''"));
  for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
    Eavesdropper ear(piece);
    ear.client(bytes);
    EXPECT_EQ(ear.texts(), whole.texts()) << piece;
    EXPECT_TRUE(ear.is_between_messages());
  }
}

TEST(RedisConversation, tells_the_ends_of_replies_in_every_split) {
  const std::string bytes =
      "+OK\r\n:7\r\n$-1\r\n$3\r\na\r\n\r\n*-1\r\n*0\r\n*2\r\n$1\r\na\r\n*1\r\n:-3\r\n-ERR no\r\n"
      "%1\r\n+k\r\n,1.5\r\n_\r\n#t\r\n(123\r\n=5\r\ntxt:x\r\n~1\r\n:1\r\n|1\r\n+ttl\r\n:9\r\n+after\r\n!3\r\nbad\r\n";
  const auto expected = ElementsAre("OK", "7", "(nil)", R"("a\u000d\u000a")", "(nil)", "[]", "[\"a\", [-3]]", "ERR no",
                                    "{k: 1.5}", "(nil)", "true", "123", "\"txt:x\"", "[1]", "<ttl: 9> after", "bad");
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    Eavesdropper ear(piece);
    for (int count = 0; count < 16; ++count) {
      ear.client(command({"GET", "a"}));
    }
    ear.store(bytes);
    EXPECT_EQ(ear.error, "");
    EXPECT_THAT(ear.answers, expected) << piece;
    EXPECT_TRUE(ear.is_between_messages());
  }
}

TEST(RedisConversation, knows_keys_values_and_effects_of_commands) {
  const StoreRequest set = asked_by({"set", "product:7", "5", "EX", "60"});
  EXPECT_EQ(set.name, "SET");
  EXPECT_THAT(set.keys, ElementsAre("product:7"));
  EXPECT_THAT(set.values, ElementsAre("5", "EX", "60"));
  EXPECT_TRUE(set.writes);
  EXPECT_FALSE(set.touches_anything);
  EXPECT_FALSE(asked_by({"GET", "a"}).writes);
  EXPECT_THAT(asked_by({"DEL", "a", "b"}).keys, ElementsAre("a", "b"));
  EXPECT_THAT(asked_by({"MSET", "a", "1", "b", "2"}).keys, ElementsAre("a", "b"));
  EXPECT_THAT(asked_by({"BLPOP", "a", "b", "5"}).keys, ElementsAre("a", "b"));
  EXPECT_THAT(asked_by({"BITOP", "AND", "d", "a"}).keys, ElementsAre("d", "a"));
  EXPECT_THAT(asked_by({"OBJECT", "ENCODING", "a"}).keys, ElementsAre("a"));
  EXPECT_EQ(asked_by({"OBJECT", "ENCODING", "a"}).name, "OBJECT ENCODING");
  EXPECT_THAT(asked_by({"EVAL", "return 1", "2", "a", "b", "x"}).keys, ElementsAre("a", "b"));
  EXPECT_THAT(asked_by({"ZUNIONSTORE", "d", "2", "a", "b"}).keys, ElementsAre("d", "a", "b"));
  EXPECT_THAT(asked_by({"XREAD", "COUNT", "1", "STREAMS", "a", "b", "0", "0"}).keys, ElementsAre("a", "b"));
  EXPECT_THAT(asked_by({"SORT", "a", "STORE", "d"}).keys, ElementsAre("a", "d"));
}

TEST(RedisConversation, says_where_keys_cannot_be_told) {
  EXPECT_TRUE(asked_by({"KEYS", "*"}).touches_anything);
  EXPECT_FALSE(asked_by({"KEYS", "*"}).writes);
  EXPECT_TRUE(asked_by({"FLUSHALL"}).touches_anything);
  EXPECT_TRUE(asked_by({"FLUSHALL"}).writes);
  EXPECT_TRUE(asked_by({"NO.SUCH", "a"}).touches_anything);
  EXPECT_TRUE(asked_by({"EVAL", "return 1", "9", "a"}).touches_anything);
  EXPECT_TRUE(asked_by({"EVAL", "return 1", "-1"}).touches_anything);
  EXPECT_TRUE(asked_by({"SORT", "a", "BY", "w_*"}).touches_anything);
  EXPECT_FALSE(asked_by({"PING"}).touches_anything);
}

TEST(RedisConversation, shows_no_password) {
  EXPECT_EQ(asked_by({"AUTH", "secret"}).text, "AUTH");
  EXPECT_THAT(asked_by({"HELLO", "3", "AUTH", "me", "secret"}).values, IsEmpty());
}

TEST(RedisConversation, stays_in_a_transaction_in_which_a_second_multi_is_refused) {
  Eavesdropper ear;
  ear.client(command({"MULTI"}) + command({"MULTI"}));
  ear.store("+OK\r\n-ERR MULTI calls can not be nested\r\n");
  ear.client(command({"SET", "a", "1"}) + command({"EXEC"}));
  EXPECT_FALSE(ear.asked[2].may_stop);
  EXPECT_EQ(ear.asked[3].request.name, "MULTI");
}

TEST(RedisConversation, takes_multi_to_exec_as_one_request_that_may_stop_before_exec) {
  Eavesdropper ear;
  ear.client(command({"WATCH", "w"}) + command({"MULTI"}) + command({"SET", "a", "1"}) + command({"DEL", "b"}) +
             command({"EXEC"}));
  ASSERT_THAT(ear.asked, SizeIs(5));
  EXPECT_TRUE(ear.asked[0].may_stop);
  EXPECT_FALSE(ear.asked[1].may_stop);
  EXPECT_FALSE(ear.asked[2].may_stop);
  EXPECT_TRUE(ear.asked[4].may_stop);
  EXPECT_EQ(ear.asked[4].request.text, "MULTI; SET a 1; DEL b; EXEC");
  EXPECT_THAT(ear.asked[4].request.keys, ElementsAre("a", "b"));
  EXPECT_TRUE(ear.asked[4].request.writes);
  EXPECT_THAT(*ear.talk->copy_of(ear.last),
              ElementsAre(command({"WATCH", "w"}), command({"MULTI"}), command({"SET", "a", "1"}),
                          command({"DEL", "b"}), command({"EXEC"})));
  ear.store("+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:1\r\n");
  EXPECT_THAT(ear.answers, ElementsAre("OK", "OK", "QUEUED", "QUEUED", "[OK, 1]"));
  ear.client(command({"GET", "a"}));
  EXPECT_THAT(*ear.talk->copy_of(ear.last), SizeIs(1));
}

TEST(RedisConversation, ends_a_transaction_with_discard_and_one_that_was_refused_at_once) {
  Eavesdropper ear;
  ear.client(command({"MULTI"}) + command({"SET", "a", "1"}) + command({"DISCARD"}) + command({"SET", "b", "2"}));
  EXPECT_TRUE(ear.asked[3].may_stop);
  ear.store("+OK\r\n+QUEUED\r\n+OK\r\n+OK\r\n");
  ear.client(command({"MULTI"}));
  ear.store("-NOAUTH Authentication required.\r\n");
  ear.client(command({"SET", "a", "1"}));
  EXPECT_TRUE(ear.asked.back().may_stop);
}

TEST(RedisConversation, refuses_a_transaction_so_that_the_store_forgets_it) {
  Eavesdropper ear;
  ear.client(command({"MULTI"}) + command({"SET", "a", "1"}) + command({"EXEC"}));
  const GateRefusal refusal = ear.talk->refuse("refused by a fault");
  EXPECT_EQ(refusal.to_client, "-ERR refused by a fault\r\n");
  EXPECT_EQ(refusal.to_store, command({"DISCARD"}));
  ear.client(command({"SET", "a", "1"}));
  EXPECT_EQ(ear.talk->refuse("no").to_store, "");
  ear.store("+OK\r\n+QUEUED\r\n+OK\r\n+left over\r\n");
  EXPECT_THAT(ear.answers, ElementsAre("OK", "QUEUED", "OK"));
}

TEST(RedisConversation, repeats_login_and_database_before_a_copy) {
  Eavesdropper ear;
  ear.client(command({"HELLO", "3"}) + command({"AUTH", "p"}) + command({"SELECT", "1"}) + command({"SELECT", "2"}) +
             command({"SET", "a", "1"}));
  EXPECT_THAT(*ear.talk->copy_of(ear.last), ElementsAre(command({"HELLO", "3"}), command({"AUTH", "p"}),
                                                        command({"SELECT", "2"}), command({"SET", "a", "1"})));
  ear.client(command({"RESET"}) + command({"SET", "a", "1"}));
  EXPECT_THAT(*ear.talk->copy_of(ear.last), SizeIs(1));
}

TEST(RedisConversation, tells_messages_of_subscriptions_from_answers) {
  Eavesdropper ear;
  ear.client(command({"SUBSCRIBE", "c", "d"}));
  ear.store("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nd\r\n:2\r\n");
  ear.client(command({"PING"}));
  ear.store("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n");
  EXPECT_THAT(ear.answers, ElementsAre(HasSubstr("\"c\", 1"), HasSubstr("pong")));
  EXPECT_THAT(ear.pushes, ElementsAre(HasSubstr("\"d\", 2"), HasSubstr("hi")));
  EXPECT_EQ(ear.told_unasked, 1U) << "the second confirmation was asked for";
  ear.client(command({"UNSUBSCRIBE"}));
  ear.store("*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:1\r\n*3\r\n$11\r\nunsubscribe\r\n$1\r\nd\r\n:0\r\n");
  ear.client(command({"LRANGE", "l", "0", "-1"}));
  ear.store("*1\r\n$7\r\nmessage\r\n");
  EXPECT_EQ(ear.answers.back(), "[\"message\"]");
}

TEST(RedisConversation, takes_pushes_of_resp3_between_replies) {
  Eavesdropper ear;
  ear.client(command({"HELLO", "3"}) + command({"SUBSCRIBE", "c"}) + command({"GET", "a"}));
  ear.store("%1\r\n+proto\r\n:3\r\n>3\r\n+subscribe\r\n+c\r\n:1\r\n>2\r\n+invalidate\r\n*1\r\n+a\r\n+value\r\n");
  EXPECT_THAT(ear.answers, ElementsAre("{proto: 3}", "[subscribe, c, 1]", "value"));
  EXPECT_THAT(ear.pushes, ElementsAre("[invalidate, [a]]"));
  EXPECT_EQ(ear.told_unasked, 1U);
}

TEST(RedisConversation, awaits_no_reply_where_the_client_wants_none) {
  Eavesdropper ear;
  ear.client(command({"CLIENT", "REPLY", "SKIP"}) + command({"SET", "a", "1"}) + command({"GET", "a"}) +
             command({"client", "reply", "off"}) + command({"SET", "a", "2"}) + command({"CLIENT", "REPLY", "ON"}));
  std::vector<bool> answered;
  for (const AskedRequest& asked : ear.asked) {
    answered.push_back(asked.is_answered);
  }
  EXPECT_THAT(answered, ElementsAre(false, false, true, false, false, true));
  ear.store("+1\r\n+OK\r\n");
  EXPECT_THAT(ear.answers, ElementsAre("1", "OK"));
}

TEST(RedisConversation, takes_the_lines_of_monitor_and_what_comes_unasked_as_pushes) {
  Eavesdropper ear;
  ear.store("-ERR max number of clients reached\r\n");
  ear.client(command({"MONITOR"}));
  ear.store("+OK\r\n+1339518083.107412 [0 127.0.0.1:60866] \"keys\"\r\n");
  EXPECT_THAT(ear.answers, ElementsAre("OK"));
  EXPECT_THAT(ear.pushes, SizeIs(2));
}

TEST(RedisConversation, reads_nothing_of_a_replica) {
  Eavesdropper ear;
  ear.client(command({"PSYNC", "?", "-1"}));
  ear.store("$EOF:0123");
  EXPECT_EQ(ear.error, "");
  EXPECT_EQ(ear.talk->unreadable(), "it is a replica's stream");
}

TEST(RedisConversation, says_what_is_wrong_with_hostile_bytes) {
  const auto client_error = [](std::string_view bytes) {
    Eavesdropper ear;
    ear.client(bytes);
    return ear.error;
  };
  EXPECT_THAT(client_error("*1\r\n:1\r\n"), HasSubstr("begins with ':'"));
  EXPECT_THAT(client_error("*1\r\n$-5\r\n"), HasSubstr("a string of -5 bytes"));
  EXPECT_THAT(client_error("*1\r\n$99999999999\r\n"), HasSubstr("99999999999"));
  EXPECT_THAT(client_error("*99999999999999999999\r\n"), HasSubstr("too large"));
  EXPECT_THAT(client_error("*3000000000\r\n"), HasSubstr("3000000000 elements"));
  EXPECT_THAT(client_error("*x\r\n"), HasSubstr("'x'"));
  EXPECT_THAT(client_error("*1\rx"), HasSubstr("CR LF"));
  EXPECT_THAT(client_error(std::string(70000, 'a')), HasSubstr("longer than 65536"));
  Eavesdropper ear;
  std::string deep;
  for (int depth = 0; depth < 2000; ++depth) {
    deep += "*1\r\n";
  }
  ear.store(deep);
  EXPECT_THAT(ear.error, HasSubstr("nested deeper"));
  Eavesdropper other;
  other.store("HTTP/1.1 400\r\n");
  EXPECT_THAT(other.error, HasSubstr("the store does not speak Redis' protocol"));
}

TEST(RedisConversation, tells_of_a_long_request_what_its_beginning_says) {
  Eavesdropper ear;
  const std::string bytes = command({"SET", "big", std::string(100000, 'x')});
  const Result<Portion> portion = ear.talk->from_client(std::string_view(bytes).substr(0, head_bytes));
  ASSERT_TRUE(portion);
  EXPECT_FALSE(portion->ends);
  const AskedRequest asked = ear.talk->asks(std::string_view(bytes).substr(0, head_bytes));
  EXPECT_THAT(asked.request.keys, ElementsAre("big"));
  EXPECT_FALSE(asked.request.touches_anything);
  EXPECT_LT(asked.request.text.size(), word_bytes_max * 2);
  const Result<Portion> rest = ear.talk->from_client(std::string_view(bytes).substr(head_bytes));
  ASSERT_TRUE(rest);
  EXPECT_TRUE(rest->ends);
}

}  // namespace
}  // namespace stalemate
