// Every check of the registry against its brute-force twin, on random small histories: 100,000 each time (a tenth of
// them under sanitizers), 5,000,000 in the soak.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>

#include "check/check.hpp"
#include "sanitized.hpp"
#include "unit/check/brute_force.hpp"

namespace stalemate::test {
namespace {

constexpr int shares = 10;  // so that a parallel test run can use all cores

constexpr std::uint64_t histories_in_ci = sanitized ? 10'000 : 100'000;

/// A report whose every result must be compared with its twin's.
class Compared {
 public:
  explicit Compared(const Report& report) : report_(report) {}

  const CheckResult& result(std::string_view name) {
    const CheckResult* found = find_result(report_, name);
    EXPECT_NE(found, nullptr) << name;
    names_.insert(std::string(name));
    return *found;
  }
  [[nodiscard]] const Report& report() const { return report_; }
  [[nodiscard]] bool holds(std::string_view name) const { return names_.contains(std::string(name)); }

 private:
  const Report& report_;
  std::set<std::string> names_;
};

double figure(const CheckResult& result, std::string_view name) {
  for (const Figure& figure : result.figures) {
    if (figure.name == name) {
      return figure.value;
    }
  }
  return 0;
}

void compare_staleness(Compared& compared, const Truth& truth) {
  const CheckResult& stale = compared.result("stale-reads");
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
}

void compare_versions(Compared& compared, const Truth& truth) {
  ASSERT_EQ(figure(compared.result("lost-updates"), "reads that missed a lost write"),
            static_cast<double>(truth.reads_behind_lost));
  ASSERT_EQ(figure(compared.result("lost-updates"), "of these not stale"),
            static_cast<double>(truth.reads_behind_lost_not_stale));
  ASSERT_EQ(compared.result("lost-updates").stale_reads.size(), truth.reads_behind_lost);
  const CheckResult& order = compared.result("version-order");
  const CheckResult& k = compared.result("k-atomicity");
  const bool versions_known = compared.report().versions_known;
  if (truth.versions_decide && versions_known) {
    ASSERT_EQ(order.count == 0, truth.in_version_order);
  }
  if (versions_known ? truth.versions_decide : truth.times_decide) {
    ASSERT_EQ(k.worst->value, static_cast<double>(truth.k));
    ASSERT_EQ(k.count > 0, truth.k > 1 || truth.keys_without_k > 0);
  }
}

/// The bounds are approximations that are right to 1 %.
void compare_bound(double found, double exact) {
  ASSERT_NEAR(found, exact, 0.01 * exact);
}

void compare_visibility(Compared& compared, const Truth& truth) {
  const CheckResult& found = compared.result("visibility");
  ASSERT_EQ(found.count,
            static_cast<std::uint64_t>(std::ranges::count_if(truth.visibility, &VisibilitySample::missed)));
  ASSERT_EQ(found.sample, truth.visibility.size());
  std::size_t figures = 0;
  double from_ns = -1;
  double to_ns = 1000;
  for (const std::string name : {"below 1 us", "below 10 us", "below 100 us", "below 1 ms", "below 10 ms",
                                 "below 100 ms", "below 1 s", "below 10 s", "below 100 s", "from 100 s"}) {
    std::uint64_t reads = 0;
    std::uint64_t missed = 0;
    for (const VisibilitySample& sample : truth.visibility) {
      const auto t_ns = static_cast<double>(sample.t_ns);
      const bool is_in = t_ns >= from_ns && (t_ns < to_ns || name == "from 100 s");
      reads += is_in ? 1 : 0;
      missed += is_in && sample.missed ? 1 : 0;
    }
    from_ns = to_ns;
    to_ns *= 10;
    ASSERT_EQ(figure(found, "t " + name + ": reads"), static_cast<double>(reads)) << name;
    if (reads > 0) {
      figures += 3;
      const auto share = 1 - static_cast<double>(missed) / static_cast<double>(reads);
      ASSERT_DOUBLE_EQ(figure(found, "t " + name + ": visible"), share);
      const double least = figure(found, "t " + name + ": visible, at least at 95 %");
      ASSERT_NO_FATAL_FAILURE(compare_bound(1 - least, brute_share_upper_95(missed, reads)));
      ASSERT_LE(least, share);
    }
  }
  ASSERT_EQ(found.figures.size(), figures);
}

void compare_nines(Compared& compared, const Truth& truth) {
  const CheckResult& found = compared.result("nines");
  ASSERT_EQ(found.sample, truth.within[0].checked);
  ASSERT_EQ(found.count, truth.within[0].missed);
  const std::array<std::string, 3> names = {"1 s", "1 min", "10 min"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [checked, missed] = truth.within[i];
    ASSERT_EQ(figure(found, "writes checked within " + names[i]), static_cast<double>(checked));
    ASSERT_EQ(figure(found, "writes missed within " + names[i]), static_cast<double>(missed));
    const double seen = figure(found, "nines within " + names[i]);
    const double least = figure(found, "nines within " + names[i] + ", at least at 95 %");
    if (checked == 0) {
      continue;
    }
    ASSERT_NO_FATAL_FAILURE(compare_bound(std::pow(10, -least), brute_share_upper_95(missed, checked)));
    const double claimed = missed == 0 ? std::max(0.0, std::log10(static_cast<double>(checked) / 3))
                                       : -std::log10(static_cast<double>(missed) / static_cast<double>(checked));
    ASSERT_NEAR(seen, claimed, 1e-9);
    ASSERT_LE(least, seen);
  }
}

void compare_steps(Compared& compared, const Truth& truth, const History& history) {
  const CheckResult& found = compared.result("incoherence");
  ASSERT_EQ(found.sample, truth.incoherence.keys);
  ASSERT_EQ(found.count, truth.incoherence.episodes);
  ASSERT_EQ(figure(found, "incoherent key-time"), static_cast<double>(truth.incoherence.total_ns));
  ASSERT_EQ(found.worst ? found.worst->value : 0, static_cast<double>(truth.incoherence.longest_ns));
  const CheckResult& converged = compared.result("convergence");
  ASSERT_EQ(converged.sample, history.rest.size());
  ASSERT_EQ(converged.verdict == Verdict::unknown, history.rest.empty());
}

void compare_loads(Compared& compared, const Loads& loads) {
  const CheckResult& found = compared.result("loads");
  ASSERT_EQ(found.sample, loads.all);
  ASSERT_EQ(found.count, loads.while_loading);
  ASSERT_EQ(figure(found, "most loads in one second"), static_cast<double>(loads.most_in_one_second));
  ASSERT_EQ(figure(found, "loads in the warm-up"), static_cast<double>(loads.in_warm_up));
  ASSERT_EQ(figure(found, "fills refused"), static_cast<double>(loads.refused_fills));
}

/// The reads found wrong one by one are as many as were counted, each once and in order.
void compare_wrong_reads(Compared& compared) {
  for (const char* check : {"dirty-reads", "phantom-reads"}) {
    const CheckResult& found = compared.result(check);
    ASSERT_EQ(found.stale_reads.size(), found.count) << check;
    std::set<OpIndex> reads;
    for (const StaleRead& read : found.stale_reads) {
      reads.insert(read.read);
    }
    ASSERT_EQ(reads.size(), found.count) << check;
  }
}

void compare_zones(Compared& compared, const Truth& truth) {
  ASSERT_EQ(compared.result("linearizable").count == 0, truth.linearizable);
  const CheckResult& delta = compared.result("delta");
  const CheckResult& gamma = compared.result("gamma");
  ASSERT_EQ(delta.count, truth.keys_with_delta);
  ASSERT_EQ(gamma.count, truth.keys_with_gamma);
  ASSERT_EQ(delta.worst ? delta.worst->value : 0, static_cast<double>(truth.delta));
  ASSERT_EQ(gamma.worst ? gamma.worst->value : 0, static_cast<double>(truth.gamma));
}

/// What holds of every result, whatever the history.
void compare_form(const Compared& compared) {
  ASSERT_TRUE(compared.report().defects.empty()) << compared.report().defects.front();
  ASSERT_EQ(compared.report().results.size(), CheckRegistry::all().size());
  for (const CheckResult& found : compared.report().results) {
    ASSERT_TRUE(compared.holds(found.name)) << found.name << " has no brute-force twin";
    ASSERT_EQ(found.verdict == Verdict::invalid, found.count > 0 && found.verdict != Verdict::unknown) << found.name;
    for (const Violation& violation : found.violations) {
      ASSERT_FALSE(violation.sentence.empty());
      ASSERT_LE(violation.ops.size(), 4U);
      // What is there at rest need not be any op's value.
      ASSERT_GE(violation.ops.size(), found.name == "convergence" ? 0U : 1U) << found.name;
    }
  }
}

/// Where no versions are told, what is not certain is said.
void compare_unjudged(Compared& compared, const Truth& truth) {
  for (const auto& [name, unjudged] : truth.unjudged) {
    const CheckResult& found = compared.result(name);
    ASSERT_EQ(found.unjudged, unjudged) << name;
    ASSERT_TRUE(found.verdict != Verdict::valid || unjudged == 0 || found.note != "") << name;
  }
}

/// How the work is divided, which must not matter.
struct Division {
  std::uint32_t parts = 1;
  std::uint32_t batch_ops = 4096;
  bool may_prefilter = true;
};

void compare(const SmallHistory& small, Nanoseconds clock_error_ns, Nanoseconds warm_up_ns, Division division) {
  const std::uint32_t parts = division.parts;
  const History history = packed(small);
  const Truth truth = truth_of(small, history, clock_error_ns);
  CheckOptions options;
  options.clock_error_ns = clock_error_ns;
  options.batch_ops = division.batch_ops;
  options.may_prefilter = division.may_prefilter;
  options.warm_up_ns = warm_up_ns;
  const Report report = check_all(history, options, Crew{.size = parts});
  Compared compared(report);
  for (const auto& [name, count] : truth.counts) {
    ASSERT_EQ(compared.result(name).count, count) << name;
  }
  ASSERT_NO_FATAL_FAILURE(compare_staleness(compared, truth));
  ASSERT_NO_FATAL_FAILURE(compare_versions(compared, truth));
  ASSERT_NO_FATAL_FAILURE(compare_visibility(compared, truth));
  ASSERT_NO_FATAL_FAILURE(compare_nines(compared, truth));
  ASSERT_NO_FATAL_FAILURE(compare_steps(compared, truth, history));
  ASSERT_NO_FATAL_FAILURE(compare_loads(compared, loads_of(history, warm_up_ns)));
  ASSERT_NO_FATAL_FAILURE(compare_wrong_reads(compared));
  ASSERT_NO_FATAL_FAILURE(compare_zones(compared, truth));
  ASSERT_NO_FATAL_FAILURE(compare_form(compared));
  if (!report.versions_known && !truth.has_vague) {
    ASSERT_NO_FATAL_FAILURE(compare_unjudged(compared, truth));
  }
}

/// Mostly nanoseconds; else so long that minutes pass.
Nanoseconds draw_time_unit(SeededRandom& random) {
  const std::uint32_t luck = random.draw_below(16);
  return luck < 10 ? 1 : luck < 13 ? 250'000'000 : luck < 15 ? 20'000'000'000 : 100'000'000'000;
}

/// Every `shares`-th seed below `seeds`, from `share`.
void compare_share(int share, std::uint64_t seeds) {
  for (auto seed = static_cast<std::uint64_t>(share); seed < seeds; seed += shares) {
    SeededRandom random(seed, 7);
    Shape shape;
    shape.keys_max = 1 + random.draw_below(2);
    shape.time_unit_ns = draw_time_unit(random);
    shape.with_versions = random.draw_below(5) != 0;
    const SmallHistory small = random_history(random, shape);
    const Nanoseconds clock_error_ns =
        random.draw_below(4) == 0 ? shape.time_unit_ns * random.draw_below(3) : Nanoseconds{0};
    const Nanoseconds warm_up_ns =
        random.draw_below(4) == 0 ? shape.time_unit_ns * random.draw_below(8) : Nanoseconds{0};
    const Division division{.parts = 1 + random.draw_below(2),
                            .batch_ops = random.draw_below(2) == 0 ? 4096 : 1 + random.draw_below(4),
                            .may_prefilter = random.draw_below(2) == 0};
    ASSERT_NO_FATAL_FAILURE(compare(small, clock_error_ns, warm_up_ns, division))
        << "seed " << seed << ", clock error " << clock_error_ns << '\n'
        << describe(small);
  }
}

class RandomSmallHistories : public testing::TestWithParam<int> {};
TEST_P(RandomSmallHistories, are_judged_as_brute_force_judges_them) {
  compare_share(GetParam(), histories_in_ci);
}
INSTANTIATE_TEST_SUITE_P(Tenths, RandomSmallHistories, testing::Range(0, shares));

class RandomSmallHistoriesSoak : public testing::TestWithParam<int> {};
TEST_P(RandomSmallHistoriesSoak, are_judged_as_brute_force_judges_them) {
  compare_share(GetParam(), 5'000'000);
}
INSTANTIATE_TEST_SUITE_P(Tenths, RandomSmallHistoriesSoak, testing::Range(0, shares));

}  // namespace
}  // namespace stalemate::test
