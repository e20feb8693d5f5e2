#include "report/decision/figures.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace stalemate {
namespace {

using Measured = std::optional<double>;
using Counted = std::optional<ShareCounts>;

constexpr double seconds_an_hour = 3600;

template <OpLatency Latency::* kind, Nanoseconds LatencyFigures::* figure>
Measured response_time(const MeasuredRun& run) {
  const LatencyFigures& response = (run.results.latency.*kind).response;
  return response.count == 0 ? std::nullopt : Measured(static_cast<double>(response.*figure));
}

template <std::uint64_t HistoryFigures::* calls>
Measured calls_a_second(const MeasuredRun& run) {
  return run.history.calls_ns == 0
             ? std::nullopt
             : Measured(static_cast<double>(run.history.*calls) * 1e9 / static_cast<double>(run.history.calls_ns));
}

Measured cache_calls_a_second(const MeasuredRun& run) {
  return run.results.cache ? calls_a_second<&HistoryFigures::cache_calls>(run) : std::nullopt;
}

Measured an_hour(const ProcessorUse& use, Nanoseconds busy_ns) {
  return use.watched_ns == 0
             ? std::nullopt
             : Measured(static_cast<double>(busy_ns) / static_cast<double>(use.watched_ns) * seconds_an_hour);
}

template <std::optional<ServerUse> ProcessorUse::* server>
Measured server_cpu(const MeasuredRun& run) {
  const std::optional<ProcessorUse>& use = run.results.processor;
  return use && (*use).*server ? an_hour(*use, (*((*use).*server)).busy_ns) : std::nullopt;
}

// Of all servers of the run; none where one of them is not known.
Measured whole_cpu(const MeasuredRun& run) {
  const std::optional<ProcessorUse>& use = run.results.processor;
  if (!use || !use->database || (run.results.cache && !use->cache)) {
    return std::nullopt;
  }
  const bool has_replica =
      std::ranges::any_of(run.results.engines, [](const EngineUsed& e) { return e.role == "replica"; });
  if (has_replica && !use->replica) {
    return std::nullopt;
  }
  const auto busy = [](const std::optional<ServerUse>& server) { return server ? server->busy_ns : 0; };
  return an_hour(*use, busy(use->database) + busy(use->cache) + busy(use->replica));
}

Measured hit_share(const MeasuredRun& run) {
  return run.results.cache ? hit_ratio(*run.results.cache) : std::nullopt;
}

Counted stale_counts(const MeasuredRun& run) {
  const std::optional<StaleReads>& stale = run.results.stale;
  return stale && stale->checked > 0 ? Counted({stale->stale, stale->checked}) : std::nullopt;
}

Measured worst_staleness(const MeasuredRun& run) {
  const std::optional<StaleReads>& stale = run.results.stale;
  return stale && stale->checked > 0 ? Measured(static_cast<double>(stale->worst_staleness_ns)) : std::nullopt;
}

template <OpCounts RunResults::* ops>
Counted failed_counts(const MeasuredRun& run) {
  const OpCounts& counts = run.results.*ops;
  const std::uint64_t due = counts.planned - counts.not_reached;
  return due == 0 ? std::nullopt : Counted({counts.failed() + counts.dropped, due});
}

template <Nanoseconds LatencyFigures::* figure>
Measured first_second(const MeasuredRun& run) {
  const LatencyFigures& first = run.history.first_second;
  return first.count == 0 ? std::nullopt : Measured(static_cast<double>(first.*figure));
}

Measured warm_after(const MeasuredRun& run) {
  return run.history.warm_after_ns ? Measured(static_cast<double>(*run.history.warm_after_ns)) : std::nullopt;
}

template <std::uint64_t FaultTime::* found, std::uint64_t FaultTime::* looked_at>
Counted in_faults(const MeasuredRun& run) {
  const std::optional<FaultTime>& time = run.history.in_faults;
  return time && (*time).*looked_at > 0 ? Counted({(*time).*found, (*time).*looked_at}) : std::nullopt;
}

template <Counted (*counts)(const MeasuredRun&)>
Measured in_a_million(const MeasuredRun& run) {
  const Counted counted = counts(run);
  return counted ? Measured(a_million * static_cast<double>(counted->found) / static_cast<double>(counted->looked_at))
                 : std::nullopt;
}

template <Counted (*counts)(const MeasuredRun&)>
constexpr DecisionFigure share_figure(std::string_view name, std::string_view label, std::string_view meaning) {
  return {name, label, FigureUnit::number, meaning, in_a_million<counts>, counts};
}

constexpr DecisionFigure all_figures[] = {
    {"read_p50", "read p50", FigureUnit::latency, "Response time of half of the reads, from their planned start.",
     response_time<&Latency::read, &LatencyFigures::p50_ns>},
    {"read_p90", "read p90", FigureUnit::latency, "Of nine in ten.",
     response_time<&Latency::read, &LatencyFigures::p90_ns>},
    {"read_p99", "read p99", FigureUnit::latency, "Of 99 in a hundred.",
     response_time<&Latency::read, &LatencyFigures::p99_ns>},
    {"read_p99_9", "read p99.9", FigureUnit::latency, "Of 999 in a thousand.",
     response_time<&Latency::read, &LatencyFigures::p99_9_ns>},
    {"write_p50", "write p50", FigureUnit::latency, "The same of writes.",
     response_time<&Latency::write, &LatencyFigures::p50_ns>},
    {"write_p90", "write p90", FigureUnit::latency, "Of nine in ten.",
     response_time<&Latency::write, &LatencyFigures::p90_ns>},
    {"write_p99", "write p99", FigureUnit::latency, "Of 99 in a hundred.",
     response_time<&Latency::write, &LatencyFigures::p99_ns>},
    {"write_p99_9", "write p99.9", FigureUnit::latency, "Of 999 in a thousand.",
     response_time<&Latency::write, &LatencyFigures::p99_9_ns>},
    {"database_ops_per_second", "db ops/s", FigureUnit::number,
     "Calls to the database and its replica, by clients and by parts of the pattern that serve none.",
     calls_a_second<&HistoryFigures::database_calls>},
    {"cache_ops_per_second", "cache ops/s", FigureUnit::number, "Calls to the cache.", cache_calls_a_second},
    {"hit_ratio", "cache hits", FigureUnit::share, "Of the lookups in the cache; from 0 to 1.", hit_share},
    {"database_cpu_seconds_per_hour", "db CPU s/h", FigureUnit::number,
     "Processor time of the private database in an hour of this load.", server_cpu<&ProcessorUse::database>},
    {"cache_cpu_seconds_per_hour", "cache CPU s/h", FigureUnit::number, "Of the private cache.",
     server_cpu<&ProcessorUse::cache>},
    {"replica_cpu_seconds_per_hour", "replica CPU s/h", FigureUnit::number, "Of the private replica.",
     server_cpu<&ProcessorUse::replica>},
    {cost_figure, "CPU s/h", FigureUnit::number, "Of all of them: what an hour costs.", whole_cpu},
    share_figure<stale_counts>(staleness_figure, "stale/million",
                               "Reads that returned an older version than one acknowledged, in a million checked."),
    {"worst_staleness", "worst stale by", FigureUnit::span, "The worst of all rounds was stale by at least this much.",
     worst_staleness, nullptr, true},
    share_figure<failed_counts<&RunResults::reads>>("failed_reads_per_million", "failed reads/m",
                                                    "Reads that failed, got no reply or were never sent."),
    share_figure<failed_counts<&RunResults::writes>>("failed_writes_per_million", "failed writes/m",
                                                     "The same of writes."),
    {"first_second_read_p50", "1st second p50", FigureUnit::latency,
     "Cold start: response time of half of the reads of the run's first second.",
     first_second<&LatencyFigures::p50_ns>},
    {"first_second_read_p99", "1st second p99", FigureUnit::latency, "Of 99 in a hundred of them.",
     first_second<&LatencyFigures::p99_ns>},
    {"warm_after", "warm after", FigureUnit::span,
     "Cold start: when the hit ratio of 100 lookups in a row came to nine tenths of that of the run's second half.",
     warm_after},
    share_figure<in_faults<&FaultTime::reads_failed, &FaultTime::reads>>(
        "fault_failed_reads_per_million", "in faults failed/m",
        "While a fault of the scenario was in force: reads that failed or got no reply, in a million sent."),
    share_figure<in_faults<&FaultTime::stale_reads, &FaultTime::reads_checked>>(
        "fault_stale_reads_per_million", "in faults stale/m", "The same: stale reads, in a million that ended ok."),
};

}  // namespace

std::span<const DecisionFigure> decision_figures() {
  return all_figures;
}

const DecisionFigure* find_decision_figure(std::string_view name) {
  const auto* const found = std::ranges::find(all_figures, name, &DecisionFigure::name);
  return found == std::ranges::end(all_figures) ? nullptr : found;
}

std::string decision_figures_table() {
  std::string table = "| figure | unit | meaning |\n|---|---|---|\n";
  for (const DecisionFigure& figure : decision_figures()) {
    const bool is_time = figure.unit == FigureUnit::latency || figure.unit == FigureUnit::span;
    table += fmt::format("| `{}` | {} | {} |\n", figure.name,
                         is_time                            ? "time"
                         : figure.unit == FigureUnit::share ? "share"
                                                            : "number",
                         figure.meaning);
  }
  return table;
}

}  // namespace stalemate
