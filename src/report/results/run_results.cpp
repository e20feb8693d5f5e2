#include "report/results/run_results.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/words/words.hpp"

namespace stalemate {
namespace {

// The first broken invariant wins: later ones often follow from it.
class Validation {
 public:
  void require(bool holds, std::string_view invariant, std::string_view figures) {
    if (!holds && broken_.empty()) {
      broken_ = fmt::format("results do not agree with themselves: {} does not hold ({})", invariant, figures);
    }
  }
  [[nodiscard]] const std::string& broken() const { return broken_; }

 private:
  std::string broken_;
};

void validate_ops(Validation& check, std::string_view name, const OpCounts& ops, std::uint64_t planned,
                  bool interrupted) {
  const auto figures = fmt::format(
      "{}: planned {}, sent {}, dropped {}, not reached {}, ok {}, fail {}, info {}, late {}; plan {}", name,
      ops.planned, ops.sent, ops.dropped, ops.not_reached, ops.ok, ops.fail, ops.info, ops.late, planned);
  check.require(ops.planned == planned, "planned = plan", figures);
  check.require(ops.planned == ops.sent + ops.dropped + ops.not_reached, "planned = sent + dropped + not_reached",
                figures);
  check.require(ops.sent == ops.ok + ops.fail + ops.info, "sent = ok + fail + info", figures);
  check.require(ops.late <= ops.sent, "late <= sent", figures);
  check.require(interrupted || ops.not_reached == 0, "not_reached = 0 unless interrupted", figures);
}

void validate_samples(Validation& check, const SampleCounts& samples) {
  const auto figures = fmt::format(
      "samples: taken {}, correct {}, incorrect {}, incoherent keys {}, transient {}, persistent {}, affected {}, "
      "unrepaired {}, keys {}, longest {} ns, mean {} ns",
      samples.taken, samples.correct, samples.incorrect, samples.incoherent_keys, samples.transient, samples.persistent,
      samples.keys_affected, samples.unrepaired_keys, samples.keys, samples.longest_episode_ns,
      samples.mean_episode_ns);
  check.require(samples.taken == samples.correct + samples.incorrect, "taken = correct + incorrect", figures);
  check.require(samples.incoherent_keys >= samples.incorrect, "incoherent_keys >= incorrect", figures);
  check.require(samples.incoherent_keys >= samples.transient + 2 * samples.persistent,
                "incoherent_keys >= transient + 2 persistent", figures);
  check.require(samples.overrun <= samples.skipped, "overrun <= skipped", figures);
  check.require(samples.keys_affected <= samples.keys, "keys_affected <= keys", figures);
  check.require(samples.mean_episode_ns <= samples.longest_episode_ns, "mean_episode <= longest_episode", figures);
}

void validate_latency(Validation& check, std::string_view name, const LatencyFigures& figures, std::uint64_t ok) {
  const auto text =
      fmt::format("latency.{}: count {}, ok {}, p50 {}, p90 {}, p99 {}, p99.9 {}, max {} ns", name, figures.count, ok,
                  figures.p50_ns, figures.p90_ns, figures.p99_ns, figures.p99_9_ns, figures.max_ns);
  check.require(figures.count == ok, "count = ok", text);
  check.require(0 <= figures.p50_ns && figures.p50_ns <= figures.p90_ns && figures.p90_ns <= figures.p99_ns &&
                    figures.p99_ns <= figures.p99_9_ns && figures.p99_9_ns <= figures.max_ns,
                "p50 <= p90 <= p99 <= p99.9 <= max", text);
  check.require(0 <= figures.mean_ns && figures.mean_ns <= figures.max_ns, "mean <= max", text);
}

enum class Zeros : std::uint8_t { none, some };

void validate_counts(Validation& check, std::string_view name, const std::vector<NamedCount>& counts,
                     Zeros zeros = Zeros::none) {
  for (std::size_t index = 0; index < counts.size(); ++index) {
    const bool sorted = index == 0 || counts[index - 1].name < counts[index].name;
    check.require(sorted && (counts[index].count > 0 || zeros == Zeros::some),
                  zeros == Zeros::none ? "sorted, each name once, no zero" : "sorted, each name once",
                  fmt::format("{}: '{}' {}", name, counts[index].name, counts[index].count));
  }
}

void validate_stale(Validation& check, const StaleReads& stale) {
  std::uint64_t caused = stale.unexplained;
  for (const NamedCount& cause : stale.causes) {
    caused += cause.count;
  }
  const auto figures = fmt::format("stale: checked {}, stale {}, by cause {}, worst {} to {} ns", stale.checked,
                                   stale.stale, caused, stale.worst_staleness_ns, stale.worst_staleness_upper_ns);
  check.require(stale.stale <= stale.checked, "stale <= checked", figures);
  check.require(caused == stale.stale, "causes + unexplained = stale", figures);
  check.require(stale.worst_staleness_ns <= stale.worst_staleness_upper_ns, "lower bound <= upper bound", figures);
  validate_counts(check, "stale.causes", stale.causes);
}

void validate_lost(Validation& check, const LostWrites& lost) {
  const auto figures = fmt::format("lost: checked {}, writes {}, overtaken {}, reads {}, not stale {}", lost.checked,
                                   lost.writes, lost.overtaken, lost.reads, lost.reads_not_stale);
  check.require(lost.writes + lost.overtaken <= lost.checked, "lost and overtaken writes <= checked", figures);
  check.require(lost.reads_not_stale <= lost.reads, "reads not stale <= reads", figures);
}

bool is_ratio(const std::optional<double>& ratio) {
  return !ratio || (std::isfinite(*ratio) && *ratio >= 0);
}

void validate_checks(Validation& check, const RunResults& results) {
  for (const CheckFound& found : results.checks) {
    const auto figures = fmt::format("{}: {}, {} of {}", found.name, found.verdict, found.count, found.sample);
    check.require((found.count > 0) == (found.verdict == "invalid"), "a check has violations if it is invalid",
                  figures);
    const auto named = std::ranges::find(results.violations, found.name, &NamedCount::name);
    check.require(named != results.violations.end() && named->count == found.count, "checks = violations", figures);
  }
}

void validate_loads(Validation& check, const DatabaseLoads& loads) {
  const auto figures = fmt::format("loads: {}, while loading {}, most in one second {}", loads.count,
                                   loads.while_loading, loads.most_in_one_second);
  check.require(loads.while_loading <= loads.count, "loads while loading <= loads", figures);
  check.require(loads.most_in_one_second <= loads.count, "loads of one second <= loads", figures);
  check.require(is_ratio(loads.share), "ratios are finite, not negative", figures);
}

}  // namespace

const SettingValue* Asked::find(std::string_view name) const {
  const auto place = std::ranges::find(settings, name, &AskedSetting::name);
  return place == settings.end() ? nullptr : &place->value;
}

void Asked::set(std::string_view name, SettingValue value) {
  const auto place = std::ranges::find(settings, name, &AskedSetting::name);
  if (place != settings.end()) {
    place->value = std::move(value);
  } else {
    settings.push_back({std::string(name), std::move(value)});
  }
}

bool Asked::flag(std::string_view name) const {
  const SettingValue* value = find(name);
  const bool* flag = value == nullptr ? nullptr : std::get_if<bool>(value);
  return flag != nullptr && *flag;
}

double Asked::number(std::string_view name) const {
  const SettingValue* value = find(name);
  const double* number = value == nullptr ? nullptr : std::get_if<double>(value);
  return number != nullptr ? *number : static_cast<double>(count(name));
}

std::uint64_t Asked::count(std::string_view name) const {
  const SettingValue* value = find(name);
  const std::uint64_t* count = value == nullptr ? nullptr : std::get_if<std::uint64_t>(value);
  return count == nullptr ? 0 : *count;
}

std::string Asked::text(std::string_view name) const {
  const SettingValue* value = find(name);
  const std::string* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

std::optional<double> hit_ratio(const CacheCounts& cache) {
  const std::uint64_t lookups = cache.hits + cache.misses;
  if (lookups == 0) {
    return std::nullopt;
  }
  return static_cast<double>(cache.hits) / static_cast<double>(lookups);
}

LatencyFigures figures_of(const LatencyHistogram& histogram) {
  LatencyFigures figures;
  figures.count = histogram.count();
  figures.mean_ns = std::llround(histogram.mean_ns());
  figures.p50_ns = histogram.quantile_ns(0.5);
  figures.p90_ns = histogram.quantile_ns(0.9);
  figures.p99_ns = histogram.quantile_ns(0.99);
  figures.p99_9_ns = histogram.quantile_ns(0.999);
  figures.max_ns = histogram.max_ns();
  return figures;
}

std::uint64_t wrong_reads(const RunResults& results) {
  return (results.stale ? results.stale->stale : 0) + (results.lost ? results.lost->reads_not_stale : 0);
}

bool mostly_failed(const OpCounts& ops) {
  const std::uint64_t due = ops.planned - ops.not_reached;
  return due > 0 && ops.ok * 2 < due;
}

std::string standstill_warning(const Standstills& standstills) {
  if (standstills.count == 0) {
    return "";
  }
  const std::string longest = spoken_duration(standstills.longest_ns);
  const std::string length = standstills.count == 1 ? fmt::format("for {}", longest)
                                                    : fmt::format("{} times for {} in all, the longest for {}",
                                                                  with_thousands(standstills.count),
                                                                  spoken_duration(standstills.total_ns), longest);
  return fmt::format(
      "stalemate itself stood still {}, {} into the run (stopped, or without a processor): what was slow or late then "
      "is no fault of a server",
      length, spoken_duration(std::max<Nanoseconds>(standstills.longest_start_ns, 0)));
}

std::vector<std::string> failure_warnings(const RunResults& results) {
  const std::string_view subject = results.pattern == application_subject ? "the application" : "its pattern";
  std::vector<std::string> warnings;
  for (const auto& [noun, ops] : {std::pair{"read", &results.reads}, std::pair{"write", &results.writes}}) {
    if (!mostly_failed(*ops)) {
      continue;
    }
    if (ops->sent == 0) {
      warnings.push_back(fmt::format("not one {} was sent of {} planned", noun, with_thousands(ops->planned)));
    } else if (ops->ok * 2 >= ops->sent) {
      warnings.push_back(fmt::format("{} of {} {}s planned were never sent, so the run says little about {}",
                                     with_thousands(ops->dropped), with_thousands(ops->planned), noun, subject));
    } else {
      warnings.push_back(fmt::format(
          "{} {}s sent did not end ok, so the run says little about {}",
          ops->ok == 0 ? fmt::format("all {}", with_thousands(ops->sent))
                       : fmt::format("{} of {}", with_thousands(ops->sent - ops->ok), with_thousands(ops->sent)),
          noun, subject));
    }
  }
  return warnings;
}

void add_count(std::vector<NamedCount>& counts, std::string_view name, std::uint64_t count) {
  if (count == 0) {
    return;
  }
  const auto place = std::ranges::lower_bound(counts, name, {}, &NamedCount::name);
  if (place != counts.end() && place->name == name) {
    place->count += count;
  } else {
    counts.insert(place, NamedCount{std::string(name), count});
  }
}

Result<void> validate(const RunResults& results) {
  Validation check;
  check.require(results.duration_ns > 0 && results.elapsed_ns >= 0, "duration > 0 and elapsed >= 0",
                fmt::format("{} and {} ns", results.duration_ns, results.elapsed_ns));
  validate_ops(check, "reads", results.reads, results.plan.reads, results.interrupted);
  validate_ops(check, "writes", results.writes, results.plan.writes, results.interrupted);
  if (results.samples) {
    validate_samples(check, *results.samples);
  }
  validate_latency(check, "read.response", results.latency.read.response, results.reads.ok);
  validate_latency(check, "read.service", results.latency.read.service, results.reads.ok);
  validate_latency(check, "write.response", results.latency.write.response, results.writes.ok);
  validate_latency(check, "write.service", results.latency.write.service, results.writes.ok);
  if (results.warm_up) {
    const WarmUp& warm_up = *results.warm_up;
    validate_ops(check, "warm_up.reads", warm_up.reads, warm_up.reads.planned, results.interrupted);
    validate_ops(check, "warm_up.writes", warm_up.writes, warm_up.writes.planned, results.interrupted);
    validate_latency(check, "warm_up.read.response", warm_up.latency.read.response, warm_up.reads.ok);
    validate_latency(check, "warm_up.read.service", warm_up.latency.read.service, warm_up.reads.ok);
    validate_latency(check, "warm_up.write.response", warm_up.latency.write.response, warm_up.writes.ok);
    validate_latency(check, "warm_up.write.service", warm_up.latency.write.service, warm_up.writes.ok);
    check.require(warm_up.duration_ns > 0 && warm_up.duration_ns < results.duration_ns, "0 < warm-up < duration",
                  fmt::format("{} of {} ns", warm_up.duration_ns, results.duration_ns));
  }
  const std::optional<double> predicted = results.cache ? results.cache->predicted_hit_ratio : std::nullopt;
  check.require(is_ratio(results.drift.wanted_ratio) && is_ratio(results.drift.done_ratio) && is_ratio(predicted) &&
                    predicted.value_or(0) <= 1,
                "ratios are finite, not negative, and a hit ratio is at most 1", "drift and cache");
  check.require(!results.samples || results.samples->unrepaired_keys <= results.asked.keys(),
                "unrepaired_keys <= asked keys", "samples");
  check.require(std::isfinite(results.asked.read_rate()) && std::isfinite(results.asked.write_rate()),
                "rates are finite", "asked");
  validate_counts(check, "faults", results.faults);
  validate_counts(check, "errors", results.errors);
  check.require(std::ranges::is_sorted(results.in_force, {}, &FaultInForce::start_ns) &&
                    std::ranges::all_of(results.in_force,
                                        [](const FaultInForce& stretch) { return stretch.start_ns <= stretch.end_ns; }),
                "faults in force are sorted by start, and end after they began", "in_force");
  if (results.stale) {
    validate_stale(check, *results.stale);
    check.require(wrong_reads(results) <= results.stale->checked, "wrong reads <= checked reads",
                  fmt::format("{} of {}", wrong_reads(results), results.stale->checked));
  }
  if (results.lost) {
    validate_lost(check, *results.lost);
  }
  check.require(results.standstills.longest_ns <= results.standstills.total_ns, "longest standstill <= total",
                fmt::format("{} of {} ns", results.standstills.longest_ns, results.standstills.total_ns));
  validate_counts(check, "violations", results.violations, Zeros::some);
  validate_checks(check, results);
  if (results.loads) {
    validate_loads(check, *results.loads);
  }
  if (!check.broken().empty()) {
    return failed(ErrorCode::defect, check.broken());
  }
  return {};
}

}  // namespace stalemate
