// Rules in force: which calls they hit, in which order they are asked, and what they add up to.
#include "proxy/fault_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace stalemate {
namespace {

using ::testing::HasSubstr;

std::vector<LinkAddress> one_cache() {
  return {LinkAddress{.protocol = Protocol::redis}};
}

GateCall call(const std::string& name, const std::string& key) {
  return {.request = {.name = name, .keys = {key}}};
}

TEST(FaultBoard, asks_rules_in_order_and_counts_what_each_speaks_of) {
  FaultBoard board(one_cache(), 1, nullptr);
  ASSERT_TRUE(board.add("DEL a: refused n=2"));
  ASSERT_TRUE(board.add("DEL: lost-request"));
  EXPECT_EQ(board.arrived(call("DEL", "a")).trouble, lost_request);
  const Passage second = board.arrived(call("DEL", "a"));
  EXPECT_EQ(second.trouble, refused_write);
  EXPECT_EQ(second.cause, 1U);
  EXPECT_EQ(board.arrived(call("DEL", "b")).trouble, lost_request);
  EXPECT_EQ(board.arrived(call("GET", "a")).trouble, CallTrouble());
  const std::vector<StandingRule> rules = board.rules();
  EXPECT_EQ(rules[0].matched, 2U);
  EXPECT_EQ(rules[0].hit, 1U);
  EXPECT_EQ(rules[1].matched, 3U);
  EXPECT_EQ(rules[1].hit, 2U);
}

TEST(FaultBoard, hits_about_the_share_it_was_told_and_the_same_calls_with_the_same_seed) {
  const auto hits = [](std::uint64_t seed) {
    FaultBoard board(one_cache(), seed, nullptr);
    EXPECT_TRUE(board.add("*: reset 25%"));
    std::vector<bool> found;
    for (int number = 0; number < 4000; ++number) {
      found.push_back(board.arrived(call("GET", "a")).connection == ConnectionTrouble::reset);
    }
    return found;
  };
  const std::vector<bool> first = hits(5);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(first, true)), 1000, 150);
  EXPECT_EQ(first, hits(5));
  EXPECT_NE(first, hits(6));
}

TEST(FaultBoard, opens_a_black_hole_once) {
  FaultBoard board(one_cache(), 1, nullptr);
  ASSERT_TRUE(board.add("*: blackhole 5s"));
  const Passage passage = board.arrived(call("GET", "a"));
  EXPECT_EQ(passage.connection, ConnectionTrouble::blackhole);
  EXPECT_EQ(passage.blackhole_ns, 5'000'000'000);
  EXPECT_EQ(board.arrived(call("GET", "a")).connection, ConnectionTrouble::none);
}

TEST(FaultBoard, hits_nothing_outside_of_a_window) {
  FaultBoard board(one_cache(), 1, nullptr);
  ASSERT_TRUE(board.add("*: reset 1h.."));
  EXPECT_EQ(board.arrived(call("GET", "a")).connection, ConnectionTrouble::none);
  EXPECT_EQ(board.rules()[0].matched, 0U);
}

TEST(FaultBoard, adds_latencies_up_and_takes_the_narrowest_band) {
  FaultBoard board(one_cache(), 1, nullptr);
  ASSERT_TRUE(board.add("*: latency 20ms one-way"));
  ASSERT_TRUE(board.add("cache: latency 10ms round-trip"));
  ASSERT_TRUE(board.add("cache: bandwidth 2MB/s"));
  ASSERT_TRUE(board.add("cache: bandwidth 1MB/s"));
  EXPECT_EQ(board.conditions(Protocol::redis), (LinkConditions{25'000'000, 25'000'000, 1'000'000}));
  ASSERT_TRUE(board.remove(4));
  EXPECT_EQ(board.conditions(Protocol::redis).bytes_per_second, 2'000'000U);
  EXPECT_EQ(board.conditions(Protocol::postgres).to_store_ns, 20'000'000);
}

TEST(FaultBoard, refuses_rules_that_could_hit_nothing_and_ids_that_are_gone) {
  FaultBoard board(one_cache(), 1, nullptr);
  EXPECT_THAT(board.add("database UPDATE: reset").error().detail, HasSubstr("there is no --database"));
  const auto id = board.add("GET: reset");
  ASSERT_TRUE(id);
  EXPECT_TRUE(board.remove(*id));
  EXPECT_EQ(board.remove(*id).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace stalemate
