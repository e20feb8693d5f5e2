// What feeds and scripts read out of texts.
#include <gtest/gtest.h>

#include "drivers/cache/slot_text.hpp"
#include "drivers/postgres/feeds/changefeed.hpp"
#include "drivers/postgres/feeds/feeds.hpp"
#include "drivers/redis/scripts.hpp"

namespace stalemate {
namespace {

constexpr Key feeds_key = {3};

std::string update_line(std::string_view rest) {
  return "table public.stock: UPDATE: product_id[character varying]:'" + std::string(product_id(feeds_key).view()) +
         "'" + std::string(rest);
}

TEST(DecodedChange, tells_key_value_and_version) {
  const KeyIndex keys(6);
  const auto change = parse_decoded_change(update_line(" quantity[integer]:-17 version[bigint]:3"), keys);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->key, feeds_key);
  EXPECT_EQ(change->value, -17);
  EXPECT_EQ(change->version, 3);
  EXPECT_EQ(parse_decoded_change(update_line(" quantity[integer]:5"), keys)->version, unknown_version);
}

TEST(DecodedChange, is_nothing_in_other_lines) {
  const KeyIndex keys(6);
  const KeyIndex other_keys(2);
  EXPECT_FALSE(parse_decoded_change("BEGIN 731", keys));
  EXPECT_FALSE(parse_decoded_change("COMMIT 731", keys));
  EXPECT_FALSE(parse_decoded_change("table public.stock: TRUNCATE: (no-flags)", keys));
  EXPECT_FALSE(parse_decoded_change("table public.other: UPDATE: quantity[integer]:5", keys));
  EXPECT_FALSE(parse_decoded_change(update_line(" quantity[integer]:5"), other_keys));
  EXPECT_FALSE(parse_decoded_change(update_line(" quantity[integer]:many"), keys));
}

TEST(ChangefeedMessage, tells_key_value_and_version) {
  const KeyIndex keys(6);
  const std::string id(product_id(feeds_key).view());
  const auto change = parse_changefeed_message(
      R"({"after": {"product_id": ")" + id + R"(", "quantity": -17, "version": 3}, "updated": "17.0000000003"})", keys);
  ASSERT_TRUE(change);
  EXPECT_EQ(change->key, feeds_key);
  EXPECT_EQ(change->value, -17);
  EXPECT_EQ(change->version, 3);
  EXPECT_EQ(parse_changefeed_message(R"({"after":{"product_id":")" + id + R"(","quantity":5}})", keys)->value, 5);
  EXPECT_FALSE(parse_changefeed_message(R"({"after": null, "updated": "17.0000000003"})", keys));
  EXPECT_FALSE(parse_changefeed_message(R"({"resolved":"17.0000000003"})", keys));
  EXPECT_FALSE(parse_changefeed_message("", keys));
}

TEST(ChangefeedMessage, tells_up_to_when_all_is_told) {
  EXPECT_EQ(resolved_timestamp(R"({"resolved":"17.0000000003"})"), "17.0000000003");
  EXPECT_EQ(resolved_timestamp(R"({"after": null, "updated": "17.0000000003"})"), "");
  EXPECT_NE(changefeed_text("17.0000000003").find("cursor = '17.0000000003'"), std::string::npos);
}

TEST(ScriptReply, is_read_whole_or_not_at_all) {
  const CacheReply done = {CacheVerdict::done, -17, 5};
  EXPECT_EQ(parse_script_reply("done -17 5"), done);
  const CacheReply busy = {CacheVerdict::busy, absent, 0};
  EXPECT_EQ(parse_script_reply("busy - 0"), busy);
  for (const std::string_view text : {"", "done", "done 1", "done 1 x", "done x 1", "perhaps 1 1", "done 1 1 1"}) {
    EXPECT_FALSE(parse_script_reply(text)) << text;
  }
}

TEST(SlotText, is_a_value_a_versioned_value_or_a_tombstone) {
  EXPECT_EQ(parse_slot("17"), (SlotContent{17, 0, false}));
  EXPECT_EQ(parse_slot("-17@9007199254740991"), (SlotContent{-17, 9007199254740991U, false}));
  EXPECT_EQ(parse_slot("-@3"), (SlotContent{absent, 3, false}));
  for (const std::string_view text : {"", "@3", "17@", "17@x", "x", "99999999999", "17@3@4"}) {
    EXPECT_FALSE(parse_slot(text)) << text;
  }
}

}  // namespace
}  // namespace stalemate
