// Rules in words: what is read, and what is refused with which sentence.
#include "proxy/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stalemate {
namespace {

using ::testing::HasSubstr;

GateRule rule(std::string_view text) {
  Result<GateRule> read = parse_gate_rule(text);
  EXPECT_TRUE(read) << text << ": " << (read ? "" : read.error().detail);
  return read ? *read : GateRule{};
}

std::string refusal(std::string_view text) {
  const Result<GateRule> read = parse_gate_rule(text);
  EXPECT_FALSE(read) << text;
  return read ? "" : read.error().detail;
}

TEST(GateRules, read_calls_faults_and_how) {
  const GateRule lost = rule("DEL product:*: lost-reply n=3");
  EXPECT_EQ(lost.name, "DEL");
  EXPECT_EQ(lost.pattern, "product:*");
  EXPECT_EQ(lost.trouble, lost_reply);
  EXPECT_EQ(lost.nth, 3U);
  const GateRule delay = rule("set: delay 50ms 10s..15s");
  EXPECT_EQ(delay.name, "SET");
  EXPECT_EQ(delay.trouble.delay_ns, 50'000'000);
  EXPECT_EQ(delay.window, (TimeWindow{10'000'000'000, 15'000'000'000}));
  EXPECT_DOUBLE_EQ(rule("UPDATE: lost-request 1%").share, 0.01);
  EXPECT_EQ(rule("database: lost-request timeout=50ms").trouble.timeout_ns, 50'000'000);
  EXPECT_EQ(rule("database: lost-request").side, Protocol::postgres);
  EXPECT_EQ(rule("*: blackhole 5s").blackhole_ns, 5'000'000'000);
  EXPECT_EQ(rule("*: blackhole").blackhole_ns, never);
  EXPECT_EQ(rule("cache GET a: reset").connection, ConnectionTrouble::reset);
  EXPECT_EQ(rule("SET: delayed 20ms").trouble.late_ns, 20'000'000);
  EXPECT_EQ(rule("SET: delayed 20ms").trouble.late_copies, 1);
}

TEST(GateRules, say_of_latency_whether_it_is_one_way_or_round_trip) {
  EXPECT_EQ(rule("cache: latency 20ms one-way").conditions,
            (LinkConditions{.to_store_ns = 20'000'000, .to_application_ns = 20'000'000}));
  EXPECT_EQ(rule("*: latency 20ms round-trip").conditions,
            (LinkConditions{.to_store_ns = 10'000'000, .to_application_ns = 10'000'000}));
  EXPECT_EQ(rule("*: bandwidth 100KB/s").conditions.bytes_per_second, 100'000U);
  EXPECT_EQ(rule("*: bandwidth 2MiB/s").conditions.bytes_per_second, 2U * 1024 * 1024);
  EXPECT_THAT(refusal("cache: latency 20ms"), HasSubstr("one-way or round-trip"));
  EXPECT_THAT(refusal("GET: latency 20ms one-way"), HasSubstr("of all bytes of a link"));
}

TEST(GateRules, refuse_what_is_wrong_with_the_nearest_right_word) {
  EXPECT_THAT(refusal("DEL a: lose-reply"), HasSubstr("'lose-reply' is called lost-reply here"));
  EXPECT_THAT(refusal("DEL a: lost-replx"), HasSubstr("did you mean 'lost-reply'"));
  EXPECT_THAT(refusal("DLE a: lost-reply"), HasSubstr("did you mean 'DEL'"));
  EXPECT_THAT(refusal("cache UPDATE: lost-reply"), HasSubstr("no command or statement is called 'UPDATE'"));
  EXPECT_THAT(refusal("lost-reply"), HasSubstr("is not CALLS: FAULT"));
  EXPECT_THAT(refusal("a b c: lost-reply"), HasSubstr("3 words"));
  EXPECT_THAT(refusal("GET: "), HasSubstr("names no fault"));
  EXPECT_THAT(refusal("GET: delay"), HasSubstr("does not say how much"));
  EXPECT_THAT(refusal("GET: delay soon"), HasSubstr("'soon' says nothing of delay"));
  EXPECT_THAT(refusal("GET: delay 1s timeout=1s"), HasSubstr("are answered"));
  EXPECT_THAT(refusal("GET: reset 0%"), HasSubstr("no share"));
  EXPECT_THAT(refusal("GET: reset n=0"), HasSubstr("1 or more"));
  EXPECT_THAT(refusal("GET: reset 5s..2s"), HasSubstr("no window"));
  EXPECT_THAT(refusal("GET: reset n=1 n=2"), HasSubstr("a second n="));
  EXPECT_THAT(refusal("*: bandwidth 0KB/s"), HasSubstr("no rate"));
}

TEST(GateRules, speak_of_names_keys_and_sides) {
  const StoreRequest del{.name = "DEL", .keys = {"a", "product:7"}};
  EXPECT_TRUE(speaks_of(rule("DEL product:*: reset"), Protocol::redis, del));
  EXPECT_TRUE(speaks_of(rule("D* *:?: reset"), Protocol::redis, del));
  EXPECT_TRUE(speaks_of(rule("cache: reset"), Protocol::redis, del));
  EXPECT_FALSE(speaks_of(rule("database: reset"), Protocol::redis, del));
  EXPECT_FALSE(speaks_of(rule("DEL user:*: reset"), Protocol::redis, del));
  EXPECT_FALSE(speaks_of(rule("GET: reset"), Protocol::redis, del));
  const StoreRequest client{.name = "CLIENT SETNAME"};
  EXPECT_TRUE(speaks_of(rule("CLIENT: reset"), Protocol::redis, client));
  EXPECT_TRUE(speaks_of(rule("CLIENT SETNAME: reset"), Protocol::redis, client));
  EXPECT_FALSE(speaks_of(rule("CLIENT GETNAME: reset"), Protocol::redis, client));
}

}  // namespace
}  // namespace stalemate
