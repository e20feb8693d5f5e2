// Runs side by side.
#include <algorithm>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/duration.hpp"
#include "report/comparison/compared_figures.hpp"
#include "report/comparison/sentences.hpp"
#include "report/results/alike.hpp"
#include "report/summary.hpp"
#include "report/words/phrases.hpp"
#include "report/words/text_table.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

// "92 us against 110 us (1.2 times)": how often the first run's time each other one is.
std::string against(const Runs& runs, OpLatency Latency::* kind, Nanoseconds LatencyFigures::* figure) {
  const Nanoseconds first_ns = (runs.front().results.latency.*kind).response.*figure;
  return of_each(runs, " against ", [&](const Named& run) {
    const LatencyFigures& response = (run.results.latency.*kind).response;
    const Nanoseconds time_ns = response.*figure;
    if (response.count == 0) {
      return std::string("none");
    }
    const bool is_compared = &run != &runs.front() && first_ns > 0 && time_ns > 0;
    return spoken_duration(time_ns) + (is_compared ? fmt::format(" ({} times)", times_phrase(first_ns, time_ns)) : "");
  });
}

// "read median 92 us against 110 us (1.2 times), p99 ..."; empty where there are no two to compare.
std::string times_clause(const Runs& runs, std::string_view op, OpLatency Latency::* kind) {
  const auto has_any = [kind](const Named& run) { return (run.results.latency.*kind).response.count > 0; };
  if (std::ranges::count_if(runs, has_any) < 2) {
    return "";
  }
  return fmt::format("{} median {}, p99 {}", op, against(runs, kind, &LatencyFigures::p50_ns),
                     against(runs, kind, &LatencyFigures::p99_ns));
}

std::string times_sentence(const Runs& runs) {
  const std::string reads = times_clause(runs, "read", &Latency::read);
  const std::string writes = times_clause(runs, "write", &Latency::write);
  if (reads.empty() && writes.empty()) {
    return "";
  }
  return fmt::format("Response times, {}: {}{}{}. One run each: a small difference may be chance.",
                     of_each(runs, " against ", [](const Named& run) { return run.name; }), reads,
                     reads.empty() || writes.empty() ? "" : "; ", writes);
}

TextTable side_by_side(const Runs& runs) {
  std::vector<const RunResults*> results;
  TextTable table;
  std::vector<std::string>& heading = table.rows.emplace_back(1);
  for (const Named& run : runs) {
    heading.push_back(run.name);
    results.push_back(&run.results);
  }
  for (const ComparedFigure& figure : compared_figures(results)) {
    std::vector<std::string> row = {figure.label};
    bool any = false;
    for (const RunResults* run : results) {
      const std::optional<double> value = figure.value(*run);
      const std::string text = value ? figure_text(*value, figure.unit) : figure.why_none ? figure.why_none(*run) : "";
      any = any || !text.empty();
      row.push_back(text.empty() ? "-" : text);
    }
    if (any) {
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

}  // namespace

std::string compare(std::span<const RunResults> compared, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a comparison has room for sentences");
  STALEMATE_ASSERT(compared.size() >= 2 && compared.size() <= compared_runs_max, "as many runs as have a name");
  const Runs runs = named(compared);
  std::string text;
  for (const Named& run : runs) {
    text += wrap(fmt::format("{} on {}", run.results.pattern, engines_phrase(run.results)), width, run.name + ": ");
  }
  const std::string alike = alike_paragraph(runs);
  text += alike.empty() ? "" : "\n" + wrap(alike, width);
  text += "\n" + side_by_side(runs).text(width) + "\n";
  for (const std::string& sentence : comparing_sentences(runs, times_sentence(runs))) {
    text += wrap(sentence, width, "- ");
  }
  return text;
}

}  // namespace stalemate
