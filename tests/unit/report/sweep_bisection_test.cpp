// The search finds the boundary of whatever holds up to one value, or from one on, as brute force does; where what
// holds is not so, it never claims what its own trials contradict.
#include "report/sweep/bisection.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace stalemate {
namespace {

using Predicate = std::function<bool(double)>;

Bisection searched(const ValueRange& range, const Predicate& holds, unsigned steps, unsigned probes = 0) {
  Bisection bisection(range, steps, probes);
  std::set<double> tried;
  while (const std::optional<double> value = bisection.next()) {
    EXPECT_TRUE(tried.insert(*value).second) << *value << " is tried twice";
    const unsigned left = bisection.left();
    bisection.add({*value, holds(*value)});
    EXPECT_LT(bisection.left(), left);
  }
  EXPECT_EQ(bisection.left(), 0U);
  EXPECT_LE(tried.size(), 2 + steps + probes);
  return bisection;
}

ValueRange whole_range() {
  ValueRange range{.is_whole = true};
  range.spacing = *rc::gen::element(Spacing::even, Spacing::by_ratio);
  range.low = *rc::gen::inRange(1, 50);
  range.high = range.low + *rc::gen::inRange(1, 3000);
  return range;
}

RC_GTEST_PROP(Bisection, finds_the_boundary_that_brute_force_finds, ()) {
  const ValueRange range = whole_range();
  const double limit = *rc::gen::inRange(0, 3100);
  const bool falls = *rc::gen::arbitrary<bool>();
  const Predicate holds = [&](double value) { return (value <= limit) == falls; };
  const Bisection found = searched(range, holds, 60, *rc::gen::inRange(0U, 3U));
  if (holds(range.low) == holds(range.high)) {
    RC_ASSERT(found.boundary() == (holds(range.low) ? Boundary::everywhere : Boundary::nowhere));
    return;
  }
  double last = range.low;
  while (holds(last + 1) == holds(range.low)) {
    ++last;
  }
  RC_ASSERT(found.boundary() == (falls ? Boundary::largest : Boundary::smallest));
  const auto [good, bad] = found.bracket();
  RC_ASSERT(good.value == (falls ? last : last + 1));
  RC_ASSERT(bad.value == (falls ? last + 1 : last));
}

RC_GTEST_PROP(Bisection, with_few_steps_still_has_the_boundary_in_its_bracket, ()) {
  const ValueRange range = {.low = 1, .high = 10'000, .spacing = *rc::gen::element(Spacing::even, Spacing::by_ratio)};
  const double limit = *rc::gen::inRange(1, 9'999) + 0.5;
  const auto steps = *rc::gen::inRange(0U, 12U);
  const Bisection found = searched(range, [&](double value) { return value < limit; }, steps, 2);
  RC_ASSERT(found.boundary() == Boundary::largest);
  const auto [good, bad] = found.bracket();
  RC_ASSERT(good.value < limit && limit <= bad.value);
}

RC_GTEST_PROP(Bisection, claims_nothing_that_its_own_trials_contradict, ()) {
  const ValueRange range = whole_range();
  const auto flips = *rc::gen::container<std::vector<double>>(
      rc::gen::map(rc::gen::inRange(1, 3050), [](int flip) { return static_cast<double>(flip); }));
  const Predicate holds = [&](double value) {
    return std::ranges::count_if(flips, [&](double flip) { return flip <= value; }) % 2 == 0;
  };
  const Bisection found = searched(range, holds, *rc::gen::inRange(0U, 12U), 2);
  int changes = 0;
  for (std::size_t trial = 1; trial < found.trials().size(); ++trial) {
    changes += found.trials()[trial].holds != found.trials()[trial - 1].holds ? 1 : 0;
  }
  RC_ASSERT((found.boundary() == Boundary::contradicted) == (changes > 1));
  RC_ASSERT(changes == 1 || (found.boundary() != Boundary::largest && found.boundary() != Boundary::smallest));
}

TEST(Bisection, that_finds_both_ends_alike_looks_between_them_before_it_says_so) {
  const ValueRange range = {.low = 1, .high = 100};
  const auto in_the_middle = [](double value) { return value > 30 && value < 70; };
  EXPECT_EQ(searched(range, in_the_middle, 5, 0).boundary(), Boundary::nowhere);
  EXPECT_EQ(searched(range, in_the_middle, 5, 2).boundary(), Boundary::contradicted);
}

TEST(Bisection, stops_where_the_stretch_is_narrow) {
  const ValueRange range = {.low = 10, .high = 1'000, .spacing = Spacing::by_ratio};
  const Bisection found = searched(range, [](double value) { return value < 123; }, 60);
  const auto [good, bad] = found.bracket();
  EXPECT_LT(bad.value / good.value, 1.03);
  EXPECT_LT(found.trials().size(), 15U);
}

TEST(Bisection, knows_nothing_before_both_ends_were_tried) {
  Bisection bisection({.low = 1, .high = 2}, 3, 2);
  EXPECT_EQ(bisection.boundary(), Boundary::unknown);
  EXPECT_EQ(bisection.next(), 1);
  bisection.add({1, true});
  EXPECT_EQ(bisection.boundary(), Boundary::unknown);
  EXPECT_EQ(bisection.next(), 2);
}

}  // namespace
}  // namespace stalemate
