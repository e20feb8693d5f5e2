// Links of the proxy that nobody gets through for a while, before a Redis.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "live/proxy_fixture.hpp"

namespace stalemate {
namespace {

using ProxyReachTest = ProxyRedisTest;

TEST_F(ProxyReachTest, resets_all_connections_of_a_link_that_is_cut_and_takes_new_ones_once_it_is_open) {
  open_gates(&keeper_);
  RedisClient client = through_gate();
  EXPECT_EQ(client.ask({"SET", "a", "1"}), "OK");
  ASSERT_TRUE(gates_->set_reach(0, LinkReach::cut));
  keeper_.await_closed(1);
  EXPECT_THAT(client.ask({"GET", "a"}), ::testing::StartsWith("lost: "));
  EXPECT_THAT(RedisClient(gates_->port_of(0)).ask({"PING"}), ::testing::StartsWith("lost: "));
  ASSERT_TRUE(gates_->set_reach(0, LinkReach::open));
  EXPECT_EQ(through_gate().ask({"GET", "a"}), "1");
}

TEST_F(ProxyReachTest, answers_nothing_over_a_dark_link_until_it_is_open) {
  open_gates(&keeper_);
  RedisClient client = through_gate();
  ASSERT_TRUE(gates_->set_reach(0, LinkReach::dark));
  client.send({"SET", "a", "1"});
  static_cast<void>(keeper_.call(2));
  EXPECT_EQ(direct().ask({"GET", "a"}), "(nil)");
  ASSERT_TRUE(gates_->set_reach(0, LinkReach::open));
  EXPECT_EQ(client.receive(), "OK");
}

}  // namespace
}  // namespace stalemate
