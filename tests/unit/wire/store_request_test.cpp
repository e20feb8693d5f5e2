// What only sets a connection up, and what begins and ends listening.
#include "wire/store_request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/usual_answer.hpp"

namespace stalemate {
namespace {

bool sets_up(Protocol protocol, const char* name) {
  return sets_up_connection(protocol, {.name = name});
}

TEST(StoreRequest, sets_its_connection_up_or_asks_for_rows_and_entries) {
  for (const char* name : {"HELLO", "AUTH", "SELECT", "CLIENT SETINFO", "CLIENT TRACKING", "SUBSCRIBE", "PING"}) {
    EXPECT_TRUE(sets_up(Protocol::redis, name)) << name;
  }
  for (const char* name : {"SET", "GET", "DISCARD", "MULTI", "PUBLISH", "WATCH", "BEGIN", ""}) {
    EXPECT_FALSE(sets_up(Protocol::redis, name)) << name;
  }
  for (const char* name : {"BEGIN", "SET", "DISCARD", "LISTEN", "SHOW"}) {
    EXPECT_TRUE(sets_up(Protocol::postgres, name)) << name;
  }
  for (const char* name : {"SELECT", "COMMIT", "NOTIFY", "UPDATE", "PREPARE", "HELLO", ""}) {
    EXPECT_FALSE(sets_up(Protocol::postgres, name)) << name;
  }
}

TEST(StoreRequest, begins_or_ends_listening) {
  const auto change = [](Protocol protocol, const char* name) { return listening_change(protocol, {.name = name}); };
  EXPECT_EQ(change(Protocol::redis, "SSUBSCRIBE"), ListeningChange::begins);
  EXPECT_EQ(change(Protocol::redis, "CLIENT TRACKING"), ListeningChange::begins);
  EXPECT_EQ(change(Protocol::redis, "CLIENT SETINFO"), ListeningChange::none);
  EXPECT_EQ(change(Protocol::redis, "RESET"), ListeningChange::ends);
  EXPECT_EQ(change(Protocol::redis, "PUBLISH"), ListeningChange::none);
  EXPECT_EQ(change(Protocol::postgres, "LISTEN"), ListeningChange::begins);
  EXPECT_EQ(change(Protocol::postgres, "DISCARD"), ListeningChange::ends);
  EXPECT_EQ(change(Protocol::postgres, "NOTIFY"), ListeningChange::none);
}

TEST(StoreRequest, asks_for_the_nodes_of_a_cluster) {
  EXPECT_TRUE(asks_for_cluster(Protocol::redis, {.name = "CLUSTER SLOTS"}));
  EXPECT_TRUE(asks_for_cluster(Protocol::redis, {.name = "CLUSTER"}));
  EXPECT_FALSE(asks_for_cluster(Protocol::redis, {.name = "GET"}));
  EXPECT_FALSE(asks_for_cluster(Protocol::postgres, {.name = "CLUSTER"})) << "a statement that sorts a table";
}

TEST(UsualAnswer, is_known_of_sets_and_deletes_of_a_redis_alone) {
  const auto answer = [](const std::string& name, std::vector<std::string> keys, std::vector<std::string> values = {}) {
    return usual_answer(Protocol::redis, {.name = name, .keys = std::move(keys), .values = std::move(values)});
  };
  EXPECT_EQ(answer("DEL", {"a"}), ":1\r\n");
  EXPECT_EQ(answer("UNLINK", {"a", "b"}), ":2\r\n");
  EXPECT_EQ(answer("SET", {"a"}, {"1", "EX", "60"}), "+OK\r\n");
  EXPECT_EQ(answer("HSET", {"a"}, {"f", "1", "g", "2"}), ":2\r\n");
  EXPECT_EQ(answer("HDEL", {"a"}, {"f"}), ":1\r\n");
  EXPECT_EQ(answer("SET", {"a"}, {"1", "GET"}), "") << "it answers what was there before";
  EXPECT_EQ(answer("GET", {"a"}), "");
  EXPECT_EQ(answer("EVALSHA", {"a"}), "");
  EXPECT_EQ(answer("MULTI", {"a"}), "");
  EXPECT_EQ(usual_answer(Protocol::postgres, {.name = "UPDATE"}), "");
}

}  // namespace
}  // namespace stalemate
