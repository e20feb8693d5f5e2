#include "drivers/memcached/items.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "drivers/memcached/commands.hpp"
#include "drivers/memcached/errors.hpp"

namespace stalemate {
namespace {

MemcachedItem item_with(Slot slot, SlotContent content, Nanoseconds life_ns = 0, std::uint64_t now_ms = 0) {
  MemcachedItem item;
  put_slot(item, slot, content, life_ns, now_ms);
  return item;
}

TEST(MemcachedItems, an_entry_alone_is_what_any_client_would_store) {
  EXPECT_EQ(item_text(item_with(Slot::entry, {1007, 0, false})), "1007");
  EXPECT_EQ(item_text(item_with(Slot::entry, {-3, 7, false})), "-3@7");
  EXPECT_EQ(item_text(item_with(Slot::entry, {absent, 7, false})), "-@7");
}

TEST(MemcachedItems, slots_keep_their_places_and_their_ends) {
  MemcachedItem item = item_with(Slot::mark, {absent, 17, false});
  EXPECT_EQ(item_text(item), "~ ~ -@17");
  put_slot(item, Slot::guard, {absent, 5, true}, 2'000'000'000, 1'000);
  EXPECT_EQ(item_text(item), "~ -@5!3000 -@17");
  EXPECT_EQ(parse_item(item_text(item), 2'999), item);
}

TEST(MemcachedItems, a_slot_is_gone_at_its_end) {
  const MemcachedItem item = parse_item("5!100 -@1!200", 100).value();
  EXPECT_FALSE(item.slots[Slot::entry]);
  EXPECT_EQ(item.slots[Slot::guard], (SlotContent{absent, 1, true}));
  EXPECT_EQ(parse_item("5!100 -@1!200", 200), MemcachedItem());
}

TEST(MemcachedItems, the_server_keeps_an_item_longer_than_its_last_slot) {
  MemcachedItem item = item_with(Slot::guard, {absent, 1, true}, 1, 1'000);
  EXPECT_EQ(life_of_item(item, 1'000), 1'001'000'000) << "1 ns is rounded up to 1 ms";
  put_slot(item, Slot::mark, {absent, 1, true}, 10'000'000'000, 1'000);
  EXPECT_EQ(life_of_item(item, 1'000), 11'000'000'000);
  put_slot(item, Slot::entry, {5, 0, false}, 0, 1'000);
  EXPECT_EQ(life_of_item(item, 1'000), 0);
}

TEST(MemcachedItems, an_item_without_words_is_empty) {
  EXPECT_EQ(parse_item("", 0), MemcachedItem());
}

TEST(MemcachedItems, what_others_store_is_none) {
  for (const std::string text : {"many", " 5", "5 ", "5  5", "5 5 5 5 5", "5!", "5!x", "!5", "5@", "~~", "5\r\n",
                                 "{\"quantity\":5}", "5!-1", "99999999999"}) {
    EXPECT_FALSE(parse_item(text, 0)) << text;
  }
}

RC_GTEST_PROP(MemcachedItems, come_back_from_their_text, ()) {
  MemcachedItem item;
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    if (*rc::gen::arbitrary<bool>()) {
      SlotContent content;
      content.value = *rc::gen::arbitrary<Value>();
      content.stamp = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 53U);
      put_slot(item, static_cast<Slot>(slot), content, *rc::gen::inRange<Nanoseconds>(0, 5'000'000'000), 7);
    }
  }
  RC_ASSERT(parse_item(item_text(item), 7) == item);
}

TEST(MemcachedCommands, are_the_protocols) {
  std::string bytes;
  const ItemName item = {Key(0)};
  append_get(bytes, item, "v c");
  append_set(bytes, item, "1007", 0, "C5");
  append_set(bytes, item, "-3", 1'500'000'000);
  append_erase(bytes, item);
  append_erase(bytes, item, "C5");
  append_tick(bytes, 9);
  append_login(bytes, "me", "secret");
  const std::string name = "stock:93410c29-1609-484d-8662-ae2d0aa93cc4";
  EXPECT_EQ(bytes, "mg " + name + " v c\r\nms " + name + " 4 T0 C5\r\n1007\r\nms " + name + " 2 T2\r\n-3\r\nmd " +
                       name + "\r\nmd " + name + " C5\r\nma stock:clock N0 J9 v\r\nset login 0 0 9\r\nme secret\r\n");
}

TEST(MemcachedCommands, know_items_of_the_users_by_their_names) {
  const EntryNames entries = {.names = {"inv:1", "inv:2"}};
  std::string bytes;
  append_get(bytes, {Key(1), &entries}, "v");
  EXPECT_EQ(bytes, "mg inv:2 v\r\n");
  EXPECT_TRUE(is_memcached_name("inv:2"));
  EXPECT_FALSE(is_memcached_name("inv 2"));
  EXPECT_FALSE(is_memcached_name("inv\r\nflush_all"));
  EXPECT_FALSE(is_memcached_name(""));
  EXPECT_FALSE(is_memcached_name(std::string(251, 'a')));
}

TEST(MemcachedCommands, give_times_to_live_in_whole_seconds_and_long_ones_as_dates) {
  EXPECT_EQ(memcached_seconds(0), "0");
  EXPECT_EQ(memcached_seconds(1), "1");
  EXPECT_EQ(memcached_seconds(1'000'000'000), "1");
  EXPECT_EQ(memcached_seconds(1'000'000'001), "2");
  constexpr Nanoseconds thirty_days_ns = 30LL * 24 * 3600 * 1'000'000'000;
  EXPECT_EQ(memcached_seconds(thirty_days_ns), "2592000");
  EXPECT_GT(std::stoll(memcached_seconds(thirty_days_ns + 1)), 1'700'000'000);
}

TEST(MemcachedErrors, say_what_may_have_happened) {
  struct Told {
    std::string line;
    ErrorCode code;
    Outcome outcome;
  };
  for (const Told& told :
       std::vector<Told>{{"SERVER_ERROR out of memory storing object", ErrorCode::unavailable, Outcome::fail},
                         {"ERROR Too many open connections", ErrorCode::unavailable, Outcome::fail},
                         {"CLIENT_ERROR unauthenticated", ErrorCode::authentication, Outcome::fail},
                         {"CLIENT_ERROR bad command line format", ErrorCode::refused_by_server, Outcome::fail},
                         {"SERVER_ERROR proxy lost its server", ErrorCode::refused_by_server, Outcome::info},
                         {"ERROR", ErrorCode::unsupported, Outcome::fail}}) {
    const Error error = memcached_error(told.line);
    EXPECT_EQ(error.code, told.code) << told.line;
    EXPECT_EQ(error.outcome, told.outcome) << told.line;
    EXPECT_NE(error.detail.find(told.line), std::string::npos);
  }
  EXPECT_EQ(memcached_error("SERVER_ERROR \x1b[2J").detail.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace stalemate
