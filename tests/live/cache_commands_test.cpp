// Every cache command of the patterns on a real Redis and as its twin in memory: the same answers, the same slots.
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <array>
#include <string>
#include <vector>

#include "core/pattern/cache_command.hpp"
#include "core/text/key_names.hpp"
#include "drivers/cache/slot_text.hpp"
#include "drivers/redis/scripts.hpp"
#include "drivers/redis/session.hpp"
#include "live/command_states.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/redis_server.hpp"

namespace stalemate {
namespace {

constexpr Key shoe = {3};
constexpr std::array<const char*, slot_count> suffixes = {"", ":guard", ":mark", ":counter"};

class CacheCommandsTest : public DriversLiveTest {
 protected:
  void SetUp() override {
    start(nullptr, &redis_kind);
    const ServerAddress address = cache_address();
    client_.reset(redisConnect(address.host.c_str(), address.port));
    ASSERT_TRUE(client_ && client_->err == 0);
    ask({"AUTH", address.password});
  }

  // The answer as text: digits of an integer, "nil" for none.
  std::string ask(const std::vector<std::string>& words) {
    std::vector<const char*> pointers;
    for (const std::string& word : words) {
      pointers.push_back(word.c_str());
    }
    const std::unique_ptr<redisReply, void (*)(void*)> reply(
        static_cast<redisReply*>(
            redisCommandArgv(client_.get(), static_cast<int>(pointers.size()), pointers.data(), nullptr)),
        freeReplyObject);
    EXPECT_TRUE(reply && reply->type != REDIS_REPLY_ERROR) << words.front();
    if (!reply || reply->type == REDIS_REPLY_NIL) {
      return "nil";
    }
    return reply->type == REDIS_REPLY_INTEGER ? std::to_string(reply->integer) : std::string(reply->str, reply->len);
  }

  static std::string id() { return std::string(product_id(shoe).view()); }
  static std::string name_of_slot(std::size_t slot) { return "stock:" + id() + suffixes.at(slot); }

  void put(const CacheSlots& slots, bool expires_soon) {
    for (std::size_t slot = 0; slot < slot_count; ++slot) {
      ask({"DEL", name_of_slot(slot)});
      const std::optional<SlotContent>& content = slots.slots[slot];
      if (!content) {
        continue;
      }
      std::string text = content->value == absent ? "-" : std::to_string(content->value);
      text += content->stamp > 0 ? "@" + std::to_string(content->stamp) : "";
      ask({"SET", name_of_slot(slot), text});
      if (content->expires) {
        ask({"PEXPIRE", name_of_slot(slot), expires_soon ? "40000" : "99000"});
      }
    }
    ask({slots.queued ? "SADD" : "SREM", std::string(queue_name), id()});
  }

  CacheSlots found() {
    CacheSlots slots;
    for (std::size_t slot = 0; slot < slot_count; ++slot) {
      const std::string text = ask({"GET", name_of_slot(slot)});
      if (text != "nil") {
        slots.slots[slot] = parse_slot(text);
        EXPECT_TRUE(slots.slots[slot].has_value()) << text;
        slots.slots[slot]->expires = ask({"PTTL", name_of_slot(slot)}) != "-1";
      }
    }
    slots.queued = ask({"SISMEMBER", std::string(queue_name), id()}) == "1";
    return slots;
  }

  std::uint64_t last_moment() {
    const std::string text = ask({"GET", std::string(clock_name)});
    return text == "nil" ? 0 : std::stoull(text);
  }

  std::unique_ptr<redisContext, decltype(&redisFree)> client_{nullptr, &redisFree};
};

TEST_F(CacheCommandsTest, do_in_redis_what_they_do_in_memory) {
  RedisSession session(context_, cache_options());
  SeededRandom random(20261122);
  ASSERT_GE(CacheCommandRegistry::all().size(), 20U);
  for (const CacheCommandInfo& command : CacheCommandRegistry::all()) {
    for (int round = 0; round < 25; ++round) {
      CacheSlots slots;
      for (std::optional<SlotContent>& slot : slots.slots) {
        slot = draw_content(random);
      }
      slots.queued = random.draw_below(2) == 0;
      const bool soon = random.draw_below(2) == 0;
      const CacheArguments arguments = draw_arguments(random);
      put(slots, soon);
      const std::string before = slots_told(slots);
      const Result<CacheReply> reply = run(session.call(command, shoe, arguments));
      ASSERT_TRUE(reply) << command.name << ": " << reply.error().detail;
      const std::optional<SlotContent>& entry = slots[Slot::entry];
      const CacheMoment moment = {.now = last_moment(),
                                  .expires_soon = entry && entry->expires && soon && arguments.time_to_live_ns > 0};
      const CacheReply expected = command.apply(slots, arguments, moment);
      ASSERT_EQ(*reply, expected) << command.name << " on " << before;
      ASSERT_EQ(slots_told(found()), slots_told(slots)) << command.name << " on " << before;
    }
  }
}

TEST_F(CacheCommandsTest, are_told_moments_that_only_go_on) {
  RedisSession session(context_, cache_options());
  const CacheCommandInfo& tells = *CacheCommandRegistry::find("leave-mark");
  const CacheArguments nothing;
  const std::uint64_t first = run(session.call(tells, shoe, nothing)).value().stamp;
  const std::uint64_t future = first + 1'000'000'000;
  ask({"SET", std::string(clock_name), std::to_string(future)});
  EXPECT_EQ(run(session.call(tells, shoe, nothing)).value().stamp, future + 1);
  EXPECT_EQ(run(session.call(tells, shoe, nothing)).value().stamp, future + 2);
}

TEST_F(CacheCommandsTest, wait_out_a_lock_and_run_after_the_scripts_are_forgotten) {
  RedisSession session(context_, cache_options());
  const CacheCommandInfo& lock = *CacheCommandRegistry::find("lock");
  const CacheArguments held = {.hold_ns = 50'000'000, .patience_ns = 20'000'000'000};
  const CacheReply first = run(session.call(lock, shoe, held)).value();
  ask({"SCRIPT", "FLUSH"});
  const CacheReply second = run(session.call(lock, shoe, held)).value();
  EXPECT_EQ(second.verdict, CacheVerdict::done);
  EXPECT_GT(second.stamp, first.stamp);
}

TEST_F(CacheCommandsTest, leave_nothing_once_the_entries_are_erased) {
  RedisSession session(context_, cache_options());
  const CacheArguments held = {.value = 5};
  for (const CacheCommandInfo& command : CacheCommandRegistry::all()) {
    ASSERT_TRUE(run(session.call(command, shoe, held)));
  }
  EXPECT_NE(ask({"DBSIZE"}), "0");
  ASSERT_TRUE(run(session.erase_entries(Key{0}, 10)));
  EXPECT_EQ(ask({"DBSIZE"}), "0");
}

TEST_F(CacheCommandsTest, make_entries_that_plain_reads_and_surveys_understand) {
  RedisSession session(context_, cache_options());
  const CacheArguments version = {.value = 5, .stamp = 7};
  ASSERT_TRUE(run(session.call(*CacheCommandRegistry::find("set-if-newer"), shoe, version)));
  EXPECT_EQ(run(session.get(shoe)).value(), 5);
  std::array<Value, 5> values = {};
  ASSERT_TRUE(run(session.read_entries(Key{0}, values)));
  EXPECT_EQ(values[shoe.index], 5);
  const CacheArguments newer = {.stamp = 8};
  ASSERT_TRUE(run(session.call(*CacheCommandRegistry::find("bury"), shoe, newer)));
  EXPECT_EQ(ask({"GET", name_of_slot(0)}), "-@8");
  EXPECT_EQ(run(session.get(shoe)).value(), std::nullopt);
  ASSERT_TRUE(run(session.read_entries(Key{0}, values)));
  EXPECT_EQ(values[shoe.index], absent);
}

}  // namespace
}  // namespace stalemate
