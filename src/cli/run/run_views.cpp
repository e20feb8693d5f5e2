#include "cli/run/run_views.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "core/text/duration.hpp"
#include "report/drift.hpp"
#include "report/limit.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

template <std::size_t N>
std::vector<NamedCount> named_errors(const std::array<std::uint64_t, N>& errors) {
  std::vector<NamedCount> named;
  for (std::size_t code = 1; code < errors.size(); ++code) {
    add_count(named, name_of(static_cast<ErrorCode>(code)), errors[code]);
  }
  return named;
}

std::string_view name_of(Target target) {
  return target == Target::database ? "database" : target == Target::cache ? "cache" : "replica";
}

std::vector<NamedCount> named_faults(const DriveCounts& counts, const Plan& plan) {
  std::vector<NamedCount> named;
  for (std::size_t place = 0; place < plan.faults().size(); ++place) {
    add_count(named, plan.faults()[place].name, counts.faults[place + 1].count);
  }
  return named;
}

// Of a fault that holds a server each stretch; of one that hits calls one stretch, from the first of them to the last.
std::vector<FaultInForce> in_force(const RunOutcome& outcome, const DriveCounts& counts, const Plan& plan) {
  std::vector<FaultInForce> stretches;
  for (const FaultWindow& window : outcome.fault_windows) {
    stretches.push_back(
        {plan.faults()[window.fault - 1U].name, std::string(name_of(window.target)), window.start_ns, window.end_ns});
  }
  for (std::size_t place = 0; place < plan.faults().size(); ++place) {
    const FaultHits& hits = counts.faults[place + 1];
    const bool holds_server = std::ranges::any_of(
        plan.server_events(), [place](const ServerEvent& event) { return event.fault == place + 1; });
    if (hits.count > 0 && !holds_server) {
      stretches.push_back({plan.faults()[place].name, "calls", hits.first_ns, hits.last_ns});
    }
  }
  std::ranges::stable_sort(stretches, {}, &FaultInForce::start_ns);
  return stretches;
}

ResponseTimes response_of(const KindLatency& latency) {
  return {latency.response.count(), latency.response.quantile_ns(0.5), latency.response.quantile_ns(0.99)};
}

// Drive fills in what was planned at the end only.
OpCounts planned_counts(OpCounts counts, std::uint64_t planned) {
  counts.planned = planned;
  return counts;
}

RunPhase phase_of(const RunLook& look) {
  if (look.interrupted) {
    return RunPhase::interrupted;
  }
  if (look.finished) {
    return RunPhase::finished;
  }
  return look.draining ? RunPhase::draining : RunPhase::running;
}

std::string_view role_of(Store store) {
  return store == Store::database ? "database" : "cache";
}

SampleCounts sample_counts(const RunOutcome& outcome) {
  SampleCounts counts = outcome.samples->counts;
  if (outcome.rest) {
    counts.unrepaired_keys = static_cast<std::uint64_t>(std::ranges::count_if(
        *outcome.rest, [](const RestRecord& rest) { return rest.entry != absent && rest.entry != rest.row; }));
  }
  return counts;
}

// Fewer ops at a level say nothing about it.
constexpr std::uint64_t ops_at_level_min = 50;

std::optional<double> rate_at(const ConcurrencyLevel& level, unsigned workers) {
  if (level.ops < ops_at_level_min) {
    return std::nullopt;
  }
  return level.rate() * workers;
}

Limit limit_of(const RunOutcome& outcome) {
  const LoadFigures& load = outcome.load;
  const auto a_look = [&load](std::uint64_t sessions) {
    return load.looks == 0 ? 0 : static_cast<double>(sessions) / static_cast<double>(load.looks);
  };
  const auto cores = [&load](Nanoseconds used_ns) {
    return load.watched_ns == 0 ? 0 : static_cast<double>(used_ns) / static_cast<double>(load.watched_ns);
  };
  Limit limit;
  limit.behind_ns = load.behind_ns;
  limit.rate = static_cast<double>(load.done_behind) * 1e9 / static_cast<double>(load.behind_ns);
  limit.looks = load.looks;
  limit.sessions_running = a_look(load.sessions.running);
  limit.sessions_waiting_for_locks = a_look(load.sessions.waiting_for_locks);
  limit.sessions_waiting_otherwise = a_look(load.sessions.waiting_otherwise);
  limit.cores = load.processors;
  limit.threads = outcome.workers;
  limit.busy_cores = cores(load.used.machine_ns);
  limit.own_cores = cores(load.used.own_ns);
  if (load.used.servers_ns) {
    limit.servers_cores = cores(*load.used.servers_ns);
  }
  limit.rate_half = rate_at(outcome.counts.half, outcome.workers);
  limit.rate_full = rate_at(outcome.counts.full, outcome.workers);
  return limit;
}

Asked asked_of(const RunOutcome& outcome, const Plan& plan) {
  Asked asked;
  asked.settings = asked_settings(plan.scenario());
  // The plan knows how many there are: the ticker always has two.
  asked.set("clients", std::uint64_t{plan.clients()});
  // "One a processor" is another number on another machine.
  asked.set("threads", std::uint64_t{outcome.workers});
  for (const auto& [name, text] : plan.scenario().faults) {
    std::ranges::move(fault_statements(name, text), std::back_inserter(asked.faults));
  }
  return asked;
}

Standstills standstills_of(const RunOutcome& outcome) {
  Standstills standstills;
  for (const Standstill& standstill : outcome.standstills) {
    const Nanoseconds length_ns = standstill.end_ns - standstill.start_ns;
    ++standstills.count;
    standstills.total_ns += length_ns;
    if (length_ns > standstills.longest_ns) {
      standstills.longest_ns = length_ns;
      standstills.longest_start_ns = standstill.start_ns;
    }
  }
  return standstills;
}

Latency latency_of(const DriveLatency& latency) {
  return {.read = {figures_of(latency.reads.response), figures_of(latency.reads.service)},
          .write = {figures_of(latency.writes.response), figures_of(latency.writes.service)}};
}

CacheCounts cache_counts(const DriveCounts& counts, const std::optional<double>& predicted, const std::string& why) {
  return {.hits = counts.hits, .misses = counts.misses, .predicted_hit_ratio = predicted, .not_predicted = why};
}

// What the plan predicts, unless the run went otherwise than planned.
PredictedHits predicted_hits(const RunOutcome& outcome, const Plan& plan, const DriveCounts& all) {
  constexpr double other_share_max = 0.01;
  const PatternInfo* const pattern = PatternRegistry::find(plan.scenario().pattern);
  PredictedHits predicted =
      predict_hits(plan, *pattern, outcome.early_end == EarlyEnd::none ? never : outcome.elapsed_ns);
  if (!predicted.why_none.empty()) {
    return predicted;
  }
  const std::uint64_t due = all.reads.planned + all.writes.planned - all.reads.not_reached - all.writes.not_reached;
  const std::uint64_t other = due - all.reads.ok - all.writes.ok;
  if (std::ranges::find(outcome.refusals, CallingPart::background, &StoreRefusal::part) != outcome.refusals.end()) {
    return {
        .why_none =
            "the pattern's background part failed, and the plan does not tell which entries that left in the cache"};
  }
  if (!outcome.outages.empty()) {
    return {.why_none = fmt::format("the {} did not answer for a while, and the plan does not tell what that left in "
                                    "the cache",
                                    role_of(outcome.outages.front().store))};
  }
  if (static_cast<double>(other) > other_share_max * static_cast<double>(due)) {
    return {.why_none = fmt::format("{} of {} ops did not end as planned", with_thousands(other), with_thousands(due))};
  }
  return predicted;
}

WarmUp warm_up_of(const RunOutcome& outcome, const Scenario& scenario, const PredictedHits& predicted) {
  const DriveCounts& counts = outcome.warm_up_counts;
  WarmUp warm_up{.duration_ns = scenario.warm_up_ns,
                 .reads = counts.reads,
                 .writes = counts.writes,
                 .latency = latency_of(outcome.warm_up_latency)};
  if (scenario.has_cache) {
    warm_up.cache = cache_counts(counts, predicted.warm_up, predicted.why_none);
  }
  return warm_up;
}

std::vector<std::string> warnings_of(const RunOutcome& outcome, const Plan& plan) {
  std::vector<std::string> warnings = outcome.troubles;
  if (outcome.samples && outcome.samples->counts.keys < plan.scenario().keys) {
    warnings.push_back(fmt::format("the sampler looked at the first {} of {} keys",
                                   with_thousands(outcome.samples->counts.keys), with_thousands(plan.scenario().keys)));
  }
  return warnings;
}

// What is in force now, for the screen.
std::vector<std::string> faults_in_force(const RunLook& look, const Plan& plan) {
  std::vector<std::string> notes;
  const auto note = [&](FaultId fault, std::string_view what, Nanoseconds end_ns) {
    notes.push_back(fmt::format("fault {} in force: {} until {}", plan.faults()[fault - 1U].name, what,
                                format_duration_short(end_ns)));
  };
  const std::span<const ServerEvent> events = plan.server_events();
  for (auto event = events.begin(); event != events.end(); ++event) {
    const auto end = std::find_if(event, events.end(), [&](const ServerEvent& other) {
      return other.target == event->target && is_end(other.kind);
    });
    if (!is_end(event->kind) && event->at_ns <= look.elapsed_ns && look.elapsed_ns < end->at_ns) {
      note(event->fault, name_of(event->target), end->at_ns);
    }
  }
  for (const PlannedClause& planned : plan.call_clauses()) {
    if (planned.clause.window.end_ns != never && planned.clause.window.holds(look.elapsed_ns)) {
      note(planned.fault, planned.clause.word, planned.clause.window.end_ns);
    }
  }
  return notes;
}

}  // namespace

std::string engines_text(const std::vector<EngineUsed>& engines) {
  std::string text;
  for (const EngineUsed& engine : engines) {
    text += text.empty() ? "" : " + ";
    text += engine.name + " " + engine.version.substr(0, engine.version.find(' '));
    if (!engine.isolation.empty()) {
      text += " (" + engine.isolation + ")";
    }
  }
  return text;
}

Progress progress_of(const RunLook& look, const Plan& plan, const std::vector<EngineUsed>& engines) {
  Progress progress;
  const Scenario& scenario = plan.scenario();
  progress.title = scenario.name + " · " + scenario.pattern;
  progress.engines = engines_text(engines);
  progress.phase = phase_of(look);
  progress.elapsed_ns = look.elapsed_ns;
  progress.duration_ns = scenario.duration_ns;
  progress.reads.counts = planned_counts(look.counts.reads, plan.reads());
  progress.reads.due = look.due_reads;
  progress.reads.done_last_second = look.reads_last_second;
  progress.reads.overall = response_of(look.latency.reads);
  progress.reads.last_second = response_of(look.latency_last_second.reads);
  progress.writes.counts = planned_counts(look.counts.writes, plan.writes());
  progress.writes.due = look.due_writes;
  progress.writes.done_last_second = look.writes_last_second;
  progress.writes.overall = response_of(look.latency.writes);
  progress.writes.last_second = response_of(look.latency_last_second.writes);
  if (scenario.has_cache) {
    progress.cache = CacheCounts{.hits = look.counts.hits, .misses = look.counts.misses};
  }
  progress.samples = look.samples;
  progress.counts_as_origin = scenario.serialize;
  progress.backlog = look.backlog;
  progress.in_flight = look.in_flight;
  progress.retries = look.counts.retries;
  progress.faults = named_faults(look.counts, plan);
  progress.errors = named_errors(look.counts.errors);
  for (const StoreOutage& outage : look.outages) {
    if (outage.end_ns == never) {
      const std::string who = outage.node == 0 ? std::string(role_of(outage.store))
                                               : fmt::format("1 of {} nodes of the {} ({})", outage.nodes,
                                                             role_of(outage.store), outage.place);
      progress.notes.push_back(fmt::format("{} unreachable since {}", who, format_duration_short(outage.start_ns)));
    }
  }
  for (std::string& note : faults_in_force(look, plan)) {
    progress.notes.push_back(std::move(note));
  }
  return progress;
}

RunResults results_of(const RunOutcome& outcome, const Plan& plan, const std::vector<EngineUsed>& engines) {
  const Scenario& scenario = plan.scenario();
  RunResults results;
  results.scenario = scenario.name;
  results.question = scenario.question;
  results.pattern = scenario.pattern;
  results.seed = scenario.seed;
  results.engines = engines;
  results.duration_ns = scenario.duration_ns;
  results.elapsed_ns = outcome.elapsed_ns;
  results.interrupted = outcome.early_end != EarlyEnd::none;
  results.asked = asked_of(outcome, plan);
  const DriveCounts& measured = outcome.counts;
  const DriveCounts all = sum_of(outcome.counts, outcome.warm_up_counts);
  results.plan = {.reads = plan.reads() - plan.reads_in_warm_up(), .writes = plan.writes() - plan.writes_in_warm_up()};
  results.reads = measured.reads;
  results.writes = measured.writes;
  const PredictedHits predicted = predicted_hits(outcome, plan, all);
  if (scenario.has_cache) {
    results.cache = cache_counts(measured, predicted.measured, predicted.why_none);
  }
  if (scenario.warm_up_ns > 0) {
    results.warm_up = warm_up_of(outcome, scenario, predicted);
  }
  if (outcome.samples) {
    results.samples = sample_counts(outcome);
    if (scenario.serialize) {
      results.origin = outcome.samples->origin;
    }
  }
  results.latency = latency_of(outcome.latency);
  results.retries = all.retries;
  results.faults = named_faults(all, plan);
  results.in_force = in_force(outcome, all, plan);
  results.errors = named_errors(all.errors);
  for (const ServerStop& stop : outcome.stops) {
    results.stops.push_back({plan.faults()[stop.fault - 1U].name,
                             stop.target == Target::database ? "database" : "cache", stop.start_ns, stop.end_ns});
  }
  for (const StoreOutage& outage : outcome.outages) {
    results.outages.push_back(
        {std::string(role_of(outage.store)), outage.start_ns, outage.end_ns, outage.node, outage.nodes, outage.place});
  }
  for (const StoreRefusal& refusal : outcome.refusals) {
    results.refusals.push_back({.role = std::string(role_of(refusal.store)),
                                .part = std::string(name_of(refusal.part)),
                                .error = std::string(name_of(refusal.error)),
                                .count = refusal.count,
                                .words = refusal.words});
  }
  results.standstills = standstills_of(outcome);
  results.warnings = warnings_of(outcome, plan);
  if (results.standstills.count > 0) {
    results.warnings.push_back(standstill_warning(results.standstills));
  }
  for (std::string& warning : failure_warnings(results)) {
    results.warnings.push_back(std::move(warning));
  }
  if (outcome.load.behind_ns > 0) {
    results.limit = limit_of(outcome);
    results.limit->by = derive_limit(results);
  }
  results.drift = derive_drift(results);
  return results;
}

}  // namespace stalemate
