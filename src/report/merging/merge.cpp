#include "report/merging/merge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/assert.hpp"
#include "core/text/instant_text.hpp"
#include "report/drift.hpp"
#include "report/results/results_json.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds ns_per_s = 1'000'000'000;

/// When the part's run began, from the beginning of the first's; 0 where one of them does not tell.
Nanoseconds offset_of(const MergePart& part, const MergePart& first) {
  const auto began = seconds_since_epoch(part.results.started_at);
  const auto first_began = seconds_since_epoch(first.results.started_at);
  return began && first_began ? (*began - *first_began) * ns_per_s : 0;
}

/// How long at least one of the runs went on, each for the time that `of` says.
template <class Length>
Nanoseconds time_covered(std::span<const MergePart> parts, Length of) {
  Nanoseconds covered = 0;
  Nanoseconds reached = 0;
  for (const MergePart& part : parts) {
    const bool is_told = seconds_since_epoch(part.results.started_at).has_value();
    const Nanoseconds begin = is_told ? offset_of(part, parts.front()) : reached;
    const Nanoseconds end = begin + of(part.results);
    covered += std::max<Nanoseconds>(end - std::max(begin, reached), 0);
    reached = std::max(reached, end);
  }
  return covered;
}

/// Words for how the runs lie in time. Beginnings are known to a second.
std::string_view time_words(std::span<const MergePart> parts) {
  Nanoseconds sum = 0;
  Nanoseconds longest = 0;
  for (const MergePart& part : parts) {
    sum += part.results.elapsed_ns;
    longest = std::max(longest, part.results.elapsed_ns);
  }
  const Nanoseconds covered = time_covered(parts, [](const RunResults& run) { return run.elapsed_ns; });
  const Nanoseconds unsure = static_cast<Nanoseconds>(parts.size() - 1) * ns_per_s;
  return covered + unsure >= sum ? "one after the other" : covered <= longest + unsure ? "together" : "partly together";
}

/// Adds up the results of parts, one after the other.
class Merger {
 public:
  explicit Merger(std::span<const MergePart> parts) : parts_(parts), sum_(parts.front().results) {
    sum_.merged.emplace();
    sum_.merged->time = time_words(parts);
    tell_run(parts.front());
    tell_times(parts.front());
    sum_.warnings = warnings_of(parts.front());
    sum_.history.file.clear();
    histograms_ = parts.front().histograms;
    for (const MergePart& part : parts.subspan(1)) {
      add(part);
    }
    finish();
  }

  [[nodiscard]] RunResults result() { return std::move(sum_); }

 private:
  void add(const MergePart& part) {
    const RunResults& run = part.results;
    tell_run(part);
    histograms_.merge(part.histograms);
    sum_.interrupted = sum_.interrupted || run.interrupted;
    sum_.plan.reads += run.plan.reads;
    sum_.plan.writes += run.plan.writes;
    sum_.reads += run.reads;
    sum_.writes += run.writes;
    sum_.retries += run.retries;
    add_cache(sum_.cache, run.cache);
    add_warm_up(run.warm_up);
    add_samples(run.samples);
    add_origin(run.origin);
    if (run.limit && (!sum_.limit || run.limit->behind_ns > sum_.limit->behind_ns)) {
      sum_.limit = run.limit;
    }
    add_counts(sum_.faults, run.faults);
    add_counts(sum_.errors, run.errors);
    add_stale(*sum_.stale, *run.stale);
    add_lost(*sum_.lost, *run.lost);
    add_loads(run.loads);
    add_checks(part);
    add_refusals(run.refusals);
    add_standstills(part);
    add_processor(run.processor);
    sum_.history.truncated = sum_.history.truncated || run.history.truncated;
    sum_.history.ops += run.history.ops;
    sum_.history.steps += run.history.steps;
    sum_.history.bytes += run.history.bytes;
    std::ranges::move(warnings_of(part), std::back_inserter(sum_.warnings));
    append_times(part);
  }

  void finish() {
    sum_.duration_ns = time_covered(parts_, [](const RunResults& run) { return run.duration_ns; });
    sum_.elapsed_ns = time_covered(parts_, [](const RunResults& run) { return run.elapsed_ns; });
    sum_.latency = latency_of(histograms_.measured);
    if (sum_.warm_up) {
      sum_.warm_up->latency = latency_of(histograms_.warm_up);
    }
    sum_.stale->median_staleness_ns = histograms_.staleness.quantile_ns(0.5);
    if (sum_.loads && sum_.reads.sent > 0) {
      sum_.loads->share = static_cast<double>(sum_.loads->count) / static_cast<double>(sum_.reads.sent);
    }
    tell_maxima();
    std::ranges::stable_sort(sum_.in_force, {}, &FaultInForce::start_ns);
    std::ranges::stable_sort(sum_.stops, {}, &PlannedStop::start_ns);
    std::ranges::stable_sort(sum_.outages, {}, &Outage::start_ns);
    sum_.drift = derive_drift(sum_);
  }

  void tell_run(const MergePart& part) {
    const RunResults& run = part.results;
    sum_.merged->runs.push_back({.name = part.name,
                                 .started_at = run.started_at,
                                 .seed = run.seed,
                                 .elapsed_ns = run.elapsed_ns,
                                 .verdict = run.verdict,
                                 .reads = run.reads.ok,
                                 .writes = run.writes.ok});
  }

  static std::vector<std::string> warnings_of(const MergePart& part) {
    std::vector<std::string> warnings;
    for (const std::string& warning : part.results.warnings) {
      warnings.push_back(fmt::format("{}: {}", part.name, warning));
    }
    return warnings;
  }

  /// Sentences of checks name ops by their numbers, which say nothing without the run.
  static std::string within(const MergePart& part, const std::string& sentence) {
    return sentence.empty() ? sentence : fmt::format("in {}: {}", part.name, sentence);
  }

  void tell_times(const MergePart& part) {
    for (CheckFound& check : sum_.checks) {
      check.first = within(part, check.first);
      check.note = within(part, check.note);
    }
  }

  void append_times(const MergePart& part) {
    const Nanoseconds offset = offset_of(part, parts_.front());
    const auto append = [offset](auto& all, const auto& some) {
      for (auto stretch : some) {
        stretch.start_ns += offset;
        stretch.end_ns += offset;
        all.push_back(std::move(stretch));
      }
    };
    append(sum_.in_force, part.results.in_force);
    append(sum_.stops, part.results.stops);
    append(sum_.outages, part.results.outages);
  }

  static void add_counts(std::vector<NamedCount>& all, const std::vector<NamedCount>& some) {
    for (const NamedCount& one : some) {
      add_count(all, one.name, one.count);
    }
  }

  /// A prediction for all is the mean of the runs', weighted by their lookups.
  static void add_cache(std::optional<CacheCounts>& all, const std::optional<CacheCounts>& some) {
    if (!all || !some) {
      return;
    }
    if (all->predicted_hit_ratio && some->predicted_hit_ratio) {
      const auto weight = static_cast<double>(all->hits + all->misses);
      const auto added = static_cast<double>(some->hits + some->misses);
      if (weight + added > 0) {
        all->predicted_hit_ratio =
            (*all->predicted_hit_ratio * weight + *some->predicted_hit_ratio * added) / (weight + added);
      }
    } else if (all->predicted_hit_ratio) {
      all->predicted_hit_ratio = std::nullopt;
      all->not_predicted = some->not_predicted;
    }
    all->hits += some->hits;
    all->misses += some->misses;
  }

  void add_warm_up(const std::optional<WarmUp>& some) {
    if (sum_.warm_up && some) {
      sum_.warm_up->reads += some->reads;
      sum_.warm_up->writes += some->writes;
      sum_.warm_up->loads += some->loads;
      add_cache(sum_.warm_up->cache, some->cache);
    }
  }

  /// Of keys it is not known which are the same, so that those of the run with the most are told.
  void add_samples(const std::optional<SampleCounts>& some) {
    if (!sum_.samples || !some) {
      sum_.samples = sum_.samples ? sum_.samples : some;
      return;
    }
    SampleCounts& all = *sum_.samples;
    const std::uint64_t episodes = all.transient + all.persistent;
    const std::uint64_t added = some->transient + some->persistent;
    if (episodes + added > 0) {
      all.mean_episode_ns = std::llround((static_cast<double>(all.mean_episode_ns) * static_cast<double>(episodes) +
                                          static_cast<double>(some->mean_episode_ns) * static_cast<double>(added)) /
                                         static_cast<double>(episodes + added));
    }
    all.taken += some->taken;
    all.skipped += some->skipped;
    all.correct += some->correct;
    all.incorrect += some->incorrect;
    all.incoherent_keys += some->incoherent_keys;
    all.transient += some->transient;
    all.persistent += some->persistent;
    all.overrun += some->overrun;
    all.calls += some->calls;
    all.busy_ns += some->busy_ns;
    all.keys_affected = std::max(all.keys_affected, some->keys_affected);
    all.unrepaired_keys = std::max(all.unrepaired_keys, some->unrepaired_keys);
    all.longest_episode_ns = std::max(all.longest_episode_ns, some->longest_episode_ns);
  }

  void add_origin(const std::optional<OriginCounts>& some) {
    if (sum_.origin && some) {
      sum_.origin->correct += some->correct;
      sum_.origin->incorrect += some->incorrect;
    }
  }

  static void add_stale(StaleReads& all, const StaleReads& some) {
    all.checked += some.checked;
    all.stale += some.stale;
    all.worst_staleness_ns = std::max(all.worst_staleness_ns, some.worst_staleness_ns);
    all.worst_staleness_upper_ns = std::max(all.worst_staleness_upper_ns, some.worst_staleness_upper_ns);
    all.worst_versions = std::max(all.worst_versions, some.worst_versions);
    all.incoherent_key_ns += some.incoherent_key_ns;
    all.unexplained += some.unexplained;
    add_counts(all.causes, some.causes);
  }

  static void add_lost(LostWrites& all, const LostWrites& some) {
    all.checked += some.checked;
    all.writes += some.writes;
    all.reads += some.reads;
    all.reads_not_stale += some.reads_not_stale;
    all.overtaken += some.overtaken;
  }

  void add_loads(const std::optional<DatabaseLoads>& some) {
    if (!sum_.loads || !some) {
      sum_.loads = std::nullopt;
      return;
    }
    sum_.loads->count += some->count;
    sum_.loads->while_loading += some->while_loading;
    sum_.loads->refused_fills += some->refused_fills;
    sum_.loads->most_in_one_second = std::max(sum_.loads->most_in_one_second, some->most_in_one_second);
  }

  /// invalid if one is, else unknown if one is.
  static std::string worse_verdict(const std::string& one, const std::string& other) {
    for (const std::string verdict : {"invalid", "unknown"}) {
      if (one == verdict || other == verdict) {
        return verdict;
      }
    }
    return "valid";
  }

  void add_checks(const MergePart& part) {
    sum_.verdict = worse_verdict(sum_.verdict, part.results.verdict);
    for (const CheckFound& found : part.results.checks) {
      const auto place = std::ranges::find(sum_.checks, found.name, &CheckFound::name);
      STALEMATE_ASSERT(place != sum_.checks.end(), "one version has the same checks in every run");
      place->verdict = worse_verdict(place->verdict, found.verdict);
      place->decides = place->decides || found.decides;
      place->count += found.count;
      place->sample += found.sample;
      place->unjudged += found.unjudged;
      place->sample_of = place->sample_of.empty() ? found.sample_of : place->sample_of;
      place->first = place->first.empty() ? within(part, found.first) : place->first;
      place->note = place->note.empty() ? within(part, found.note) : place->note;
      const auto violations = std::ranges::find(sum_.violations, found.name, &NamedCount::name);
      STALEMATE_ASSERT(violations != sum_.violations.end(), "each check has its count of violations");
      violations->count = place->count;
    }
  }

  void add_refusals(const std::vector<Refusal>& some) {
    const auto kind = [](const Refusal& refusal) { return std::tie(refusal.role, refusal.part, refusal.error); };
    for (const Refusal& refusal : some) {
      const auto place = std::ranges::lower_bound(sum_.refusals, kind(refusal), {}, kind);
      if (place != sum_.refusals.end() && kind(*place) == kind(refusal)) {
        place->count += refusal.count;
      } else {
        sum_.refusals.insert(place, refusal);
      }
    }
  }

  void add_standstills(const MergePart& part) {
    const Standstills& some = part.results.standstills;
    sum_.standstills.count += some.count;
    sum_.standstills.total_ns += some.total_ns;
    if (some.longest_ns > sum_.standstills.longest_ns) {
      sum_.standstills.longest_ns = some.longest_ns;
      sum_.standstills.longest_start_ns = some.longest_start_ns + offset_of(part, parts_.front());
    }
  }

  /// What is not known of one run is not known of all.
  void add_processor(const std::optional<ProcessorUse>& some) {
    if (!sum_.processor || !some) {
      sum_.processor.reset();
      return;
    }
    sum_.processor->watched_ns += some->watched_ns;
    for (const auto server : {&ProcessorUse::database, &ProcessorUse::cache, &ProcessorUse::replica}) {
      std::optional<ServerUse>& all = (*sum_.processor).*server;
      const std::optional<ServerUse>& other = (*some).*server;
      if (all && other) {
        all->busy_ns += other->busy_ns;
      } else {
        all.reset();
      }
    }
  }

  /// The first run that has a greatest figure; of figures that are 0 none.
  template <class Figure>
  void tell_maximum(std::string_view name, Figure figure) {
    const auto greatest =
        std::ranges::max_element(parts_, {}, [&](const MergePart& part) { return figure(part.results); });
    if (figure(greatest->results) > 0) {
      sum_.merged->maxima.push_back({std::string(name), greatest->name});
    }
  }

  void tell_maxima() {
    using Results = const RunResults&;
    tell_maximum("latency.read.response.max_ns", [](Results r) { return r.latency.read.response.max_ns; });
    tell_maximum("latency.read.service.max_ns", [](Results r) { return r.latency.read.service.max_ns; });
    tell_maximum("latency.write.response.max_ns", [](Results r) { return r.latency.write.response.max_ns; });
    tell_maximum("latency.write.service.max_ns", [](Results r) { return r.latency.write.service.max_ns; });
    tell_maximum("stale.worst_staleness_ns", [](Results r) { return r.stale->worst_staleness_ns; });
    tell_maximum("stale.worst_staleness_upper_ns", [](Results r) { return r.stale->worst_staleness_upper_ns; });
    tell_maximum("stale.worst_versions", [](Results r) { return r.stale->worst_versions; });
    tell_maximum("samples.keys_affected", [](Results r) { return r.samples ? r.samples->keys_affected : 0; });
    tell_maximum("samples.unrepaired_keys", [](Results r) { return r.samples ? r.samples->unrepaired_keys : 0; });
    tell_maximum("samples.longest_episode_ns", [](Results r) { return r.samples ? r.samples->longest_episode_ns : 0; });
    tell_maximum("loads.most_in_one_second", [](Results r) { return r.loads ? r.loads->most_in_one_second : 0; });
    tell_maximum("limit.behind_ns", [](Results r) { return r.limit ? r.limit->behind_ns : 0; });
    tell_maximum("standstills.longest_ns", [](Results r) { return r.standstills.longest_ns; });
  }

  std::span<const MergePart> parts_;
  RunResults sum_;
  RunHistograms histograms_ = {};
};

}  // namespace

void sort_parts(std::vector<MergePart>& parts) {
  // The text decides between runs that began in the same second.
  std::ranges::sort(parts, {}, [](const MergePart& part) {
    return std::tuple(part.results.started_at, to_json(part.results), part.name);
  });
}

RunResults merged_results(std::span<const MergePart> parts) {
  return Merger(parts).result();
}

}  // namespace stalemate
