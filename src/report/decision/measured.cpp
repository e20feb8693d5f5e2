#include "report/decision/measured.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "core/histogram.hpp"

namespace stalemate {
namespace {

constexpr Nanoseconds first_second_ns = 1'000'000'000;

void count_calls(const History& history, const RunResults& results, HistoryFigures& figures) {
  const Nanoseconds begin_ns = results.warm_up ? results.warm_up->duration_ns : 0;
  for (const StepRecord& step : history.steps()) {
    if (step.start_ns() < begin_ns || step.skipped() || step.store() == Store::local) {
      continue;
    }
    ++(step.store() == Store::cache ? figures.cache_calls : figures.database_calls);
  }
  figures.calls_ns = std::max<Nanoseconds>(results.elapsed_ns - begin_ns, 0);
}

Nanoseconds response_ns(const OpRecord& op) {
  return op.completion_ns() - op.intended_ns();
}

LatencyFigures first_second_of(const History& history) {
  LatencyHistogram histogram;
  for (const OpRecord& op : history.ops()) {
    if (op.kind() == OpKind::read && op.outcome() == Outcome::ok && op.intended_ns() < first_second_ns) {
      histogram.record(response_ns(op));
    }
  }
  return figures_of(histogram);
}

struct Lookup {
  Nanoseconds end_ns = 0;
  bool is_hit = false;
};

// In the order in which they ended.
std::vector<Lookup> lookups_of(const History& history) {
  std::vector<Lookup> lookups;
  for (const StepRecord& step : history.steps()) {
    if (step.store() == Store::cache && step.role() == Role::lookup && step.outcome() == Outcome::ok &&
        step.end_ns() != never) {
      lookups.push_back({step.end_ns(), step.value() != absent});
    }
  }
  std::ranges::sort(lookups, {}, &Lookup::end_ns);
  return lookups;
}

std::optional<Nanoseconds> warm_after(const std::vector<Lookup>& lookups) {
  if (lookups.size() < 4 * warm_lookups) {
    return std::nullopt;
  }
  const auto second_half = lookups.begin() + static_cast<std::ptrdiff_t>(lookups.size() / 2);
  const auto hits = std::count_if(second_half, lookups.end(), [](const Lookup& lookup) { return lookup.is_hit; });
  const double ratio = static_cast<double>(hits) / static_cast<double>(lookups.end() - second_half);
  const double enough = 0.9 * ratio * warm_lookups;
  std::size_t recent = 0;
  for (std::size_t place = 0; place < lookups.size(); ++place) {
    recent += lookups[place].is_hit ? 1 : 0;
    recent -= place >= warm_lookups && lookups[place - warm_lookups].is_hit ? 1 : 0;
    if (place + 1 >= warm_lookups && static_cast<double>(recent) >= enough) {
      return lookups[place + 1 - warm_lookups].end_ns;
    }
  }
  return std::nullopt;
}

using Stretches = std::vector<std::pair<Nanoseconds, Nanoseconds>>;

// When a fault was in force, those that touch or overlap made one.
Stretches stretches_of(const RunResults& results) {
  Stretches stretches;
  for (const FaultInForce& fault : results.in_force) {
    if (!stretches.empty() && fault.start_ns <= stretches.back().second) {
      stretches.back().second = std::max(stretches.back().second, fault.end_ns);
    } else {
      stretches.emplace_back(fault.start_ns, fault.end_ns);
    }
  }
  return stretches;
}

bool is_within(const Stretches& stretches, Nanoseconds instant_ns) {
  const auto after = std::ranges::upper_bound(stretches, instant_ns, {}, &Stretches::value_type::first);
  return after != stretches.begin() && instant_ns <= std::prev(after)->second;
}

std::optional<FaultTime> in_faults_of(const History& history, const Report& report, const RunResults& results) {
  const Stretches stretches = stretches_of(results);
  if (stretches.empty()) {
    return std::nullopt;
  }
  FaultTime time;
  for (const auto& [start_ns, end_ns] : stretches) {
    time.length_ns += end_ns - start_ns;
  }
  for (const OpRecord& op : history.ops()) {
    if (op.kind() == OpKind::background || !is_within(stretches, op.intended_ns())) {
      continue;
    }
    const bool is_read = op.kind() == OpKind::read;
    ++(is_read ? time.reads : time.writes);
    if (op.outcome() != Outcome::ok) {
      ++(is_read ? time.reads_failed : time.writes_failed);
    } else if (is_read) {
      ++time.reads_checked;
    }
  }
  const CheckResult* const stale = find_result(report, "stale-reads");
  if (stale == nullptr || stale->verdict == Verdict::unknown) {
    time.reads_checked = 0;
    return time;
  }
  for (const StaleRead& read : stale->stale_reads) {
    const OpRecord* const op = history.find_op(read.read);
    time.stale_reads += op != nullptr && is_within(stretches, op->intended_ns()) ? 1 : 0;
  }
  return time;
}

}  // namespace

HistoryFigures figures_of_history(const History& history, const Report& report, const RunResults& results) {
  HistoryFigures figures;
  count_calls(history, results, figures);
  figures.first_second = first_second_of(history);
  figures.warm_after_ns = warm_after(lookups_of(history));
  figures.in_faults = in_faults_of(history, report, results);
  return figures;
}

}  // namespace stalemate
