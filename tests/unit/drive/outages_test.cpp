#include "drive/outages.hpp"

#include <gtest/gtest.h>

namespace stalemate {
namespace {

constexpr ErrorCode lost = ErrorCode::connection_lost;
constexpr ErrorCode none = ErrorCode::none;

TEST(Outages, last_from_the_first_failed_call_to_the_next_that_worked) {
  Outages outages;
  outages.note(Store::cache, 0, 5, none);
  outages.note(Store::cache, 10, 12, lost);
  outages.note(Store::cache, 20, 21, lost);
  outages.note(Store::cache, 30, 35, none);
  ASSERT_EQ(outages.all().size(), 1U);
  EXPECT_EQ(outages.all()[0].start_ns, 10);
  EXPECT_EQ(outages.all()[0].end_ns, 35);
}

TEST(Outages, do_not_end_with_a_call_that_was_begun_before_them) {
  Outages outages;
  outages.note(Store::cache, 10, 12, lost);
  outages.note(Store::cache, 9, 13, none);
  ASSERT_EQ(outages.all().size(), 1U);
  EXPECT_EQ(outages.all()[0].end_ns, never);
}

TEST(Outages, are_not_errors_that_a_living_store_answers_with) {
  Outages outages;
  outages.note(Store::database, 10, 12, ErrorCode::serialization_failure);
  EXPECT_TRUE(outages.all().empty());
}

TEST(Outages, of_several_clients_that_overlap_are_one) {
  const auto merged = Outages::merged(
      {{Store::cache, 30, 40}, {Store::database, 5, 8}, {Store::cache, 10, 20}, {Store::cache, 15, 31}});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].store, Store::database);
  EXPECT_EQ(merged[1].start_ns, 10);
  EXPECT_EQ(merged[1].end_ns, 40);
}

TEST(Outages, that_follow_within_the_longest_back_off_are_one) {
  constexpr Nanoseconds second = 1'000'000'000;
  const auto merged =
      Outages::merged({{Store::cache, 0, 10}, {Store::cache, second, second + 5}, {Store::cache, 3 * second, never}});
  ASSERT_EQ(merged.size(), 2U);
  EXPECT_EQ(merged[0].end_ns, second + 5);
  EXPECT_EQ(merged[1].start_ns, 3 * second);
  EXPECT_EQ(merged[1].end_ns, never);
}

}  // namespace
}  // namespace stalemate
