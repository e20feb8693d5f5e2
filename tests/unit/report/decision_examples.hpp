// Alternatives as decide measures them, made by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/decision/decision.hpp"
#include "unit/report/example_results.hpp"

namespace stalemate {

/// What is told of one round.
struct ExampleRound {
  double cpu_s_an_hour = 100;
  Nanoseconds read_p99_ns = example_ms;
  std::uint64_t stale_reads = 0;
  std::uint64_t reads_checked = 10'000;
};

inline MeasuredRun example_run(const ExampleRound& round) {
  MeasuredRun run{.folder = "some/run", .results = example_before()};
  run.results.latency.read.response = {6'000,
                                       round.read_p99_ns / 2,
                                       round.read_p99_ns / 2,
                                       round.read_p99_ns / 2,
                                       round.read_p99_ns,
                                       round.read_p99_ns * 2,
                                       round.read_p99_ns * 3};
  run.results.stale = StaleReads{.checked = round.reads_checked,
                                 .stale = round.stale_reads,
                                 .worst_staleness_ns = static_cast<Nanoseconds>(round.stale_reads) * example_ms};
  const auto busy_ns = static_cast<Nanoseconds>(round.cpu_s_an_hour / 3600 * 60e9);
  run.results.processor =
      ProcessorUse{.watched_ns = 60 * example_s, .database = ServerUse{busy_ns / 2}, .cache = ServerUse{busy_ns / 2}};
  return run;
}

inline Alternative example_alternative(const std::string& name, const std::vector<ExampleRound>& rounds) {
  Alternative alternative{.name = name};
  for (const ExampleRound& round : rounds) {
    alternative.runs.push_back(example_run(round));
    alternative.runs.back().results.pattern = name;
  }
  return alternative;
}

/// As many rounds like this one; each costs a little more than the one before.
inline Alternative example_alternative(const std::string& name, std::size_t rounds, ExampleRound round) {
  std::vector<ExampleRound> all;
  for (std::size_t place = 0; place < rounds; ++place) {
    all.push_back(round);
    round.cpu_s_an_hour += 0.01;
    round.read_p99_ns += 1'000;
  }
  return example_alternative(name, all);
}

/// Of figures of a decision.
inline Want example_want(const std::string& figure, Relation relation, double bound) {
  return {.text = figure + " as wanted", .figure = figure, .relation = relation, .bound = bound};
}

inline DecisionInput example_input(std::vector<Alternative> alternatives, std::vector<Want> wants) {
  DecisionInput input{.alternatives = std::move(alternatives), .wants = std::move(wants)};
  input.fields.assign(input.wants.size(), std::vector<std::vector<std::optional<double>>>(input.alternatives.size()));
  return input;
}

}  // namespace stalemate
