#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <vector>

#include "core/text/key_names.hpp"
#include "drivers/redis/session.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/redis_server.hpp"

namespace stalemate {
namespace {

class DriversRedisTest : public DriversLiveTest {
 protected:
  void SetUp() override { start(nullptr, &redis_kind); }

  // Says something to the server that our session never says.
  void tell(const std::vector<std::string>& words) {
    const ServerAddress address = cache_address();
    const std::unique_ptr<redisContext, decltype(&redisFree)> client(redisConnect(address.host.c_str(), address.port),
                                                                     &redisFree);
    ASSERT_TRUE(client && client->err == 0);
    freeReplyObject(redisCommand(client.get(), "AUTH %s", address.password.c_str()));
    std::vector<const char*> pointers;
    for (const std::string& word : words) {
      pointers.push_back(word.c_str());
    }
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(client.get(), static_cast<int>(pointers.size()), pointers.data(), nullptr));
    ASSERT_TRUE(reply != nullptr && reply->type != REDIS_REPLY_ERROR) << words.front();
    freeReplyObject(reply);
  }

  std::string entry(Key key) { return "stock:" + std::string(product_id(key).view()); }
};

TEST_F(DriversRedisTest, sets_reads_expires_and_removes_entries) {
  RedisSession session(context_, cache_options());
  const auto facts = run(session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->engine, "Redis");
  EXPECT_FALSE(facts->version.empty());
  EXPECT_EQ(run(session.get(Key(3))).value(), std::nullopt);
  ASSERT_TRUE(run(session.set(Key(3), -17, 0)));
  EXPECT_EQ(run(session.get(Key(3))).value(), -17);
  EXPECT_TRUE(run(session.erase(Key(3))).value());
  EXPECT_FALSE(run(session.erase(Key(3))).value());
  ASSERT_TRUE(run(session.set(Key(3), 5, 1)));
  bool expired = false;
  for (int attempt = 0; attempt < 5000 && !expired; ++attempt) {
    expired = !run(session.get(Key(3))).value().has_value();
  }
  EXPECT_TRUE(expired) << "1 ns is rounded up to 1 ms, which passes";
}

TEST_F(DriversRedisTest, surveys_and_removes_the_entries_of_its_keys_only) {
  RedisSession session(context_, cache_options());
  tell({"SET", "stock:other", "1"});
  constexpr std::uint32_t keys = 2'500;
  for (std::uint32_t key = 0; key < keys; key += 100) {
    ASSERT_TRUE(run(session.set(Key(key), static_cast<Value>(key), 0)));
  }
  std::vector<Value> values(keys, 1);
  ASSERT_TRUE(run(session.read_entries(Key(0), values)));
  for (std::uint32_t key = 0; key < keys; ++key) {
    EXPECT_EQ(values[key], key % 100 == 0 ? static_cast<Value>(key) : absent);
  }
  EXPECT_EQ(run(session.erase_entries(Key(0), keys)).value(), 25U);
  EXPECT_EQ(run(session.erase_entries(Key(0), keys)).value(), 0U);
  tell({"RENAME", "stock:other", "stock:still there"});
}

TEST_F(DriversRedisTest, an_entry_that_is_not_ours_is_an_error) {
  RedisSession session(context_, cache_options());
  tell({"SET", entry(Key(0)), "many"});
  tell({"LPUSH", entry(Key(1)), "1"});
  EXPECT_EQ(run(session.get(Key(0))).error().code, ErrorCode::wrong_type);
  EXPECT_EQ(run(session.get(Key(1))).error().code, ErrorCode::wrong_type);
  std::vector<Value> values(1);
  EXPECT_EQ(run(session.read_entries(Key(0), values)).error().code, ErrorCode::wrong_type);
}

TEST_F(DriversRedisTest, a_server_out_of_memory_refuses_writes_and_says_so) {
  RedisSession session(context_, cache_options());
  tell({"CONFIG", "SET", "maxmemory", "1"});
  const auto refused = run(session.set(Key(0), 1, 0));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(refused.error().outcome, Outcome::fail);
  tell({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(run(session.set(Key(0), 1, 0)));
}

TEST_F(DriversRedisTest, speaks_through_the_unix_socket) {
  RedisOptions options;
  options.url = cache_address().socket_url;
  RedisSession session(context_, options);
  const auto facts = run(session.connect());
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_TRUE(run(session.set(Key(0), 1, 0)));
}

TEST_F(DriversRedisTest, a_wrong_password_is_told_without_showing_it) {
  RedisOptions options;
  options.url = "redis://:hunter2@127.0.0.1:" + std::to_string(cache_address().port);
  RedisSession session(context_, options);
  const auto facts = run(session.connect());
  ASSERT_FALSE(facts);
  EXPECT_EQ(facts.error().code, ErrorCode::authentication);
  EXPECT_EQ(facts.error().detail.find("hunter2"), std::string::npos);
}

TEST_F(DriversRedisTest, outlives_a_server_that_is_killed_and_started_again) {
  RedisSession session(context_, cache_options());
  ASSERT_TRUE(run(session.set(Key(0), 1, 0)));
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::kill));
  const auto during = run(session.set(Key(0), 2, 0));
  ASSERT_FALSE(during);
  EXPECT_EQ(during.error().outcome, Outcome::fail) << "the loss was known before anything was sent";
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::start));
  bool served = false;
  for (int attempt = 0; attempt < 3000 && !served; ++attempt) {
    served = run(session.set(Key(0), 3, 0)).has_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(served);
}

TEST_F(DriversRedisTest, a_server_that_stands_still_times_out_and_a_killed_one_leaves_the_call_uncertain) {
  RedisOptions options = cache_options();
  options.op_limit_ns = 50'000'000;
  RedisSession hurried(context_, options);
  RedisSession patient(context_, cache_options());
  ASSERT_TRUE(run(hurried.connect()));
  ASSERT_TRUE(run(patient.connect()));
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::pause));
  const auto late = run(hurried.set(Key(0), 1, 0));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::timed_out);
  EXPECT_EQ(late.error().outcome, Outcome::info);
  Task<Result<void>> cut_off = patient.set(Key(0), 2, 0);
  cut_off.start();
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::kill));
  while (!cut_off.done()) {
    let_run(std::chrono::milliseconds(5));
  }
  const auto lost = cut_off.take();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, ErrorCode::connection_lost);
  EXPECT_EQ(lost.error().outcome, Outcome::info);
}

}  // namespace
}  // namespace stalemate
