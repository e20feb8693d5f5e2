// Clauses in words: what they say, and what is refused.
#include <gtest/gtest.h>

#include "core/faults/fault.hpp"
#include "unit/faults/configured.hpp"

namespace stalemate {
namespace {

using test::configured;
using test::told;

TEST(Clauses, say_which_calls_by_share_number_key_and_time_in_any_order) {
  const std::string key = "47b0472d-708c-4377-aab4-acf8752f0ecb";
  const Result<ConfiguredFault> fault =
      configured("delayed", "fill key=" + key + " 20ms 25% 2s..5s timeout=50ms n=7, update n=3 1ms 5s..,cache=2ms");
  ASSERT_TRUE(fault.has_value()) << fault.error().detail;
  ASSERT_EQ(fault->clauses.size(), 3U);
  const CallClause& first = fault->clauses[0];
  EXPECT_EQ(first.calls, role_bit(Role::fill));
  EXPECT_EQ(first.key, key);
  EXPECT_EQ(first.share, 0.25);
  EXPECT_EQ(first.nth, 7U);
  EXPECT_EQ(first.window, (TimeWindow{2'000'000'000, 5'000'000'000}));
  EXPECT_EQ(first.trouble.late_ns, 20'000'000);
  EXPECT_EQ(first.trouble.timeout_ns, 50'000'000);
  EXPECT_EQ(fault->clauses[1].window, (TimeWindow{5'000'000'000, never}));
  EXPECT_EQ(fault->clauses[1].share, 1);
  EXPECT_TRUE(fault->clauses[2].is_unconditional());
  EXPECT_TRUE(configured("skip", "fill 1% 0s..5s,fill 50% 5s..")) << "one call may be spoken of twice";
}

TEST(Clauses, are_refused_where_they_cannot_be_meant_so) {
  EXPECT_EQ(told("lost-request", "invalidate often"),
            "'often' is no share (1%), n=3, key=PRODUCT_ID, window (2s..5s) or timeout=50ms; write for example "
            "invalidate n=3");
  EXPECT_EQ(told("lost-request", "invalidate n=0"),
            "'n=0' is no number of a call, which is 1 or more; write for example invalidate n=3");
  EXPECT_EQ(told("lost-request", "invalidate 1% 2%"),
            "'2%' is a second share in 'invalidate 1% 2%'; write for example invalidate n=3");
  EXPECT_EQ(told("delayed", "fill 2s..5s"),
            "'fill 2s..5s' does not say how long, such as 20ms; write for example fill 20ms 2s..5s");
  EXPECT_EQ(told("duplicated", "load 20ms "),
            "a load cannot be made twice, as a second one would change nothing; write one of lookup, fill, update, "
            "invalidate, refresh, cache");
  EXPECT_EQ(told("crash", "update timeout=5ms"),
            "'timeout=5ms' has no effect, as these calls are answered; write for example invalidate n=3");
  EXPECT_EQ(told("skip", "fill 5s..2s"), "'5s..2s' ends before it begins");
  for (const char* const text : {" ", "invalidate  n=", "invalidate key=", "invalidate ..", "invalidate ..5s",
                                 "invalidate 20ms", "n=3 invalidate", "invalidate n=3 n=4", "invalidate 1%,", ", "}) {
    EXPECT_NE(told("lost-request", text), "(accepted)") << text;
  }
}

TEST(Outages, take_windows) {
  const Result<ConfiguredFault> fault = configured("stall", "cache 5s..5.5s, db 0s..2s");
  ASSERT_TRUE(fault.has_value()) << fault.error().detail;
  EXPECT_EQ(fault->events[0].at_ns, 0);
  EXPECT_EQ(fault->events[1].at_ns, 2'000'000'000);
  EXPECT_EQ(fault->events[2].target, Target::cache);
  EXPECT_EQ(fault->events[3].at_ns, 5'500'000'000);
}

TEST(Outages, say_what_they_can_happen_to_and_how) {
  EXPECT_TRUE(configured("restart", "cache 5s..7s kept")->events[0].keeps_data);
  EXPECT_FALSE(configured("restart", "cache 5s..7s")->events[0].keeps_data);
  EXPECT_EQ(told("restart", "db 5s..7s kept"),
            "'kept' is one word too many in 'db 5s..7s kept'; write for example db@5s+2s");
  EXPECT_EQ(told("rollback", "replica 5s..7s"), "there is no server 'replica'; they are db, cache");
  EXPECT_EQ(told("rollback", "db 1s..2s, db 3s..4s"),
            "the database has one standby, which can take over once; write for example db 2s..5s");
  EXPECT_EQ(told("rollback", "cache 1s..2s, db 1s..2s, cache 3s..4s"), "(accepted)");
  EXPECT_EQ(told("replica-lag", "cache 5s..7s"), "there is no server 'cache'; they are replica");
  EXPECT_EQ(configured("evict", "cache key=abc 1s..2s")->events[0].key, "abc");
  EXPECT_EQ(told("unreachable", "cache 5s.."),
            "'cache 5s..' does not say from when to when; write for example cache 10s..15s");
  EXPECT_EQ(told("unreachable", "cache kept"), "'kept' is no window; write for example 2s..5s");
  EXPECT_EQ(told("unreachable", "cache 1s..2s 3s..4s"),
            "'3s..4s' is one word too many in 'cache 1s..2s 3s..4s'; write for example cache 10s..15s");
}

TEST(ServerEvents, come_in_pairs_of_a_beginning_and_its_end) {
  for (const FaultInfo& info : FaultRegistry::all()) {
    const Result<ConfiguredFault> fault = info.parse(info.example);
    const std::vector<ServerEvent>& events = fault->events;
    for (std::size_t place = 0; place < events.size(); place += 2) {
      EXPECT_FALSE(is_end(events[place].kind)) << info.name;
      EXPECT_EQ(static_cast<int>(events[place + 1].kind), static_cast<int>(events[place].kind) + 1) << info.name;
    }
  }
}

}  // namespace
}  // namespace stalemate
