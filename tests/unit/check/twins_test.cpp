// Every check against its brute-force twin, on random small histories: 100,000 each time, 5,000,000 in the soak.

#include <gtest/gtest.h>

#include "check/check.hpp"
#include "unit/check/brute_force.hpp"

namespace stalemate::test {
namespace {

constexpr int shares = 10;  // so that a parallel test run can use all cores

const CheckResult& result(const Report& report, std::string_view name) {
  const CheckResult* found = find_result(report, name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

double figure(const CheckResult& result, std::string_view name) {
  for (const Figure& figure : result.figures) {
    if (figure.name == name) {
      return figure.value;
    }
  }
  return 0;
}

void compare_versions(const Report& report, const Truth& truth) {
  const CheckResult& stale = result(report, "stale-reads");
  ASSERT_EQ(stale.count, truth.stale);
  ASSERT_EQ(stale.stale_reads.size(), truth.stale);
  Nanoseconds lower_sum = 0;
  Nanoseconds lower_max = 0;
  Nanoseconds upper_max = 0;
  std::uint64_t versions_sum = 0;
  for (const StaleRead& read : stale.stale_reads) {
    lower_sum += read.lower_ns;
    lower_max = std::max(lower_max, read.lower_ns);
    upper_max = std::max(upper_max, read.upper_ns);
    versions_sum += read.versions;
  }
  ASSERT_EQ(lower_sum, truth.stale_lower_sum);
  ASSERT_EQ(lower_max, truth.stale_lower_max);
  ASSERT_EQ(upper_max, truth.stale_upper_max);
  ASSERT_EQ(versions_sum, truth.versions_sum);
  ASSERT_EQ(result(report, "visibility").sample, truth.visibility_reads);
  ASSERT_EQ(result(report, "visibility").count, truth.visibility_missed);
  ASSERT_EQ(result(report, "nines").sample, report.versions_known ? truth.writes_checked_1s : 0);
  ASSERT_EQ(result(report, "nines").count, truth.writes_missed_1s);
  ASSERT_EQ(figure(result(report, "lost-updates"), "reads that missed a lost write"),
            static_cast<double>(truth.reads_behind_lost));
  const CheckResult& k = result(report, "k-atomicity");
  if (truth.versions_decide && report.versions_known) {
    ASSERT_EQ(result(report, "version-order").count == 0, truth.in_version_order);
    ASSERT_EQ(k.worst->value, static_cast<double>(truth.k));
    ASSERT_EQ(k.count > 0, truth.k > 1 || truth.keys_without_k > 0);
  }
}

void compare_zones(const Report& report, const Truth& truth) {
  ASSERT_EQ(result(report, "linearizable").count == 0, truth.linearizable);
  const CheckResult& delta = result(report, "delta");
  const CheckResult& gamma = result(report, "gamma");
  ASSERT_EQ(delta.count, truth.keys_with_delta);
  ASSERT_EQ(gamma.count, truth.keys_with_gamma);
  ASSERT_EQ(delta.worst ? delta.worst->value : 0, static_cast<double>(truth.delta));
  ASSERT_EQ(gamma.worst ? gamma.worst->value : 0, static_cast<double>(truth.gamma));
}

/// How the work is divided, which must not matter.
struct Division {
  std::uint32_t parts = 1;
  std::uint32_t batch_ops = 4096;
};

void compare(const SmallHistory& small, Nanoseconds clock_error_ns, Division division) {
  const std::uint32_t parts = division.parts;
  const History history = packed(small);
  const Truth truth = truth_of(small, clock_error_ns);
  CheckOptions options;
  options.clock_error_ns = clock_error_ns;
  options.batch_ops = division.batch_ops;
  CheckRun run(history, options, parts);
  for (std::uint32_t part = 0; part < parts; ++part) {
    run.check_part(part);
  }
  const Report report = run.report();
  for (const auto& [name, count] : truth.counts) {
    ASSERT_EQ(result(report, name).count, count) << name;
  }
  ASSERT_NO_FATAL_FAILURE(compare_versions(report, truth));
  ASSERT_NO_FATAL_FAILURE(compare_zones(report, truth));
  ASSERT_TRUE(report.defects.empty()) << report.defects.front();
  for (const CheckResult& found : report.results) {
    ASSERT_EQ(found.verdict == Verdict::invalid, found.count > 0 && found.verdict != Verdict::unknown) << found.name;
    for (const Violation& violation : found.violations) {
      ASSERT_FALSE(violation.sentence.empty());
      ASSERT_LE(violation.ops.size(), 4U);
      ASSERT_GE(violation.ops.size(), 1U);
    }
  }
}

/// Every `shares`-th seed below `seeds`, from `share`.
void compare_share(int share, std::uint64_t seeds) {
  for (auto seed = static_cast<std::uint64_t>(share); seed < seeds; seed += shares) {
    SeededRandom random(seed, 7);
    Shape shape;
    shape.keys_max = 1 + random.draw_below(2);
    shape.time_unit_ns = random.draw_below(4) == 0 ? 250'000'000 : 1;
    shape.with_versions = random.draw_below(5) != 0;
    const SmallHistory small = random_history(random, shape);
    const Nanoseconds clock_error_ns =
        random.draw_below(4) == 0 ? shape.time_unit_ns * random.draw_below(3) : Nanoseconds{0};
    const Division division{.parts = 1 + random.draw_below(2),
                            .batch_ops = random.draw_below(2) == 0 ? 4096 : 1 + random.draw_below(4)};
    ASSERT_NO_FATAL_FAILURE(compare(small, clock_error_ns, division))
        << "seed " << seed << ", clock error " << clock_error_ns << '\n'
        << describe(small);
  }
}

class RandomSmallHistories : public testing::TestWithParam<int> {};
TEST_P(RandomSmallHistories, are_judged_as_brute_force_judges_them) {
  compare_share(GetParam(), 100'000);
}
INSTANTIATE_TEST_SUITE_P(Tenths, RandomSmallHistories, testing::Range(0, shares));

class RandomSmallHistoriesSoak : public testing::TestWithParam<int> {};
TEST_P(RandomSmallHistoriesSoak, are_judged_as_brute_force_judges_them) {
  compare_share(GetParam(), 5'000'000);
}
INSTANTIATE_TEST_SUITE_P(Tenths, RandomSmallHistoriesSoak, testing::Range(0, shares));

}  // namespace
}  // namespace stalemate::test
