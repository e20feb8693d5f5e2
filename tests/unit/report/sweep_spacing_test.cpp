// Values between two ends: both ends are among them, they rise, and they are spaced as asked.
#include "report/sweep/spacing.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace stalemate {
namespace {

ValueRange any_range() {
  ValueRange range;
  range.spacing = *rc::gen::element(Spacing::even, Spacing::by_ratio);
  range.is_whole = *rc::gen::arbitrary<bool>();
  const double unit = range.is_whole ? 1 : 1e-3;
  range.low = *rc::gen::inRange(range.spacing == Spacing::even ? 0 : 1, 100'000) * unit;
  range.high = range.low + *rc::gen::inRange(1, 1'000'000) * unit;
  return range;
}

RC_GTEST_PROP(SpacedValues, rise_from_one_end_to_the_other, ()) {
  const ValueRange range = any_range();
  const auto count = *rc::gen::inRange(2U, 50U);
  const std::vector<double> values = range.values(count);
  RC_ASSERT(values.size() >= 2);
  RC_ASSERT(values.size() <= count);
  RC_ASSERT(values.front() == range.low);
  RC_ASSERT(values.back() == range.high);
  RC_ASSERT(std::ranges::adjacent_find(values, std::greater_equal()) == values.end());
  for (const double value : values) {
    RC_ASSERT(!range.is_whole || value == std::floor(value));
  }
}

// Rounding moves a value by a two-hundredth of the range at most, or to the nearest whole number.
RC_GTEST_PROP(SpacedValues, are_where_the_spacing_puts_them, ()) {
  const ValueRange range = any_range();
  const double place = *rc::gen::inRange(0, 1001) / 1000.0;
  const double exact = range.spacing == Spacing::even ? range.low + (range.high - range.low) * place
                                                      : range.low * std::pow(range.high / range.low, place);
  const double bound = (range.high - range.low) / 200 + (range.is_whole ? 0.5 : 0) + 1e-9 * range.high;
  RC_ASSERT(std::abs(range.value_at(place) - exact) <= bound);
}

TEST(SpacedValues, are_short_to_write) {
  const ValueRange seconds = {.low = 1e9, .high = 60e9, .spacing = Spacing::by_ratio, .is_whole = true};
  EXPECT_EQ(seconds.values(5), (std::vector<double>{1e9, 2.78e9, 7.75e9, 21.6e9, 60e9}));
  const ValueRange rates = {.low = 10, .high = 1000, .spacing = Spacing::by_ratio};
  EXPECT_EQ(rates.values(5), (std::vector<double>{10, 31.6, 100, 316, 1000}));
  const ValueRange shares = {.low = 0, .high = 1};
  EXPECT_EQ(shares.values(4), (std::vector<double>{0, 0.333, 0.667, 1}));
}

TEST(SpacedValues, are_fewer_where_there_are_not_as_many_whole_numbers) {
  const ValueRange clients = {.low = 1, .high = 3, .is_whole = true};
  EXPECT_EQ(clients.values(9), (std::vector<double>{1, 2, 3}));
}

TEST(SpacedValues, of_a_range_narrower_than_three_digits_stay_apart) {
  const ValueRange narrow = {.low = 1000.1, .high = 1000.2};
  EXPECT_EQ(narrow.values(5).size(), 5U);
}

RC_GTEST_PROP(SpacedValues, know_their_place, ()) {
  const ValueRange range = any_range();
  RC_ASSERT(range.place_of(range.low) == 0);
  RC_ASSERT(std::abs(range.place_of(range.high) - 1) < 1e-9);
  const double place = range.place_of(range.value_at(0.5));
  RC_ASSERT(place >= 0 && place <= 1);
}

}  // namespace
}  // namespace stalemate
