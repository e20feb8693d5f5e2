// Sweeps, made by hand.
#pragma once

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "report/sweep/sweep_results.hpp"

namespace stalemate {

inline SweptRun swept_run(std::vector<std::optional<double>> values, std::vector<std::optional<double>> predicted) {
  return {
      .folder = "write_rate=1/before/now", .seed = 1, .values = std::move(values), .predicted = std::move(predicted)};
}

// A hit ratio at five write rates, two runs each.
inline SweepResults curve_example() {
  SweepResults results{.scenario = "before",
                       .question = "What is it worth?",
                       .pattern = "cache-aside",
                       .program_version = "1.0",
                       .started_at = "2026-11-29T20:53:23Z",
                       .command = "stalemate sweep before",
                       .run_ns = 5'000'000'000,
                       .repeat = 2,
                       .figures = {{"hit_ratio", "ratio"}},
                       .engines = {"PostgreSQL 15.18", "Redis 7.0.15"}};
  results.axes = {{.name = "write_rate",
                   .unit = "ops a second",
                   .spacing = Spacing::by_ratio,
                   .values = {25, 50, 100, 200, 400},
                   .texts = {"25", "50", "100", "200", "400"}}};
  constexpr std::array medians = {0.78, 0.64, 0.455, 0.29, 0.16};
  for (std::size_t index = 0; index < medians.size(); ++index) {
    results.points.push_back({.at = {index},
                              .runs = {swept_run({medians[index] - 0.02}, {medians[index] + 0.01}),
                                       swept_run({medians[index] + 0.02}, {medians[index] + 0.01})}});
  }
  return results;
}

inline SweepResults map_example() {
  SweepResults results = curve_example();
  results.axes.insert(
      results.axes.begin(),
      {.name = "time_to_live", .spacing = Spacing::by_ratio, .values = {1e9, 60e9}, .texts = {"1s", "1m"}});
  const std::vector<SweepPoint> once = results.points;
  results.points.clear();
  for (std::size_t row = 0; row < 2; ++row) {
    for (SweepPoint point : once) {
      point.at.insert(point.at.begin(), row);
      results.points.push_back(point);
    }
  }
  results.points.back().runs.clear();
  results.is_over_budget = true;
  return results;
}

inline SweepResults search_example(Boundary boundary) {
  SweepResults results = curve_example();
  results.figures = {{"stale_reads_per_million", "number"}};
  results.repeat = 1;
  results.search = SweepSearch{.conditions = {{"stale_reads_per_million<1000", 1000}}, .boundary = boundary};
  for (std::size_t index = 0; index < results.points.size(); ++index) {
    SweepPoint& point = results.points[index];
    point.runs = {swept_run({static_cast<double>(index) * 400}, {std::nullopt})};
    point.runs.front().stale = index;
    point.runs.front().checked = 2500;
    results.search->trials.push_back({results.axes.front().values[index], index < 3});
  }
  if (boundary == Boundary::largest) {
    results.search->bracket = {results.search->trials[2], results.search->trials[3]};
  }
  return results;
}

}  // namespace stalemate
