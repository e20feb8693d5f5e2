#include "report/decision/turn.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "report/comparison/spread.hpp"

namespace stalemate {
namespace {

std::optional<double> cpu_ns_per_op(const RunResults& results) {
  const std::optional<ProcessorUse>& use = results.processor;
  const std::uint64_t ops = results.reads.ok + results.writes.ok +
                            (results.warm_up ? results.warm_up->reads.ok + results.warm_up->writes.ok : 0);
  if (!use || !use->database || (results.cache && !use->cache) || ops == 0) {
    return std::nullopt;
  }
  const auto busy = [](const std::optional<ServerUse>& server) { return server ? server->busy_ns : 0; };
  return static_cast<double>(busy(use->database) + busy(use->cache) + busy(use->replica)) / static_cast<double>(ops);
}

/// The median of what `value` gives of the runs; none where it gives nothing.
template <class Value>
std::optional<double> median_of(const std::vector<MeasuredRun>& runs, Value value) {
  std::vector<double> values;
  for (const MeasuredRun& run : runs) {
    if (const std::optional<double> one = value(run.results)) {
      values.push_back(*one);
    }
  }
  return values.empty() ? std::nullopt : std::optional(spread_of(values).median);
}

std::optional<double> read_p50_of(const RunResults& results) {
  const LatencyFigures& response = results.latency.read.response;
  return response.count == 0 ? std::nullopt : std::optional(static_cast<double>(response.p50_ns));
}

std::optional<double> mean_read_of(const RunResults& results) {
  const LatencyFigures& service = results.latency.read.service;
  return service.count == 0 ? std::nullopt : std::optional(static_cast<double>(service.mean_ns));
}

}  // namespace

LoadPoint load_point(const std::vector<MeasuredRun>& runs) {
  STALEMATE_ASSERT(!runs.empty(), "a point is of a run");
  const PlanCounts& plan = runs.front().results.plan;
  const double ops = static_cast<double>(plan.reads + plan.writes);
  return {.write_share = ops == 0 ? 0 : static_cast<double>(plan.writes) / ops,
          .cpu_ns_per_op = median_of(runs, cpu_ns_per_op),
          .read_p50_ns = median_of(runs, read_p50_of)};
}

LoadPoint load_point(const MeasuredRun& run) {
  return load_point(std::vector<MeasuredRun>{run});
}

Crossing crossing(double here, double there, double first_here, double first_there, double second_here,
                  double second_there) {
  STALEMATE_ASSERT(here != there, "a line goes through two points");
  const double apart_here = first_here - second_here;
  const double apart_there = first_there - second_there;
  if (apart_here == 0 || apart_there == 0) {
    return {};
  }
  if ((apart_here < 0) == (apart_there < 0)) {
    return {apart_here < 0 ? Crossing::Kind::first_below : Crossing::Kind::second_below};
  }
  return {Crossing::Kind::between, here + (there - here) * apart_here / (apart_here - apart_there)};
}

DatabaseTurnFound database_turn(double database_read_ns, double cached_read_ns, double loads_per_read) {
  if (loads_per_read >= 1) {
    return {.why_none = "every read of it loads from the database, so no database is slow enough"};
  }
  const double cache_alone_ns = cached_read_ns - loads_per_read * database_read_ns;
  if (cache_alone_ns <= 0) {
    return {.why_none = "its reads took less than the loads among them, so the model of a sum does not fit"};
  }
  return {.turn =
              DatabaseTurn{database_read_ns, cached_read_ns, loads_per_read, cache_alone_ns / (1 - loads_per_read)}};
}

DatabaseTurnFound database_turn(const Alternative& cached, const Alternative& bare) {
  const auto loads = [](const RunResults& results) {
    return results.loads ? results.loads->share : std::optional<double>();
  };
  const std::optional<double> database_ns = median_of(bare.runs, mean_read_of);
  const std::optional<double> cached_ns = median_of(cached.runs, mean_read_of);
  const std::optional<double> share = median_of(cached.runs, loads);
  if (!database_ns || !cached_ns || !share) {
    return {.why_none = "there is no read to tell it from"};
  }
  return database_turn(*database_ns, *cached_ns, *share);
}

}  // namespace stalemate
