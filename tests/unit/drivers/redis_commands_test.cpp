#include "drivers/redis/commands.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace stalemate {
namespace {

// A command as Redis's protocol defines it: an array of texts with their lengths.
std::string by_hand(std::initializer_list<std::string> words) {
  std::string command = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    command += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return command;
}

std::string entry(Key key) {
  return "stock:" + std::string(product_id(key).view());
}

TEST(RedisCommands, are_what_the_protocol_says) {
  RedisCommands commands;
  EXPECT_EQ(commands.get(Key(0)), by_hand({"GET", "stock:93410c29-1609-484d-8662-ae2d0aa93cc4"}));
  EXPECT_EQ(commands.erase(Key(7)), by_hand({"DEL", entry(Key(7))}));
  EXPECT_EQ(commands.set(Key(7), 1000, 0), by_hand({"SET", entry(Key(7)), "1000"}));
  EXPECT_EQ(commands.set(Key(7), 5, 1500), by_hand({"SET", entry(Key(7)), "5", "PX", "1500"}));
  EXPECT_EQ(commands.set(Key(7), 5, 0), by_hand({"SET", entry(Key(7)), "5"}));
}

RC_GTEST_PROP(RedisCommands, fill_in_any_key_and_value_whatever_came_before, (std::vector<Value> values)) {
  values.push_back(std::numeric_limits<Value>::max());
  values.push_back(std::numeric_limits<Value>::min());
  RedisCommands commands;
  for (const Value value : values) {
    const auto key = Key(*rc::gen::arbitrary<std::uint32_t>());
    const auto limit_ms = *rc::gen::element<std::int64_t>(0, 0, 1, 250, std::numeric_limits<std::int64_t>::max());
    const std::string text = std::to_string(value);
    const std::string wanted = limit_ms == 0 ? by_hand({"SET", entry(key), text})
                                             : by_hand({"SET", entry(key), text, "PX", std::to_string(limit_ms)});
    RC_ASSERT(commands.set(key, value, limit_ms) == wanted);
    RC_ASSERT(commands.get(key) == by_hand({"GET", entry(key)}));
  }
}

TEST(RedisCommands, name_and_write_entries_of_the_users_design_as_told) {
  const EntryNames own = {.names = {"inv:7:a", "inv:7:b c"}, .form = ContentForm::parse("json:/on_hand").value()};
  RedisCommands commands(&own);
  EXPECT_EQ(commands.get(Key(1)), by_hand({"GET", "inv:7:b c"}));
  EXPECT_EQ(commands.erase(Key(0)), by_hand({"DEL", "inv:7:a"}));
  EXPECT_EQ(commands.set(Key(0), 5, 0), by_hand({"SET", "inv:7:a", "{\"on_hand\":5}"}));
  EXPECT_EQ(commands.set(Key(1), -5, 20), by_hand({"SET", "inv:7:b c", "{\"on_hand\":-5}", "PX", "20"}));
  EXPECT_EQ(redis_command_to_read(own, Key(0), 2), by_hand({"MGET", "inv:7:a", "inv:7:b c"}));
  EXPECT_EQ(redis_command_to_erase(own, Key(1), 1), by_hand({"DEL", "inv:7:b c"}));
}

TEST(RedisCommands, read_the_field_of_a_hash_where_that_is_the_form) {
  const EntryNames own = {.names = {"inv:7:a"}, .form = ContentForm::parse("hash:on_hand").value()};
  RedisCommands commands(&own);
  EXPECT_EQ(commands.get(Key(0)), by_hand({"HGET", "inv:7:a", "on_hand"}));
  EXPECT_EQ(commands.erase(Key(0)), by_hand({"DEL", "inv:7:a"}));
  EXPECT_TRUE(commands.set(Key(0), 5, 20).ends_with("$7\r\ninv:7:a\r\n$7\r\non_hand\r\n$1\r\n5\r\n$2\r\n20\r\n"));
}

TEST(RedisCommands, name_several_keys_in_order) {
  EXPECT_EQ(redis_command_for_keys("MGET", Key(5), 3), by_hand({"MGET", entry(Key(5)), entry(Key(6)), entry(Key(7))}));
}

}  // namespace
}  // namespace stalemate
