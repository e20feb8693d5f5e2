// A run's figures as metrics, for Prometheus and what reads its text.
#include <fmt/format.h>

#include <map>
#include <tuple>

#include "check/causes/causes.hpp"
#include "export/export_format.hpp"
#include "export/metric_text.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds us = 1000;
constexpr Nanoseconds ms = 1000 * us;
constexpr Nanoseconds s = 1000 * ms;
constexpr Nanoseconds latency_bounds_ns[] = {100 * us, 250 * us,  500 * us, 1 * ms,   2500 * us, 5 * ms,
                                             10 * ms,  25 * ms,   50 * ms,  100 * ms, 250 * ms,  500 * ms,
                                             1 * s,    2500 * ms, 5 * s,    10 * s};
constexpr Nanoseconds staleness_bounds_ns[] = {1 * ms, 10 * ms, 100 * ms, 1 * s, 10 * s, 60 * s, 600 * s};

void write_run(const ExportSubject& subject, MetricText& text) {
  const History& history = *subject.history;
  text.begin_info("stalemate_run", "What was run, and how its history was judged: valid, invalid or unknown.");
  text.sample(1, {{"seed", std::to_string(history.header.seed)},
                  {"program", history.header.program},
                  {"started_at", history.header.started_at},
                  {"verdict", std::string(name_of(subject.report->verdict))}});
  text.begin_gauge("stalemate_run_complete",
                   "Whether the history is whole (1) or cut (0), which makes all figures less.");
  text.sample(history.is_complete() ? 1 : 0);
  if (history.is_complete()) {
    text.begin_gauge("stalemate_run_duration_seconds", "From the start of the run to its end.");
    text.sample_seconds(history.trailer->duration_ns);
  }
}

void write_ops(const History& history, MetricText& text) {
  std::map<std::pair<OpKind, Outcome>, std::uint64_t> ops;
  std::map<std::pair<OpKind, ErrorCode>, std::uint64_t> errors;
  for (const OpRecord& op : history.ops()) {
    if (op.kind() != OpKind::background) {
      ++ops[{op.kind(), op.outcome()}];
      errors[{op.kind(), op.error()}] += op.outcome() == Outcome::ok ? 0 : 1;
    }
  }
  text.begin_counter("stalemate_ops", "Ops sent: ok happened, fail certainly did not, info may have.");
  for (const auto& [kind, count] : ops) {
    text.sample(count, {{"kind", std::string(name_of(kind.first))}, {"outcome", std::string(name_of(kind.second))}});
  }
  text.begin_counter("stalemate_op_errors", "Ops that did not end ok, by error.");
  for (const auto& [kind, count] : errors) {
    if (count > 0) {
      text.sample(count, {{"kind", std::string(name_of(kind.first))}, {"error", std::string(name_of(kind.second))}});
    }
  }
}

void write_latencies(const History& history, MetricText& text) {
  text.begin_histogram(
      "stalemate_op_latency_seconds",
      "How long ops that ended ok took: response from the intended start, service from the invocation.");
  for (const LatencySeries& series : latency_series) {
    DurationBuckets buckets(latency_bounds_ns);
    for (const OpRecord& op : history.ops()) {
      if (has_latency(op)) {
        if (const auto latency = latency_in(series, op)) {
          buckets.record(*latency);
        }
      }
    }
    text.sample(buckets, {{"kind", series.is_read ? "read" : "write"},
                          {"measure", series.is_response ? "response" : "service"}});
  }
}

struct StepCounts {
  std::map<std::tuple<Store, Role, Outcome>, std::uint64_t> calls = {};
  std::map<FaultId, std::uint64_t> faults = {};
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t retries = 0;
};

StepCounts count_steps(const History& history) {
  StepCounts counts;
  OpIndex looked_up = no_op;  // a read counts once: by its first lookup, or by a hit in its server's memory
  for (const StepRecord& step : history.steps()) {
    ++counts.calls[{step.store(), step.role(), step.outcome()}];
    counts.retries += step.retries();
    if (step.fault() != no_fault) {
      ++counts.faults[step.fault()];
    }
    const bool is_lookup = step.role() == Role::lookup && step.outcome() == Outcome::ok && step.op() != looked_up;
    const bool is_hit = step.value() != absent;
    if (is_lookup && (step.store() == Store::cache || (step.store() == Store::local && is_hit))) {
      const OpRecord* op = history.find_op(step.op());
      if (op != nullptr && op->kind() == OpKind::read) {
        looked_up = step.op();
        ++(is_hit ? counts.hits : counts.misses);
      }
    }
  }
  return counts;
}

void write_steps(const History& history, MetricText& text) {
  const StepCounts counts = count_steps(history);
  text.begin_counter("stalemate_steps", "Calls to stores.");
  for (const auto& [kind, count] : counts.calls) {
    const auto& [store, role, outcome] = kind;
    text.sample(count, {{"store", std::string(name_of(store))},
                        {"role", std::string(name_of(role))},
                        {"outcome", std::string(name_of(outcome))}});
  }
  text.begin_counter("stalemate_cache_lookups", "Reads that looked into the cache, by what they found.");
  text.sample(counts.hits, {{"result", "hit"}});
  text.sample(counts.misses, {{"result", "miss"}});
  text.begin_counter("stalemate_retries", "Attempts repeated because the database asked for it.");
  text.sample(counts.retries);
  text.begin_counter("stalemate_faulted_steps", "Calls to stores that a fault was applied to.");
  for (const auto& [fault, count] : counts.faults) {
    text.sample(count, {{"fault", history.header.fault_names[fault]}});
  }
}

void write_stale_reads(const History& history, const CheckResult& stale, MetricText& text) {
  text.begin_counter("stalemate_checked_reads", "Reads of which it could be judged whether they were stale.");
  text.sample(stale.sample);
  text.begin_counter("stalemate_stale_reads", "Those that returned an older version than one acknowledged, by cause.");
  std::uint64_t unexplained = stale.count;  // of those that were counted and not kept, no cause is known
  for (const CauseCount& cause : count_causes(history, stale.stale_reads)) {
    if (cause.cause != nullptr) {
      text.sample(cause.count, {{"cause", std::string(name_of(cause.cause))}});
      unexplained -= cause.count;
    }
  }
  text.sample(unexplained, {{"cause", "unexplained"}});
  const bool are_all = stale.stale_reads.size() == stale.count;
  text.begin_histogram(
      "stalemate_staleness_seconds",
      fmt::format("By how much {} were stale at least.",
                  are_all ? "stale reads" : fmt::format("the first {} stale reads", stale.stale_reads.size())));
  DurationBuckets buckets(staleness_bounds_ns);
  for (const StaleRead& read : stale.stale_reads) {
    buckets.record(read.lower_ns);
  }
  text.sample(buckets);
}

void write_checks(const Report& report, MetricText& text) {
  text.begin_counter("stalemate_violations", "What each check found; 0 also where it could not judge.");
  for (const CheckResult& check : report.results) {
    text.sample(check.verdict == Verdict::invalid ? check.count : 0, {{"check", check.name}});
  }
  text.begin_gauge("stalemate_check_verdict", "1, labelled with the verdict of each check: valid, invalid or unknown.");
  for (const CheckResult& check : report.results) {
    text.sample(1, {{"check", check.name},
                    {"verdict", std::string(name_of(check.verdict))},
                    {"decides", check.decides ? "yes" : "no"}});
  }
}

void write_metrics(const ExportSubject& subject, std::ostream& out, MetricDialect dialect) {
  const History& history = *subject.history;
  MetricText text(out, dialect, {{"scenario", history.header.scenario_name}, {"pattern", history.header.pattern}});
  write_run(subject, text);
  write_ops(history, text);
  write_latencies(history, text);
  write_steps(history, text);
  if (const CheckResult* stale = find_result(*subject.report, "stale-reads")) {
    write_stale_reads(history, *stale, text);
  }
  write_checks(*subject.report, text);
  text.end();
}

[[maybe_unused]] const bool prometheus_registered = ExportFormatRegistry::add(
    {.name = "prometheus",
     .ending = ".prom",
     .summary = "counters and histograms as Prometheus' text format 0.0.4, such as node_exporter's text files",
     .source = ExportSource::report,
     .needs_times = true,
     .write = [](const ExportSubject& subject, std::ostream& out) {
       write_metrics(subject, out, MetricDialect::prometheus);
     }});

[[maybe_unused]] const bool openmetrics_registered =
    ExportFormatRegistry::add({.name = "openmetrics",
                               .ending = ".openmetrics",
                               .summary = "the same as OpenMetrics 1.0",
                               .source = ExportSource::report,
                               .needs_times = true,
                               .write = [](const ExportSubject& subject, std::ostream& out) {
                                 write_metrics(subject, out, MetricDialect::openmetrics);
                               }});

}  // namespace
}  // namespace stalemate
