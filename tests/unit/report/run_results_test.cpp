#include "report/results/run_results.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "unit/report/example_results.hpp"

namespace stalemate {
namespace {

TEST(RunResults, of_real_runs_agree_with_themselves) {
  for (const RunResults& results : {example_before(), example_after(), example_ticker(), example_trouble()}) {
    const auto valid = validate(results);
    EXPECT_TRUE(valid.has_value()) << valid.error().detail;
  }
}

struct Damage {
  std::string_view invariant;
  std::function<void(RunResults&)> apply;
};

TEST(RunResults, names_the_invariant_that_is_broken) {
  const std::vector<Damage> damages = {
      {"planned = plan", [](RunResults& r) { r.plan.reads += 1; }},
      {"planned = sent + dropped + not_reached", [](RunResults& r) { r.writes.dropped += 1; }},
      {"sent = ok + fail + info", [](RunResults& r) { r.reads.fail += 1; }},
      {"late <= sent", [](RunResults& r) { r.reads.late = 1'000'000; }},
      {"not_reached = 0 unless interrupted", [](RunResults& r) { r.interrupted = false; }},
      {"taken = correct + incorrect", [](RunResults& r) { r.samples->taken += 1; }},
      {"incoherent_keys >= incorrect", [](RunResults& r) { r.samples->incoherent_keys = 3; }},
      {"incoherent_keys >= transient + 2 persistent", [](RunResults& r) { r.samples->transient = 30; }},
      {"keys_affected <= keys", [](RunResults& r) { r.samples->keys_affected = 7; }},
      {"unrepaired_keys <= asked keys", [](RunResults& r) { r.samples->unrepaired_keys = r.asked.keys() + 1; }},
      {"mean_episode <= longest_episode", [](RunResults& r) { r.samples->longest_episode_ns = 1; }},
      {"count = ok", [](RunResults& r) { r.latency.read.service.count -= 1; }},
      {"p50 <= p90", [](RunResults& r) { r.latency.write.response.p50_ns *= 100; }},
      {"mean <= max", [](RunResults& r) { r.latency.write.response.mean_ns *= 100; }},
      {"ratios are finite", [](RunResults& r) { r.drift.done_ratio = -1; }},
      {"ratios are finite", [](RunResults& r) { r.cache->predicted_hit_ratio = 1.5; }},
      {"rates are finite", [](RunResults& r) { r.asked.set("read_rate", 1.0 / 0.0); }},
      {"faults in force are sorted by start, and end after they began",
       [](RunResults& r) { r.in_force = {{"skip", "calls", 2, 1}}; }},
      {"sorted, each name once", [](RunResults& r) { r.errors.push_back({"aaa", 1}); }},
      {"sorted, each name once", [](RunResults& r) { r.faults.push_back({"zzz", 0}); }},
      {"stale <= checked", [](RunResults& r) { r.stale->checked = 60; }},
      {"causes + unexplained = stale", [](RunResults& r) { r.stale->unexplained = 0; }},
      {"lower bound <= upper bound", [](RunResults& r) { r.stale->worst_staleness_upper_ns = 0; }},
      {"a check has violations if it is invalid", [](RunResults& r) { r.checks[0].count = 0; }},
      {"checks = violations", [](RunResults& r) { r.violations[0].count += 1; }},
      {"loads while loading <= loads", [](RunResults& r) { r.loads->while_loading = 5000; }},
      {"loads of one second <= loads", [](RunResults& r) { r.loads->most_in_one_second = 5000; }},
      {"0 < warm-up < duration", [](RunResults& r) { r.warm_up->duration_ns = r.duration_ns; }},
      {"warm_up.reads", [](RunResults& r) { r.warm_up->reads.sent += 1; }},
      {"warm_up.read.response", [](RunResults& r) { r.warm_up->latency.read.response.count += 1; }},
      {"duration > 0", [](RunResults& r) { r.duration_ns = 0; }},
  };
  for (const Damage& damage : damages) {
    RunResults results = example_trouble();
    damage.apply(results);
    const auto valid = validate(results);
    ASSERT_FALSE(valid.has_value()) << damage.invariant;
    EXPECT_EQ(valid.error().code, ErrorCode::defect);
    EXPECT_NE(valid.error().detail.find(damage.invariant), std::string::npos) << valid.error().detail;
  }
}

TEST(RunResults, have_no_hit_ratio_without_lookups) {
  EXPECT_FALSE(hit_ratio(CacheCounts{}).has_value());
  EXPECT_EQ(hit_ratio(CacheCounts{3, 1, {}}), 0.75);
}

TEST(RunResults, named_counts_stay_sorted_and_add_up) {
  std::vector<NamedCount> counts;
  add_count(counts, "timed_out");
  add_count(counts, "connection_lost", 2);
  add_count(counts, "timed_out", 3);
  add_count(counts, "unused", 0);
  const std::vector<NamedCount> wanted = {{"connection_lost", 2}, {"timed_out", 4}};
  EXPECT_EQ(counts, wanted);
}

TEST(RunResults, figures_come_from_the_histogram) {
  LatencyHistogram histogram;
  for (Nanoseconds duration_ns = 1; duration_ns <= 100; ++duration_ns) {
    histogram.record(duration_ns);
  }
  const LatencyFigures wanted = {100, 51, 50, 90, 99, 100, 100};
  EXPECT_EQ(figures_of(histogram), wanted);
  EXPECT_EQ(figures_of(LatencyHistogram()), LatencyFigures());
}

}  // namespace
}  // namespace stalemate
