// What --over and --find say is read as people mean it, and what a sweep says of a value can be read back.
#include "cli/sweep/parameter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/text/duration.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

std::vector<std::string> texts_over(std::string_view text, bool is_linear = false) {
  const Result<SweepAxis> axis = parse_over(text, 5, is_linear);
  EXPECT_TRUE(axis) << text << ": " << (axis ? "" : axis.error().detail);
  return axis ? axis->texts : std::vector<std::string>();
}

TEST(SweptValues, of_a_range_are_spaced_by_ratio_where_they_can_be) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts_over("ttl=1s..60s"), (Texts{"1s", "2.78s", "7.75s", "21.6s", "1m"}));
  EXPECT_EQ(texts_over("time_to_live=1s..3s/3", true), (Texts{"1s", "2s", "3s"}));
  EXPECT_EQ(texts_over("write_rate=10..1000/3"), (Texts{"10", "100", "1000"}));
  EXPECT_EQ(texts_over("hotspot_ops=0.2..0.8/3"), (Texts{"0.2", "0.5", "0.8"})) << "a share";
  EXPECT_EQ(texts_over("keys=0..100/3"), (Texts{"0", "50", "100"}));
  EXPECT_EQ(texts_over("ttl=20s,1s,500ms"), (Texts{"500ms", "1s", "20s"})) << "sorted";
}

TEST(SweptValues, that_make_no_sense_are_refused_in_one_sentence) {
  const std::pair<const char*, const char*> all[] = {
      {"ttl", "names no values"},
      {"ttl=", "takes times"},
      {"ttl=5..7", "takes times, such as 500ms or 1m30s, not '5'"},
      {"ttl=9s..1s", "9s is to be below 1s"},
      {"ttl=1s..9s/1", "from 2 to 50, not '1'"},
      {"ttl=1s..9s/x", "not 'x'"},
      {"ttl=1s..9s/", "not ''"},
      {"ttl=1s", "2 to 50 values, not 1"},
      {"ttl=1s,1000ms", "has the value 1s twice"},
      {"ttl=none,1s", "takes times"},
      {"clients=1.5..3", "takes whole numbers, not '1.5'"},
      {"read_rate=1..nan", "takes numbers, not 'nan'"},
      {"=1..2", "is not a setting of a scenario"},
      {"serialize=0..1", "serialize is true or false"},
      {"ttl=\x1b[31m..2s", "takes times"},
  };
  for (const auto& [text, sentence] : all) {
    const Result<SweepAxis> axis = parse_over(text, 5, false);
    ASSERT_FALSE(axis) << text;
    EXPECT_THAT(axis.error().detail, HasSubstr(sentence)) << text;
    EXPECT_EQ(axis.error().code, ErrorCode::wrong_type);
  }
}

TEST(SweptValues, of_a_search_are_around_the_scenario_s_own_where_no_range_is_given) {
  Scenario scenario;
  scenario.write_rate = 50;
  const WantedRange rates = parse_range("write_rate", scenario, false).value();
  EXPECT_DOUBLE_EQ(rates.range.low, 0.5);
  EXPECT_DOUBLE_EQ(rates.range.high, 5000);
  EXPECT_EQ(parse_range("write_rate=10..20", scenario, true).value().range.spacing, Spacing::even);
  EXPECT_THAT(parse_range("ttl", scenario, false).error().detail, HasSubstr("say between which ones"));
  EXPECT_THAT(parse_range("ttl=5s", scenario, false).error().detail, HasSubstr("write time_to_live=LOW..HIGH"));
}

RC_GTEST_PROP(SweptValues, can_be_read_back, ()) {
  const SweptField time = find_swept_field("ttl", "--over").value();
  const auto time_ns = *rc::gen::inRange<Nanoseconds>(1, 86'400'000'000'000);
  RC_ASSERT(parse_duration(value_text(time, static_cast<double>(time_ns))).value() == time_ns);
  const SweptField rate = find_swept_field("read_rate", "--over").value();
  const double number = *rc::gen::inRange(1, 1'000'000) / 997.0;
  Scenario scenario;
  RC_ASSERT(set_field(scenario, "read_rate", value_text(rate, number)).has_value());
  RC_ASSERT(scenario.read_rate == number);
}

TEST(SweptScenario, of_a_rate_of_all_ops_keeps_the_share_of_writes) {
  Scenario scenario;
  scenario.read_rate = 90;
  scenario.write_rate = 10;
  const Scenario faster = scenario_with(scenario, "rate", "1000").value();
  EXPECT_DOUBLE_EQ(faster.read_rate, 900);
  EXPECT_DOUBLE_EQ(faster.write_rate, 100);
  EXPECT_DOUBLE_EQ(parse_range("rate", scenario, false).value().range.high, 10'000);
  EXPECT_EQ(texts_over("rate=10..1000/3"), (std::vector<std::string>{"10", "100", "1000"}));
  EXPECT_THAT(scenario_with(scenario, "rate", "0").error().detail, HasSubstr("there are to be some ops a second"));
  EXPECT_TRUE(say_the_same("rate", "write_every"));
  EXPECT_TRUE(say_the_same("read_rate", "read_every"));
  EXPECT_FALSE(say_the_same("rate", "time_to_live"));
}

TEST(SweptScenario, is_valid_or_it_is_said_with_which_value_it_is_not) {
  const Scenario scenario;
  EXPECT_EQ(scenario_with(scenario, "time_to_live", "5s").value().time_to_live_ns, 5'000'000'000);
  EXPECT_THAT(scenario_with(scenario, "clients", "9999").error().detail, HasSubstr("with clients 9999: "));
  EXPECT_THAT(scenario_with(scenario, "zipf_exponent", "2").error().detail, HasSubstr("would change nothing, as"));
}

}  // namespace
}  // namespace stalemate
