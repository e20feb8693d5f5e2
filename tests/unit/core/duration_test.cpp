#include "core/text/duration.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stalemate {
namespace {

TEST(Duration, reads_the_origins_texts) {
  EXPECT_EQ(parse_duration("10ms").value(), 10'000'000);
  EXPECT_EQ(parse_duration("100us").value(), 100'000);
  EXPECT_EQ(parse_duration("100µs").value(), 100'000);
  EXPECT_EQ(parse_duration("1m30s").value(), 90'000'000'000);
  EXPECT_EQ(parse_duration("1.5s").value(), 1'500'000'000);
  EXPECT_EQ(parse_duration("0.1us").value(), 100);
  EXPECT_EQ(parse_duration("24h").value(), 86'400'000'000'000);
}

TEST(Duration, refuses_what_is_not_one_and_says_why) {
  for (const char* text : {"", "10", "ms", "-1s", "0s", "1s1m", "1s1s", "1x", "1.s", ".5s", "25h", "99999999999999999h",
                           "1h 2m", "1e3s", "0.0000000001s", "1m-30s"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_NE(duration.error().detail.find("10ms"), std::string::npos) << duration.error().detail;
  }
}

RC_GTEST_PROP(Duration, reads_back_what_it_formats, ()) {
  const auto duration_ns = *rc::gen::inRange<Nanoseconds>(1, 86'400'000'000'001);
  RC_ASSERT(parse_duration(format_duration(duration_ns)).value() == duration_ns);
}

TEST(Duration, is_short_for_people) {
  EXPECT_EQ(format_duration_short(0), "0 ns");
  EXPECT_EQ(format_duration_short(1'240'000), "1.24 ms");
  EXPECT_EQ(format_duration_short(20'000'000'000), "20.0 s");
  EXPECT_EQ(format_duration_short(-500'000'000), "-500 ms");
}

}  // namespace
}  // namespace stalemate
