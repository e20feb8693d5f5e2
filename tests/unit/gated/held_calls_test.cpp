// While a schedule runs every call waits but those that set a connection up, and what transactions write is told once
// they commit.
#include "gated/schedules/held_calls.hpp"

#include <gmock/gmock.h>

namespace stalemate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

GateCall call(std::uint64_t id, std::size_t link, std::string name, std::vector<std::string> values = {}) {
  return {.id = id, .link = link, .connection = 1, .request = {.name = std::move(name), .values = std::move(values)}};
}

TEST(HeldCalls, wait_only_while_a_schedule_runs) {
  HeldCalls held;
  EXPECT_FALSE(held.arrived(call(1, cache_link(0), "GET")).hold);
  held.hold(true);
  EXPECT_TRUE(held.arrived(call(2, cache_link(0), "GET")).hold);
  EXPECT_TRUE(held.arrived(call(3, database_link(1), "UPDATE")).hold);
  EXPECT_THAT(held.waiting(), SizeIs(2));
  EXPECT_THAT(held.unanswered(), SizeIs(1));
}

TEST(HeldCalls, let_through_what_sets_a_connection_up) {
  HeldCalls held;
  held.hold(true);
  EXPECT_FALSE(held.arrived(call(1, cache_link(0), "HELLO")).hold);
  EXPECT_FALSE(held.arrived(call(2, cache_link(0), "SELECT")).hold);
  EXPECT_FALSE(held.arrived(call(7, cache_link(0), "CLIENT SETINFO")).hold);
  EXPECT_FALSE(held.arrived(call(3, database_link(0), "BEGIN")).hold);
  EXPECT_FALSE(held.arrived(call(4, database_link(0), "SET")).hold);
  EXPECT_TRUE(held.arrived(call(5, cache_link(0), "SET")).hold) << "a SET of a cache is a write";
  EXPECT_TRUE(held.arrived(call(6, database_link(0), "SELECT")).hold) << "a SELECT of a database is a read";
}

TEST(HeldCalls, tell_what_a_transaction_wrote_once_it_commits) {
  HeldCalls held;
  const GateCall update = call(1, database_link(0), "UPDATE", {"7001", "100023"});
  held.answered(update, {.text = "UPDATE 1", .commits = false});
  EXPECT_THAT(held.take_news().committed, IsEmpty());
  EXPECT_TRUE(held.has_uncommitted());
  held.answered(call(2, database_link(0), "COMMIT"), {.text = "COMMIT", .commits = true});
  EXPECT_THAT(held.take_news().committed, ElementsAre(1));
  EXPECT_FALSE(held.has_uncommitted());
  EXPECT_THAT(held.take_news().committed, IsEmpty()) << "news is told once";
}

TEST(HeldCalls, tell_nothing_of_a_transaction_that_is_rolled_back_refused_or_cut_off) {
  HeldCalls held;
  const GateCall update = call(1, database_link(0), "UPDATE", {"7001"});
  const GateCall commit = call(2, database_link(0), "COMMIT");
  held.answered(update, {});
  held.answered(call(3, database_link(0), "ROLLBACK"), {});
  held.answered(commit, {.commits = true});
  held.answered(update, {.is_error = true});
  held.answered(commit, {.commits = true});
  held.answered(update, {});
  held.closed(database_link(0), 1);
  held.answered(commit, {.commits = true});
  EXPECT_THAT(held.take_news().committed, IsEmpty());
}

TEST(HeldCalls, tell_once_which_instances_were_told_something_unasked) {
  HeldCalls held;
  const std::uint64_t before = held.events();
  held.pushed(cache_link(1), 4);
  held.pushed(cache_link(1), 4);
  held.pushed(database_link(2), 5);
  EXPECT_GT(held.events(), before) << "the world is not at rest yet";
  EXPECT_THAT(held.take_news().told_unasked, ElementsAre(1, 2));
  EXPECT_THAT(held.take_news().told_unasked, IsEmpty());
  EXPECT_TRUE(held.listening().to_cache);
  EXPECT_THAT(held.listening().to_database, SizeIs(1));
  held.closed(cache_link(1), 4);
  EXPECT_FALSE(held.listening().to_cache);
}

TEST(HeldCalls, say_that_a_step_touches_everything_in_which_an_instance_begins_or_ceases_to_listen) {
  HeldCalls held;
  held.begin_schedule(2);
  held.hold(true);
  EXPECT_FALSE(held.arrived(call(1, cache_link(0), "UNSUBSCRIBE")).hold);
  EXPECT_FALSE(held.arrived(call(2, cache_link(0), "CLIENT SETINFO")).hold);
  EXPECT_FALSE(held.arrived(call(3, database_link(0), "DISCARD")).hold);
  EXPECT_FALSE(held.take_news().touches_everything) << "nobody listened, and nobody does";
  for (const char* name : {"SUBSCRIBE", "UNSUBSCRIBE", "CLIENT TRACKING", "MONITOR"}) {
    EXPECT_FALSE(held.arrived(call(4, cache_link(0), name)).hold);
    EXPECT_TRUE(held.take_news().touches_everything) << name;
  }
  GateCall listen = call(5, database_link(1), "LISTEN");
  listen.backend_pid = 4711;
  EXPECT_FALSE(held.arrived(listen).hold);
  EXPECT_TRUE(held.take_news().touches_everything);
  EXPECT_THAT(held.listening().to_database, ElementsAre(4711));
  EXPECT_FALSE(held.arrived(call(6, database_link(1), "DISCARD")).hold);
  EXPECT_TRUE(held.take_news().touches_everything);
}

TEST(HeldCalls, let_instances_through_that_are_not_in_the_schedule_and_say_so) {
  HeldCalls held;
  held.begin_schedule(1);
  held.hold(true);
  EXPECT_TRUE(held.arrived(call(1, cache_link(0), "GET")).hold);
  EXPECT_FALSE(held.take_news().touches_everything);
  EXPECT_FALSE(held.arrived(call(2, cache_link(1), "GET")).hold);
  EXPECT_TRUE(held.take_news().touches_everything);
}

TEST(HeldCalls, are_gone_with_their_connection) {
  HeldCalls held;
  held.hold(true);
  static_cast<void>(held.arrived(call(1, cache_link(0), "GET")));
  static_cast<void>(held.arrived(call(2, cache_link(1), "GET")));
  held.left(2, true);
  held.closed(cache_link(0), 1);
  EXPECT_THAT(held.waiting(), IsEmpty());
  EXPECT_THAT(held.unanswered(), SizeIs(1));
  held.closed(cache_link(1), 1);
  EXPECT_THAT(held.unanswered(), IsEmpty());
}

}  // namespace
}  // namespace stalemate
