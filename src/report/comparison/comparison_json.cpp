// Groups of repeats side by side, for programs.
#include <nlohmann/json.hpp>

#include "core/assert.hpp"
#include "report/bounds.hpp"
#include "report/comparison/group_figures.hpp"
#include "report/comparison/rank_test.hpp"
#include "report/comparison/run_groups.hpp"
#include "report/comparison/sentences.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

Json json_of_spread(const std::vector<double>& values) {
  if (values.empty()) {
    return nullptr;
  }
  const Spread spread = spread_of(values);
  return {{"median", spread.median}, {"min", spread.min}, {"max", spread.max}, {"values", values}};
}

Json json_of_stale(const RunResults& pool) {
  if (!pool.stale || pool.stale->checked == 0) {
    return nullptr;
  }
  constexpr double million = 1e6;
  const Bounds bounds = share_bounds(pool.stale->stale, pool.stale->checked);
  return {{"stale", pool.stale->stale},
          {"checked", pool.stale->checked},
          {"per_million", million * static_cast<double>(pool.stale->stale) / static_cast<double>(pool.stale->checked)},
          {"per_million_lower", million * bounds.lower},
          {"per_million_upper", million * bounds.upper},
          {"worst_staleness_ns", pool.stale->worst_staleness_ns}};
}

Json json_of_engines(const RunResults& run) {
  Json engines = Json::array();
  for (const EngineUsed& engine : run.engines) {
    engines.push_back({{"role", engine.role}, {"name", engine.name}, {"version", engine.version}});
  }
  return engines;
}

Json json_of_group(const RunGroup& group, const Named& head, const std::vector<ComparedFigure>& figures) {
  Json json = {{"name", head.name},
               {"scenario", head.results.scenario},
               {"pattern", head.results.pattern},
               {"program_version", head.results.program_version},
               {"engines", json_of_engines(head.results)}};
  json["runs"] = Json::array();
  for (const RunResults& run : group) {
    json["runs"].push_back({{"seed", run.seed}, {"started_at", run.started_at}, {"verdict", run.verdict}});
  }
  json["stale_reads"] = json_of_stale(head.results);
  for (const ComparedFigure& figure : figures) {
    json["figures"][figure.name] = json_of_spread(values_of(figure, group));
  }
  return json;
}

// Against the first group: which figures are told apart.
Json json_of_difference(std::span<const RunGroup> groups, std::size_t place,
                        const std::vector<ComparedFigure>& figures) {
  Json chances;
  for (const ComparedFigure& figure : figures) {
    const std::vector<double> first = values_of(figure, groups.front());
    const std::vector<double> other = values_of(figure, groups[place]);
    if (!first.empty() && !other.empty()) {
      chances[figure.name] = rank_test_chance(first, other);
    }
  }
  return chances;
}

}  // namespace

std::string comparison_json(std::span<const RunGroup> groups) {
  STALEMATE_ASSERT(!groups.empty() && groups.size() <= compared_runs_max, "as many groups as have a name");
  const std::vector<RunResults> pools = pooled_of_each(groups);
  const Runs heads = named(pools);
  const std::vector<ComparedFigure> figures = compared_figures(all_runs(groups));
  Json json;
  json["not_alike"] = unlike_paragraph(groups, heads);
  json["groups"] = Json::array();
  for (std::size_t place = 0; place < groups.size(); ++place) {
    Json group = json_of_group(groups[place], heads[place], figures);
    group["chance_against_first"] = place == 0 ? Json() : json_of_difference(groups, place, figures);
    json["groups"].push_back(std::move(group));
  }
  constexpr int indent = 2;
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stalemate
