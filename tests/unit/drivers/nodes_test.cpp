// Which node of a database a session tries, and when a node counts as down.
#include "drivers/postgres/nodes/nodes.hpp"

#include <gtest/gtest.h>

#include <map>

#include "drivers/url.hpp"

namespace stalemate {
namespace {

using Order = std::vector<std::size_t>;

DatabaseNodes::Instant at(int seconds) {
  return DatabaseNodes::Instant(std::chrono::seconds(seconds));
}

TEST(DatabaseNodes, are_tried_each_once_from_the_sessions_own_on) {
  const DatabaseNodes nodes({"a", "b", "c"});
  EXPECT_EQ(nodes.order_for(0), (Order{0, 1, 2}));
  EXPECT_EQ(nodes.order_for(1), (Order{1, 2, 0}));
  EXPECT_EQ(nodes.order_for(3), (Order{0, 2, 1}));
  EXPECT_EQ(DatabaseNodes({"a"}).order_for(7), (Order{0}));
  EXPECT_EQ(DatabaseNodes({"a", "b"}).order_for(5), (Order{1, 0}));
}

TEST(DatabaseNodes, that_are_lost_leave_their_sessions_to_all_others_alike) {
  DatabaseNodes nodes({"a", "b", "c", "d"});
  nodes.lost(0);
  std::map<std::size_t, int> firsts;
  for (std::size_t session = 0; session < 48; ++session) {
    ++firsts[nodes.order_for(session).front()];
  }
  EXPECT_EQ(firsts, (std::map<std::size_t, int>{{1, 16}, {2, 16}, {3, 16}}));
}

TEST(DatabaseNodes, in_doubt_are_tried_last_and_first_again_once_they_were_reached) {
  DatabaseNodes nodes({"a", "b", "c"});
  nodes.lost(0);
  EXPECT_EQ(nodes.order_for(0), (Order{1, 2, 0}));
  EXPECT_EQ(nodes.in_doubt(), (Order{0}));
  nodes.reached(0);
  EXPECT_EQ(nodes.order_for(0), (Order{0, 1, 2}));
  EXPECT_TRUE(nodes.in_doubt().empty());
}

TEST(DatabaseNodes, are_down_from_the_first_lost_connection_until_they_were_reached) {
  DatabaseNodes nodes({"a", "b"});
  nodes.lost(1, at(2));
  nodes.lost(1, at(3));
  EXPECT_TRUE(nodes.outages().empty()) << "a lost connection alone may have other reasons";
  nodes.not_reached(1, at(4));
  EXPECT_EQ(nodes.outages(), (std::vector<DatabaseNodes::Outage>{{1, at(2), std::nullopt}}));
  nodes.reached(1, at(18));
  EXPECT_EQ(nodes.outages(), (std::vector<DatabaseNodes::Outage>{{1, at(2), at(18)}}));
  nodes.lost(1, at(20));
  nodes.reached(1, at(21));
  EXPECT_EQ(nodes.outages().size(), 1U) << "who could be reached at once was not down";
}

TEST(DatabaseNodes, left_out_are_tried_by_nobody_and_stay_down_until_they_are_admitted) {
  DatabaseNodes nodes({"a", "b", "c"});
  nodes.not_reached(1, at(1));
  nodes.leave_out(1);
  EXPECT_EQ(nodes.order_for(1), (Order{2, 0}));
  EXPECT_TRUE(nodes.in_doubt().empty());
  EXPECT_EQ(nodes.left_out(), (Order{1}));
  nodes.reached(1, at(2));
  EXPECT_EQ(nodes.outages(), (std::vector<DatabaseNodes::Outage>{{1, at(1), std::nullopt}})) << "whoever answered";
  nodes.admit(1, at(3));
  EXPECT_EQ(nodes.outages(), (std::vector<DatabaseNodes::Outage>{{1, at(1), at(3)}}));
  EXPECT_EQ(nodes.order_for(1), (Order{1, 2, 0}));
  EXPECT_TRUE(nodes.left_out().empty());
}

TEST(DatabaseNodes, refused_are_left_out_for_good) {
  DatabaseNodes nodes({"a", "b"});
  nodes.not_reached(1, at(1));
  nodes.leave_out(1);
  nodes.refuse(1);
  EXPECT_EQ(nodes.order_for(1), (Order{0}));
  EXPECT_TRUE(nodes.left_out().empty()) << "nobody need ask again";
  EXPECT_EQ(nodes.refused(), (Order{1}));
  EXPECT_EQ(nodes.outages(), (std::vector<DatabaseNodes::Outage>{{1, at(1), std::nullopt}}));
}

TEST(PlaceOfUrl, is_host_and_port_without_any_login) {
  EXPECT_EQ(place_of_url("postgres://root@127.0.0.1:26257/defaultdb?sslmode=disable"), "127.0.0.1:26257");
  EXPECT_EQ(place_of_url("postgres://me:p@ss/word@db.example:5432/x"), "db.example:5432");
  EXPECT_EQ(place_of_url("postgres://db.example"), "db.example");
  EXPECT_EQ(place_of_url("postgres://me:secret@/x?host=/run&port=5"), "postgres://me:***@/x?host=/run&port=5");
}

}  // namespace
}  // namespace stalemate
