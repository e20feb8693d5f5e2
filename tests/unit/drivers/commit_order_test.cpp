#include "drivers/postgres/commit_order.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdio>
#include <string>

namespace stalemate {
namespace {

TEST(WalPosition, is_its_64_bits) {
  EXPECT_EQ(version_of_wal_position("16/B374D848"), 0x16'B374'D848ULL);
  EXPECT_EQ(version_of_wal_position("0/1"), 1U);
  EXPECT_EQ(version_of_wal_position("FFFFFFFF/FFFFFFFF"), ~0ULL);
}

TEST(WalPosition, that_is_none_is_refused) {
  for (const std::string text :
       {"", "/", "0/0", "1", "1/", "/1", "1/2/3", "100000000/0", "1/100000000", "-1/2", "x/1", "1/ 2"}) {
    EXPECT_FALSE(version_of_wal_position(text)) << text;
  }
}

TEST(LogicalTimestamp, keeps_nanoseconds_and_the_count_within_them) {
  EXPECT_EQ(version_of_logical_timestamp("1580361670629466905.0000000001"), (1580361670629466905ULL << 3U) | 1U);
  EXPECT_EQ(version_of_logical_timestamp("1580361670629466905.0000000000"), 1580361670629466905ULL << 3U);
  EXPECT_EQ(version_of_logical_timestamp("1580361670629466905"), 1580361670629466905ULL << 3U);
  EXPECT_EQ(version_of_logical_timestamp("1580361670629466905.0000000099"), (1580361670629466905ULL << 3U) | 7U);
}

TEST(LogicalTimestamp, that_is_none_or_too_late_is_refused) {
  for (const std::string text : {"", ".", "0", "1.", "1.5", "x", "1.00000000001", "-1.0000000000", "1e18",
                                 "2305843009213693952.0000000000", "99999999999999999999"}) {
    EXPECT_FALSE(version_of_logical_timestamp(text)) << text;
  }
  EXPECT_TRUE(version_of_logical_timestamp("2305843009213693951.0000000007"));
}

RC_GTEST_PROP(LogicalTimestamp, keeps_the_order_of_the_engine, ()) {
  const auto timestamp = rc::gen::pair(rc::gen::inRange<std::uint64_t>(1, 5), rc::gen::inRange<std::uint64_t>(0, 8));
  const auto text = [](const std::pair<std::uint64_t, std::uint64_t>& parts) {
    char count[16] = {};
    std::snprintf(count, sizeof count, "%010lu", parts.second);
    return std::to_string(1'700'000'000'000'000'000ULL + parts.first) + "." + count;
  };
  const auto first = *timestamp;
  const auto second = *timestamp;
  RC_ASSERT((version_of_logical_timestamp(text(first)) < version_of_logical_timestamp(text(second))) ==
            (first < second));
}

RC_GTEST_PROP(WalPosition, keeps_the_order_of_the_engine,
              (std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d)) {
  const auto text = [](std::uint32_t upper, std::uint32_t lower) {
    char position[32] = {};
    std::snprintf(position, sizeof position, "%X/%X", upper, lower);
    return std::string(position);
  };
  RC_PRE((a != 0 || b != 0) && (c != 0 || d != 0));
  RC_ASSERT((version_of_wal_position(text(a, b)) < version_of_wal_position(text(c, d))) ==
            (std::pair(a, b) < std::pair(c, d)));
}

}  // namespace
}  // namespace stalemate
