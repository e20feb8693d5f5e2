// Groups of repeats side by side, for people.
#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "core/assert.hpp"
#include "core/text/words.hpp"
#include "report/comparison/compared_figures.hpp"
#include "report/comparison/group_figures.hpp"
#include "report/comparison/rank_test.hpp"
#include "report/comparison/sentences.hpp"
#include "report/comparison/spread_table.hpp"
#include "report/results/alike.hpp"
#include "report/summary.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

std::string range_of(const Spread& spread, FigureUnit unit) {
  return range_text(figure_text(spread.min, unit), figure_text(spread.max, unit));
}

SpreadCell cell_of(const ComparedFigure& figure, const RunGroup& group) {
  const std::vector<double> values = values_of(figure, group);
  if (values.empty()) {
    const std::string reason = figure.why_none ? figure.why_none(group.front()) : "";
    return {.told = reason.empty() ? "-" : reason};
  }
  const Spread spread = spread_of(values);
  const std::string partly = values.size() == group.size() ? "" : fmt::format(" of {}", values.size());
  return {.told = figure_text(spread.median, figure.unit) + partly, .range = range_of(spread, figure.unit)};
}

std::vector<SpreadRow> rows_of(std::span<const RunGroup> groups) {
  std::vector<SpreadRow> rows;
  for (const ComparedFigure& figure : compared_figures(all_runs(groups))) {
    SpreadRow row{.label = figure.label};
    bool any = false;
    for (const RunGroup& group : groups) {
      row.cells.push_back(cell_of(figure, group));
      any = any || row.cells.back().told != "-";
    }
    if (any) {
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

// "110 us [105 us..120 us] (1.2 times, told apart)"
std::string time_text(FigureUnit unit, std::span<const double> first, std::span<const double> own, bool is_first) {
  if (own.empty()) {
    return "none";
  }
  const Spread spread = spread_of(own);
  const std::string range = range_of(spread, unit);
  std::string text = figure_text(spread.median, unit) + (range.empty() ? "" : " " + range);
  const double first_median = first.empty() ? 0 : spread_of(first).median;
  if (!is_first && first_median > 0 && spread.median > 0) {
    text += fmt::format(" ({} times, {})", times_phrase(std::llround(first_median), std::llround(spread.median)),
                        are_told_apart(first, own) ? "told apart" : "not told apart");
  }
  return text;
}

// "read p50 96 us [...] against 335 us [...] (3.5 times, told apart)"; empty where there are no two to compare.
std::string time_clause(const ComparedFigure& figure, std::span<const RunGroup> groups) {
  std::vector<std::vector<double>> values;
  for (const RunGroup& group : groups) {
    values.push_back(values_of(figure, group));
  }
  if (std::ranges::count_if(values, [](const auto& of_group) { return !of_group.empty(); }) < 2) {
    return "";
  }
  std::string text = figure.label;
  for (const std::vector<double>& own : values) {
    const bool is_first = &own == &values.front();
    text += (is_first ? " " : " against ") + time_text(figure.unit, values.front(), own, is_first);
  }
  return text;
}

std::string times_of_groups(std::span<const RunGroup> groups, const Runs& heads) {
  std::string text;
  for (const ComparedFigure& figure : compared_figures(all_runs(groups))) {
    const bool is_told = figure.unit == FigureUnit::latency && !figure.label.ends_with("max");
    const std::string clause = is_told ? time_clause(figure, groups) : "";
    text += clause.empty() ? "" : (text.empty() ? "" : "; ") + clause;
  }
  return text.empty() ? text
                      : fmt::format(
                            "Response times, medians over the runs, {}: {}. Told apart: chance alone would order the "
                            "runs so in less than 5 % of cases, which takes four runs of each or more.",
                            of_each(heads, " against ", [](const Named& head) { return head.name; }), text);
}

std::string versions_sentence(const Runs& heads) {
  const auto differs = [&heads](const Named& head) {
    return head.results.program_version != heads.front().results.program_version;
  };
  return std::ranges::none_of(heads, differs)
             ? ""
             : fmt::format("By different versions of stalemate: {}.",
                           of_each(heads, " against ", [](const Named& head) { return head.results.program_version; }));
}

// "1, 2 and 3"
std::string seeds_text(const RunGroup& group) {
  std::vector<std::string> seeds;
  std::ranges::transform(group, std::back_inserter(seeds),
                         [](const RunResults& run) { return fmt::to_string(run.seed); });
  std::ranges::sort(seeds);
  return joined(seeds);
}

std::string seeds_sentence(std::span<const RunGroup> groups) {
  std::string all;
  bool differ = false;
  for (const RunGroup& group : groups) {
    const std::string seeds = seeds_text(group);
    differ = differ || seeds != seeds_text(groups.front());
    all += (all.empty() ? "" : " against ") + seeds;
  }
  return differ ? fmt::format("Seeds: {}.", all) : "";
}

}  // namespace

std::vector<RunResults> pooled_of_each(std::span<const RunGroup> groups) {
  std::vector<RunResults> pools;
  for (const RunGroup& group : groups) {
    pools.push_back(pooled(group));
    pools.back().seed = 0;
  }
  return pools;
}

std::string unlike_paragraph(std::span<const RunGroup> groups, const Runs& heads) {
  std::string text = groups.size() < 2 ? "" : alike_paragraph(heads);
  add_sentence(text, seeds_sentence(groups));
  add_sentence(text, versions_sentence(heads));
  return text;
}

std::vector<const RunResults*> all_runs(std::span<const RunGroup> groups) {
  std::vector<const RunResults*> all;
  for (const RunGroup& group : groups) {
    std::ranges::transform(group, std::back_inserter(all), [](const RunResults& run) { return &run; });
  }
  return all;
}

std::vector<double> values_of(const ComparedFigure& figure, const RunGroup& group) {
  std::vector<double> values;
  for (const RunResults& run : group) {
    if (const std::optional<double> value = figure.value(run)) {
      values.push_back(*value);
    }
  }
  return values;
}

std::string compare_groups(std::span<const RunGroup> groups, unsigned width) {
  STALEMATE_ASSERT(width >= 40, "a comparison has room for sentences");
  STALEMATE_ASSERT(!groups.empty() && groups.size() <= compared_runs_max, "as many groups as have a name");
  const std::vector<RunResults> pools = pooled_of_each(groups);
  const Runs heads = named(pools);
  std::string text;
  for (std::size_t place = 0; place < groups.size(); ++place) {
    const RunResults& head = heads[place].results;
    text += wrap(fmt::format("{}, {} on {}", counted(groups[place].size(), "run"), head.pattern, engines_phrase(head)),
                 width, heads[place].name + ": ");
  }
  std::vector<std::string> names;
  std::ranges::transform(heads, std::back_inserter(names), &Named::name);
  const std::string alike = unlike_paragraph(groups, heads);
  text += alike.empty() ? "" : "\n" + wrap(alike, width);
  text += "\n" + spread_table(names, rows_of(groups), width);
  text += wrap("Each figure is the median over the runs, and in brackets the least and the most.", width) + "\n";
  text += wrap("Of all runs of a group together:", width);
  for (const std::string& sentence : comparing_sentences(heads, times_of_groups(groups, heads))) {
    text += wrap(sentence, width, "- ");
  }
  return text;
}

}  // namespace stalemate
