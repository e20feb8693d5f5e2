#include "report/comparison/run_groups.hpp"

#include <algorithm>
#include <cmath>

#include "core/assert.hpp"
#include "report/comparison/spread.hpp"

namespace stalemate {
namespace {

bool are_repeats(const RunResults& one, const RunResults& other) {
  return one.scenario == other.scenario && one.pattern == other.pattern && one.engines == other.engines &&
         one.duration_ns == other.duration_ns && one.interrupted == other.interrupted && one.asked == other.asked &&
         one.program_version == other.program_version;
}

void add(SampleCounts& sum, const SampleCounts& other) {
  const double episodes = static_cast<double>(sum.transient + sum.persistent);
  const double others = static_cast<double>(other.transient + other.persistent);
  if (episodes + others > 0) {
    sum.mean_episode_ns = static_cast<Nanoseconds>(
        (static_cast<double>(sum.mean_episode_ns) * episodes + static_cast<double>(other.mean_episode_ns) * others) /
        (episodes + others));
  }
  for (const auto count : {&SampleCounts::taken, &SampleCounts::skipped, &SampleCounts::correct,
                           &SampleCounts::incorrect, &SampleCounts::incoherent_keys, &SampleCounts::transient,
                           &SampleCounts::persistent, &SampleCounts::unrepaired_keys}) {
    sum.*count += other.*count;
  }
  sum.keys_affected = std::max(sum.keys_affected, other.keys_affected);
  sum.longest_episode_ns = std::max(sum.longest_episode_ns, other.longest_episode_ns);
}

void add(StaleReads& sum, const StaleReads& other) {
  sum.checked += other.checked;
  sum.stale += other.stale;
  sum.worst_staleness_ns = std::max(sum.worst_staleness_ns, other.worst_staleness_ns);
  sum.worst_staleness_upper_ns = std::max(sum.worst_staleness_upper_ns, other.worst_staleness_upper_ns);
  sum.worst_versions = std::max(sum.worst_versions, other.worst_versions);
  sum.incoherent_key_ns += other.incoherent_key_ns;
  sum.unexplained += other.unexplained;
  for (const NamedCount& cause : other.causes) {
    add_count(sum.causes, cause.name, cause.count);
  }
}

void add(LostWrites& sum, const LostWrites& other) {
  for (const auto count : {&LostWrites::checked, &LostWrites::writes, &LostWrites::reads, &LostWrites::reads_not_stale,
                           &LostWrites::overtaken}) {
    sum.*count += other.*count;
  }
}

// Of a part that one of them lacks, what the other has.
template <class Part>
void add_part(std::optional<Part>& sum, const std::optional<Part>& other) {
  if (sum && other) {
    add(*sum, *other);
  } else if (other) {
    sum = other;
  }
}

// What two runs together are: invalid if one is, else unknown if one is.
std::string both(const std::string& verdict, const std::string& other) {
  for (const char* worse : {"invalid", "unknown"}) {
    if (verdict == worse || other == worse) {
      return worse;
    }
  }
  return verdict;
}

void add_checks(RunResults& sum, const RunResults& other) {
  sum.verdict = both(sum.verdict, other.verdict);
  for (const CheckFound& check : other.checks) {
    const auto same = std::ranges::find(sum.checks, check.name, &CheckFound::name);
    if (same == sum.checks.end()) {
      sum.checks.push_back(check);
      continue;
    }
    same->verdict = both(same->verdict, check.verdict);
    same->decides = same->decides || check.decides;
    same->count += check.count;
    same->sample += check.sample;
    same->unjudged += check.unjudged;
  }
  std::ranges::sort(sum.checks, {}, &CheckFound::name);
  for (const NamedCount& violated : other.violations) {
    add_count(sum.violations, violated.name, violated.count);
  }
}

// Percentiles do not add up: their medians over the runs.
LatencyFigures typical(const RunGroup& group, OpLatency Latency::* kind, LatencyFigures OpLatency::* from) {
  LatencyFigures figures;
  for (const RunResults& run : group) {
    figures.count += (run.latency.*kind.*from).count;
    figures.max_ns = std::max(figures.max_ns, (run.latency.*kind.*from).max_ns);
  }
  for (const auto figure : {&LatencyFigures::mean_ns, &LatencyFigures::p50_ns, &LatencyFigures::p90_ns,
                            &LatencyFigures::p99_ns, &LatencyFigures::p99_9_ns}) {
    std::vector<double> values;
    for (const RunResults& run : group) {
      if ((run.latency.*kind.*from).count > 0) {
        values.push_back(static_cast<double>(run.latency.*kind.*from.*figure));
      }
    }
    figures.*figure = values.empty() ? 0 : std::llround(spread_of(values).median);
  }
  return figures;
}

}  // namespace

std::vector<RunGroup> grouped(std::span<const RunResults> runs) {
  std::vector<RunGroup> groups;
  for (const RunResults& run : runs) {
    const auto same =
        std::ranges::find_if(groups, [&run](const RunGroup& group) { return are_repeats(group.front(), run); });
    if (same == groups.end() || runs.size() == 2) {
      groups.push_back({run});
    } else {
      same->push_back(run);
    }
  }
  return groups;
}

RunResults pooled(const RunGroup& group) {
  STALEMATE_ASSERT(!group.empty(), "a group has a run");
  RunResults sum = group.front();
  for (std::size_t place = 1; place < group.size(); ++place) {
    const RunResults& run = group[place];
    sum.elapsed_ns += run.elapsed_ns;
    sum.plan.reads += run.plan.reads;
    sum.plan.writes += run.plan.writes;
    sum.reads += run.reads;
    sum.writes += run.writes;
    add_part(sum.samples, run.samples);
    add_part(sum.stale, run.stale);
    add_part(sum.lost, run.lost);
    add_checks(sum, run);
    if (run.standstills.longest_ns > sum.standstills.longest_ns) {
      sum.standstills.longest_ns = run.standstills.longest_ns;
      sum.standstills.longest_start_ns = run.standstills.longest_start_ns;
    }
    sum.standstills.count += run.standstills.count;
    sum.standstills.total_ns += run.standstills.total_ns;
  }
  for (const auto kind : {&Latency::read, &Latency::write}) {
    for (const auto from : {&OpLatency::response, &OpLatency::service}) {
      sum.latency.*kind.*from = typical(group, kind, from);
    }
  }
  return sum;
}

}  // namespace stalemate
