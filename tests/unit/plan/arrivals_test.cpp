#include "plan/arrivals.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "plan/real_math.hpp"
#include "unit/plan/chi_square.hpp"

namespace stalemate {
namespace {

TEST(RealMath, agrees_with_the_c_library) {
  SeededRandom random(1);
  for (int i = 0; i < 200'000; ++i) {
    const double x = std::exp((random.draw_unit() - 0.5) * 200);
    ASSERT_NEAR(natural_log(x), std::log(x), 4e-16 * std::max(1.0, std::abs(std::log(x)))) << x;
    const double y = (random.draw_unit() - 0.5) * 200;
    ASSERT_NEAR(exponential(y) / std::exp(y), 1, 1e-15) << y;
    const double t = random.draw_unit() * std::pow(10, -10 * random.draw_unit());
    ASSERT_NEAR(log_ratio(t), std::log1p(t) / t, 1e-10) << t;
    ASSERT_NEAR(exponential_ratio(t), std::expm1(t) / t, 1e-10) << t;
  }
  EXPECT_EQ(natural_log(1), 0);
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(log_ratio(0), 1);
  EXPECT_EQ(exponential_ratio(0), 1);
}

// The plan of a seed is part of a run's record: these bits may not change from one machine or version to another.
TEST(RealMath, has_the_same_bits_everywhere) {
  std::uint64_t hash = 0;
  SeededRandom random(42);
  for (int i = 0; i < 10'000; ++i) {
    hash = mix_bits(hash ^ std::bit_cast<std::uint64_t>(natural_log(1 - random.draw_unit())));
    hash = mix_bits(hash ^ std::bit_cast<std::uint64_t>(exponential(random.draw_unit() * 40 - 20)));
  }
  EXPECT_EQ(hash, 10979056352157815032ULL);
}

RC_GTEST_PROP(ConstantArrivals, of_a_whole_interval_fall_on_its_multiples, ()) {
  const auto interval_ns =
      *rc::gen::oneOf(rc::gen::inRange<Nanoseconds>(100, 1000), rc::gen::inRange<Nanoseconds>(100, 86'400'000'000'000));
  ConstantArrivals arrivals(1e9 / static_cast<double>(interval_ns));
  for (Nanoseconds i = 1; i <= 2000 && i * interval_ns <= 86'400'000'000'000; ++i) {
    RC_ASSERT(arrivals.next() == i * interval_ns);
  }
}

TEST(ConstantArrivals, do_not_drift_over_a_hundred_million) {
  // 3 ops a second more than a million: no interval in whole nanoseconds.
  ConstantArrivals arrivals(1'000'003);
  Nanoseconds last_ns = 0;
  constexpr std::int64_t count = 100'000'000;
  for (std::int64_t i = 1; i <= count; ++i) {
    last_ns = arrivals.next();
  }
  __extension__ using Wide = __int128;
  const auto exact_ns = static_cast<Nanoseconds>((static_cast<Wide>(count) * 2'000'000'000 + 1'000'003) / 2'000'006);
  EXPECT_EQ(last_ns, exact_ns);
}

RC_GTEST_PROP(ConstantArrivals, are_counted_as_they_come, ()) {
  const double rate = *rc::gen::inRange(1, 1'000'000'000) / 1000.0;
  ConstantArrivals arrivals(rate);
  const ConstantArrivals fresh = arrivals;
  for (std::uint64_t i = 1; i <= 300; ++i) {
    const Nanoseconds time_ns = arrivals.next();
    RC_ASSERT(fresh.count_until(time_ns) == i);
    RC_ASSERT(fresh.count_until(time_ns - 1) == i - 1);
  }
}

TEST(PoissonArrivals, have_exponential_gaps) {
  PoissonArrivals arrivals(1000, SeededRandom(5));
  constexpr int cells = 50;
  std::vector<std::uint64_t> counts(cells);
  Nanoseconds last_ns = 0;
  constexpr int draws = 200'000;
  for (int i = 0; i < draws; ++i) {
    const Nanoseconds time_ns = arrivals.next();
    // The chance of a shorter gap is uniform.
    const double share = 1 - std::exp(-static_cast<double>(time_ns - last_ns) / 1e6);
    ++counts[static_cast<std::size_t>(share * cells)];
    last_ns = time_ns;
  }
  expect_distribution(counts, std::vector<double>(cells, 1.0 / cells));
  EXPECT_NEAR(static_cast<double>(last_ns) / (draws * 1e6), 1, 5 / std::sqrt(draws));
}

TEST(ArrivalStream, ends_at_its_end_and_counts_what_it_gives) {
  for (const Arrivals arrivals : {Arrivals::constant, Arrivals::poisson}) {
    ArrivalStream stream(arrivals, 997, 3'000'000'000, SeededRandom(9));
    const std::uint64_t count = stream.count();
    std::uint64_t given = 0;
    while (stream.next() != never) {
      ++given;
    }
    EXPECT_EQ(given, count);
    EXPECT_NEAR(static_cast<double>(count), 2991, 5 * std::sqrt(2991));
  }
}

}  // namespace
}  // namespace stalemate
