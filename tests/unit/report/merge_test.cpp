// Merging runs gives what one run of all their ops would have given, in whatever order and in however many steps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "report/merging/merge.hpp"
#include "unit/record/random_history.hpp"
#include "unit/report/example_results.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

constexpr Nanoseconds warm_up_ns = 2 * example_s;
constexpr std::uint64_t parts_max = 4;

std::vector<HistogramContents> contents_of(const RunHistograms& histograms) {
  std::vector<HistogramContents> contents;
  each_histogram(histograms, [&contents](std::string_view /*name*/, const LatencyHistogram& histogram) {
    contents.push_back(histogram.contents());
  });
  return contents;
}

std::vector<OpRecord> some_records(std::size_t ops_max) {
  const auto count = *rc::gen::inRange<std::size_t>(0, ops_max);
  std::vector<OpRecord> records;
  for (const Op& op : random_history::any_ops(count, *rc::gen::element<Nanoseconds>(1000, example_s))) {
    records.emplace_back(op);
  }
  return records;
}

/// Results of a run of those ops, with figures that nothing but a seed decides. Runs with other numbers have other
/// seeds, so that none is the same run as another, however few figures there are.
MergePart part_of(std::uint64_t number, const std::vector<OpRecord>& ops) {
  MergePart part{.name = "run" + std::to_string(number), .results = example_before()};
  RunResults& run = part.results;
  const auto some = [](std::uint64_t most) { return *rc::gen::inRange<std::uint64_t>(0, most + 1); };
  std::vector<StaleRead> stale_reads;
  OpCounts warm_reads;
  OpCounts warm_writes;
  run.reads = run.writes = {};
  for (const OpRecord& op : ops) {
    const bool is_warm = op.intended_ns() < warm_up_ns;
    OpCounts& counts = op.kind() == OpKind::read ? (is_warm ? warm_reads : run.reads)
                       : is_warm                 ? warm_writes
                                                 : run.writes;
    ++counts.planned;
    ++counts.sent;
    ++(op.outcome() == Outcome::ok ? counts.ok : op.outcome() == Outcome::fail ? counts.fail : counts.info);
    if (op.kind() == OpKind::read && op.outcome() == Outcome::ok && some(2) == 0) {
      stale_reads.push_back({.read = op.index(), .lower_ns = static_cast<Nanoseconds>(some(5'000'000'000))});
    }
  }
  part.histograms = histograms_of(ops, warm_up_ns, stale_reads);
  run.started_at =
      *rc::gen::element<std::string>("2026-11-30T02:00:00Z", "2026-11-30T02:00:30Z", "2026-11-30T03:00:00Z", "");
  run.seed = some(1'000'000'000) * parts_max + number;
  run.plan = {run.reads.planned, run.writes.planned};
  run.latency = latency_of(part.histograms.measured);
  run.warm_up = WarmUp{
      .duration_ns = warm_up_ns, .reads = warm_reads, .writes = warm_writes, .cache = CacheCounts{3, some(9), {}, "x"}};
  run.warm_up->latency = latency_of(part.histograms.warm_up);
  run.stale = StaleReads{.checked = ops.size() + 10, .stale = stale_reads.size(), .unexplained = stale_reads.size()};
  run.stale->worst_staleness_ns = part.histograms.staleness.max_ns();
  run.stale->worst_staleness_upper_ns = part.histograms.staleness.max_ns() + 1;
  run.stale->median_staleness_ns = part.histograms.staleness.quantile_ns(0.5);
  run.lost = LostWrites{.checked = some(9) + 9, .writes = some(9)};
  run.cache->hits = some(100);
  run.samples->longest_episode_ns = run.samples->mean_episode_ns + static_cast<Nanoseconds>(some(1000));
  add_count(run.errors, "timed_out", some(3));
  run.outages = {{"cache", static_cast<Nanoseconds>(some(100)), 200}};
  run.refusals = {{.role = "cache", .error = *rc::gen::element<std::string>("a", "b"), .count = 1 + some(3)}};
  run.verdict = *rc::gen::element<std::string>("valid", "invalid", "unknown");
  const std::uint64_t violations = run.verdict == "invalid" ? 1 + some(4) : 0;
  run.checks = {
      {.name = "stale-reads", .verdict = run.verdict, .decides = true, .count = violations, .sample = 10 + some(9)}};
  run.violations = {{"stale-reads", violations}};
  run.drift = derive_drift(run);
  return part;
}

std::vector<MergePart> some_parts() {
  std::vector<MergePart> parts;
  const auto count = *rc::gen::inRange<std::uint64_t>(2, parts_max + 1);
  for (std::uint64_t number = 0; number < count; ++number) {
    parts.push_back(part_of(number, some_records(30)));
  }
  sort_parts(parts);
  return parts;
}

RC_GTEST_PROP(Merge, of_a_history_cut_by_client_has_the_histograms_of_the_whole, ()) {
  const std::vector<OpRecord> whole = some_records(120);
  const auto pieces = *rc::gen::inRange(1U, 6U);
  RunHistograms sum;
  for (std::uint32_t piece = 0; piece < pieces; ++piece) {
    std::vector<OpRecord> ops;
    std::ranges::copy_if(whole, std::back_inserter(ops),
                         [&](const OpRecord& op) { return op.client() % pieces == piece; });
    sum.merge(histograms_of(ops, warm_up_ns, {}));
  }
  RC_ASSERT(contents_of(sum) == contents_of(histograms_of(whole, warm_up_ns, {})));
}

RC_GTEST_PROP(Merge, is_the_same_in_any_order_and_in_any_steps, ()) {
  const std::vector<MergePart> parts = some_parts();
  RC_ASSERT(check_mergeable(parts).has_value());
  std::vector<MergePart> shuffled = parts;
  std::ranges::rotate(shuffled, shuffled.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(shuffled)));
  std::ranges::swap(shuffled.front(), shuffled.back());
  // What is merged first is written down and read again.
  std::vector<MergePart> steps(shuffled.begin(), shuffled.begin() + 2);
  sort_parts(steps);
  Result<std::vector<MergePart>> again = parts_from_json(parts_json(steps));
  RC_ASSERT(again.has_value());
  again->insert(again->end(), shuffled.begin() + 2, shuffled.end());
  sort_parts(*again);
  RC_ASSERT(merged_results(*again) == merged_results(parts));
  RC_ASSERT(parts_json(*again) == parts_json(parts));
}

RC_GTEST_PROP(Merge, adds_counts_and_keeps_verdicts_and_maxima, ()) {
  const std::vector<MergePart> parts = some_parts();
  const RunResults merged = merged_results(parts);
  const Result<void> fine = validate(merged);
  RC_ASSERT(fine.has_value());
  RunHistograms histograms;
  std::uint64_t reads = 0;
  Nanoseconds worst_ns = 0;
  std::uint64_t violations = 0;
  std::set<std::string> verdicts;
  for (const MergePart& part : parts) {
    histograms.merge(part.histograms);
    reads += part.results.reads.ok;
    worst_ns = std::max(worst_ns, part.results.stale->worst_staleness_ns);
    violations += part.results.checks.front().count;
    verdicts.insert(part.results.verdict);
  }
  RC_ASSERT(merged.reads.ok == reads);
  RC_ASSERT(merged.latency == latency_of(histograms.measured));
  RC_ASSERT(merged.warm_up->latency == latency_of(histograms.warm_up));
  RC_ASSERT(merged.stale->median_staleness_ns == histograms.staleness.quantile_ns(0.5));
  RC_ASSERT(merged.stale->worst_staleness_ns == worst_ns);
  RC_ASSERT(merged.verdict == (verdicts.contains("invalid")   ? "invalid"
                               : verdicts.contains("unknown") ? "unknown"
                                                              : "valid"));
  RC_ASSERT(merged.checks.front().verdict == merged.verdict);
  RC_ASSERT(merged.checks.front().count == violations);
  for (const MergedMaximum& maximum : merged.merged->maxima) {
    if (maximum.figure == "latency.read.response.max_ns") {
      const auto run = std::ranges::find(parts, maximum.run, &MergePart::name);
      RC_ASSERT(run->results.latency.read.response.max_ns == merged.latency.read.response.max_ns);
    }
  }
  RC_ASSERT(merged.merged->runs.size() == parts.size());
}

MergePart plain_part(const std::string& name, const std::string& started_at) {
  MergePart part{.name = name, .results = example_before()};
  part.results.started_at = started_at;
  part.results.reads = part.results.writes = {};
  part.results.plan = {};
  part.results.latency = {};
  part.results.stale.emplace();
  part.results.lost.emplace();
  return part;
}

TEST(Merge, counts_the_time_in_which_at_least_one_run_went_on_once) {
  const auto time_of = [](const std::string& other) {
    const std::vector<MergePart> parts = {plain_part("a", "2026-11-30T02:00:00Z"), plain_part("b", other)};
    const RunResults merged = merged_results(parts);
    return std::pair(merged.merged->time, merged.duration_ns / example_s);
  };
  EXPECT_EQ(time_of("2026-11-30T02:00:00Z"), std::pair(std::string("together"), Nanoseconds{60}));
  EXPECT_EQ(time_of("2026-11-30T02:00:30Z"), std::pair(std::string("partly together"), Nanoseconds{90}));
  EXPECT_EQ(time_of("2026-11-30T02:01:00Z"), std::pair(std::string("one after the other"), Nanoseconds{120}));
  EXPECT_EQ(time_of("2026-12-24T02:01:00Z"), std::pair(std::string("one after the other"), Nanoseconds{120}));
}

TEST(Merge, refuses_runs_that_differ_and_says_how) {
  const auto refusal = [](auto change) {
    std::vector<MergePart> parts = {plain_part("a", "2026-11-30T02:00:00Z"), plain_part("b", "2026-11-30T03:00:00Z")};
    change(parts[1]);
    const Result<void> fine = check_mergeable(parts);
    return fine ? std::string() : fine.error().detail;
  };
  EXPECT_EQ(refusal([](MergePart& /*part*/) {}), "");
  EXPECT_EQ(refusal([](MergePart& part) { part.results.pattern = "lease"; }),
            "a and b cannot be merged: their patterns differ, cache-aside against lease");
  EXPECT_EQ(refusal([](MergePart& part) { part.results.engines[0].version = "16.1"; }),
            "a and b cannot be merged: their engines differ, database PostgreSQL 15.8, read committed and cache Redis "
            "7.0.15 against database PostgreSQL 16.1, read committed and cache Redis 7.0.15");
  EXPECT_EQ(refusal([](MergePart& part) { part.results.asked.set("read_rate", 10.0); }),
            "a and b cannot be merged: their settings of read_rate differ, 100 against 10");
  EXPECT_EQ(refusal([](MergePart& part) { part.results.asked.set("new", true); }),
            "a and b cannot be merged: their settings of new differ, not told against yes");
  EXPECT_THAT(refusal([](MergePart& part) { part.results.asked.faults.clear(); }), HasSubstr("their faults differ"));
  EXPECT_THAT(refusal([](MergePart& part) { part.results.verdict.clear(); }), HasSubstr("b has no verdict"));
  EXPECT_THAT(refusal([](MergePart& part) { part.results.reads.ok = 7; }),
              HasSubstr("its histograms hold 0 reads that ended ok, its results 7"));
  EXPECT_EQ(refusal([](MergePart& part) { part.results.started_at = "2026-11-30T02:00:00Z"; }),
            "a and b are the same run, which is merged once only");
}

TEST(Parts, that_are_none_are_refused_with_a_sentence) {
  const std::string good = parts_json(std::vector<MergePart>{});
  EXPECT_TRUE(parts_from_json(good));
  for (const std::string bad : {"", "{}", "[]", R"({"parts":[{}]})", R"({"parts":7})",
                                R"({"parts":[{"name":"a","results":{},"histograms":{}}]})"}) {
    const auto parts = parts_from_json(bad);
    ASSERT_FALSE(parts) << bad;
    EXPECT_NE(parts.error().detail, "");
  }
  std::vector<MergePart> parts;
  parts.push_back(plain_part("a", "x"));
  std::string text = parts_json(parts);
  const std::string empty = R"("buckets":[])";
  text.replace(text.find(empty), empty.size(), R"("buckets":[[1,1]])");
  EXPECT_THAT(parts_from_json(text).error().detail, HasSubstr("the histogram read_response of a is none"));
}

}  // namespace
}  // namespace stalemate
