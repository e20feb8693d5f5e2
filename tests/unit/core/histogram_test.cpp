#include "core/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stalemate {
namespace {

// Durations as they come: every order of magnitude is as likely as the next.
rc::Gen<Nanoseconds> any_duration() {
  return rc::gen::mapcat(rc::gen::inRange(0, 42),
                         [](int bits) { return rc::gen::inRange<Nanoseconds>(0, Nanoseconds{1} << bits); });
}

rc::Gen<std::vector<Nanoseconds>> some_durations() {
  return rc::gen::nonEmpty(rc::gen::container<std::vector<Nanoseconds>>(any_duration()));
}

LatencyHistogram histogram_of(const std::vector<Nanoseconds>& durations) {
  LatencyHistogram histogram;
  for (const Nanoseconds duration_ns : durations) {
    histogram.record(duration_ns);
  }
  return histogram;
}

Nanoseconds nearest_rank(std::vector<Nanoseconds> durations, double share) {
  std::ranges::sort(durations);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(durations.size())));
  return durations[std::max<std::size_t>(rank, 1) - 1];
}

void expect_same(const LatencyHistogram& left, const LatencyHistogram& right) {
  RC_ASSERT(left.count() == right.count());
  RC_ASSERT(left.min_ns() == right.min_ns());
  RC_ASSERT(left.max_ns() == right.max_ns());
  RC_ASSERT(left.mean_ns() == right.mean_ns());
  for (int percent = 0; percent <= 100; ++percent) {
    RC_ASSERT(left.quantile_ns(percent / 100.0) == right.quantile_ns(percent / 100.0));
  }
}

RC_GTEST_PROP(LatencyHistogram, quantiles_are_within_one_percent_of_a_sorted_vectors, ()) {
  const auto durations = *some_durations();
  const LatencyHistogram histogram = histogram_of(durations);
  for (const double share : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto exact = static_cast<double>(nearest_rank(durations, share));
    const auto shown = static_cast<double>(histogram.quantile_ns(share));
    RC_ASSERT(std::abs(shown - exact) <= exact / 128);
  }
}

RC_GTEST_PROP(LatencyHistogram, count_mean_least_and_greatest_are_exact, ()) {
  const auto durations = *some_durations();
  const LatencyHistogram histogram = histogram_of(durations);
  const auto [least, greatest] = std::ranges::minmax(durations);
  const auto sum = std::accumulate(durations.begin(), durations.end(), Nanoseconds{0});
  RC_ASSERT(histogram.count() == durations.size());
  RC_ASSERT(histogram.min_ns() == least);
  RC_ASSERT(histogram.max_ns() == greatest);
  RC_ASSERT(histogram.mean_ns() == static_cast<double>(sum) / static_cast<double>(durations.size()));
}

RC_GTEST_PROP(LatencyHistogram, merging_equals_recording_everything_in_one, ()) {
  const auto left = *rc::gen::container<std::vector<Nanoseconds>>(any_duration());
  const auto right = *rc::gen::container<std::vector<Nanoseconds>>(any_duration());
  auto all = left;
  all.insert(all.end(), right.begin(), right.end());
  LatencyHistogram merged = histogram_of(left);
  merged.merge(histogram_of(right));
  expect_same(merged, histogram_of(all));
}

RC_GTEST_PROP(LatencyHistogram, quantiles_never_fall_as_the_share_grows, ()) {
  const LatencyHistogram histogram = histogram_of(*some_durations());
  Nanoseconds last_ns = histogram.min_ns();
  for (int permille = 0; permille <= 1000; ++permille) {
    const Nanoseconds next_ns = histogram.quantile_ns(permille / 1000.0);
    RC_ASSERT(next_ns >= last_ns);
    last_ns = next_ns;
  }
  RC_ASSERT(last_ns == histogram.max_ns());
}

TEST(LatencyHistogram, of_nothing_is_all_zero) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min_ns(), 0);
  EXPECT_EQ(histogram.max_ns(), 0);
  EXPECT_EQ(histogram.mean_ns(), 0);
  EXPECT_EQ(histogram.quantile_ns(0.5), 0);
}

TEST(LatencyHistogram, keeps_the_greatest_value_even_beyond_its_buckets) {
  const Nanoseconds two_hours_ns = 7'200'000'000'000;
  LatencyHistogram histogram;
  histogram.record(two_hours_ns);
  histogram.record(two_hours_ns + 1);
  EXPECT_EQ(histogram.max_ns(), two_hours_ns + 1);
  EXPECT_GE(histogram.quantile_ns(0.5), 3'600'000'000'000);
  histogram.record(never / 2);
  EXPECT_EQ(histogram.quantile_ns(1), never / 2);
}

TEST(LatencyHistogram, counts_a_negative_duration_as_none_at_all) {
  LatencyHistogram histogram;
  histogram.record(-5);
  EXPECT_EQ(histogram.count(), 1U);
  EXPECT_EQ(histogram.max_ns(), 0);
  EXPECT_EQ(histogram.quantile_ns(0.5), 0);
}

TEST(LatencyHistogram, is_as_new_once_cleared) {
  LatencyHistogram histogram = histogram_of({5, 1'000'000, 7});
  histogram.clear();
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.min_ns(), 0);
  histogram.record(90);
  EXPECT_EQ(histogram.quantile_ns(0.5), 90);
  EXPECT_EQ(histogram.min_ns(), 90);
}

RC_GTEST_PROP(Histogram, comes_back_from_what_it_holds, ()) {
  const LatencyHistogram histogram = histogram_of(*some_durations());
  const std::optional<LatencyHistogram> again = LatencyHistogram::of(histogram.contents());
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->contents() == histogram.contents());
  expect_same(*again, histogram);
}

TEST(Histogram, is_not_made_of_what_none_holds) {
  EXPECT_EQ(LatencyHistogram::of({})->count(), 0U);
  const HistogramContents good{.buckets = {{5, 2}, {7, 1}}, .sum_ns = 17, .min_ns = 5, .max_ns = 7};
  EXPECT_EQ(LatencyHistogram::of(good)->count(), 3U);
  const auto is_refused = [&good](auto change) {
    HistogramContents bad = good;
    change(bad);
    return !LatencyHistogram::of(bad);
  };
  EXPECT_TRUE(is_refused([](HistogramContents& bad) { bad.buckets[1].first = 5; }));
  EXPECT_TRUE(is_refused([](HistogramContents& bad) { bad.buckets[1].first = 4'000'000; }));
  EXPECT_TRUE(is_refused([](HistogramContents& bad) { bad.buckets[0].second = 0; }));
  EXPECT_TRUE(is_refused([](HistogramContents& bad) { bad.min_ns = 6; }));
  EXPECT_TRUE(is_refused([](HistogramContents& bad) { bad.max_ns = 600; }));
  EXPECT_TRUE(is_refused([](HistogramContents& bad) { bad.buckets.clear(); }));
}

}  // namespace
}  // namespace stalemate
