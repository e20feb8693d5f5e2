#include "report/sweep/sweep_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "report/sweep/sweep_plot.hpp"
#include "report/words/phrases.hpp"
#include "report/words/text_table.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

constexpr std::size_t names_told_max = 4;

std::string sentence_of(std::size_t count, const std::vector<std::string>& names) {
  std::vector<std::string> told(names.begin(),
                                names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), names_told_max)));
  if (names.size() > told.size()) {
    told.push_back(fmt::format("{} more", names.size() - told.size()));
  }
  std::string text;
  for (const std::string& name : told) {
    text += (text.empty() ? "" : "; ") + name;
  }
  return fmt::format("{} ({})", counted(count, "point"), text);
}

std::vector<std::string> names_where(const SweepResults& results,
                                     bool (*is_told)(const SweepResults&, const SweepPoint&)) {
  std::vector<std::string> names;
  for (const SweepPoint& point : results.points) {
    if (is_told(results, point)) {
      names.push_back(point_name(results, point));
    }
  }
  return names;
}

/// Which columns a table has besides each figure's median and prediction.
struct TableColumns {
  bool spread = false;
  bool bounds = false;
};

bool is_repeated(const SweepResults& results) {
  return std::ranges::any_of(results.points, [](const SweepPoint& point) { return point.runs.size() > 1; });
}

bool is_bounded(const SweepResults& results, std::size_t figure) {
  return std::ranges::any_of(results.points, [&](const SweepPoint& point) {
    return stale_bounds(point, results.figures[figure]).has_value();
  });
}

bool is_predicted(const SweepResults& results, std::size_t figure) {
  return std::ranges::any_of(results.points,
                             [&](const SweepPoint& point) { return predicted_of(point, figure).has_value(); });
}

/// Of one figure at one point: the heading above, and the text.
using TableCells = std::vector<std::pair<std::string, std::string>>;

TableCells cells_of(const SweepResults& results, const SweepPoint& point, std::size_t figure, TableColumns columns) {
  const SweptFigure& about = results.figures[figure];
  const auto text = [&](std::optional<double> value) { return value ? figure_text(*value, about.kind) : "-"; };
  const std::optional<Spread> spread = spread_of(point, figure);
  TableCells cells = {{about.name, text(spread ? std::optional(spread->median) : std::nullopt)}};
  if (columns.spread && is_repeated(results)) {
    cells.emplace_back("lowest", text(spread ? std::optional(spread->min) : std::nullopt));
    cells.emplace_back("highest", text(spread ? std::optional(spread->max) : std::nullopt));
  }
  if (columns.bounds && is_bounded(results, figure)) {
    const std::optional<Bounds> bounds = stale_bounds(point, about);
    cells.emplace_back("95 % from", text(bounds ? std::optional(bounds->lower) : std::nullopt));
    cells.emplace_back("to", text(bounds ? std::optional(bounds->upper) : std::nullopt));
  }
  if (is_predicted(results, figure)) {
    cells.emplace_back("predicted", text(predicted_of(point, figure)));
  }
  return cells;
}

// Whether the conditions held at a point of a search.
std::string holds_word(const SweepResults& results, const SweepPoint& point) {
  const double value = results.axes.front().values[point.at.front()];
  const auto trial = std::ranges::find(results.search->trials, value, &Trial::value);
  return trial == results.search->trials.end() ? "-" : trial->holds ? "yes" : "no";
}

TableCells row_of(const SweepResults& results, const SweepPoint& point, TableColumns columns) {
  TableCells row;
  for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
    row.emplace_back(results.axes[axis].name, results.axes[axis].texts[point.at[axis]]);
  }
  for (std::size_t figure = 0; figure < results.figures.size(); ++figure) {
    for (std::pair<std::string, std::string>& cell : cells_of(results, point, figure, columns)) {
      row.push_back(std::move(cell));
    }
  }
  if (results.search) {
    row.emplace_back("holds", holds_word(results, point));
  }
  if (points_incomplete(results) > 0) {
    row.emplace_back("runs", std::to_string(point.runs.size()));
  }
  return row;
}

std::string table_with(const SweepResults& results, TableColumns columns, std::size_t width) {
  TextTable table;
  for (const SweepPoint& point : results.points) {
    std::vector<std::string> heads;
    std::vector<std::string> texts;
    for (auto& [head, text] : row_of(results, point, columns)) {
      heads.push_back(std::move(head));
      texts.push_back(std::move(text));
    }
    if (table.rows.empty()) {
      table.rows.push_back(std::move(heads));
    }
    table.rows.push_back(std::move(texts));
  }
  return table.text(width);
}

// With as many columns as there is room for; where there is none for a table, in sentences.
std::string table_of(const SweepResults& results, std::size_t width) {
  for (const TableColumns columns : {TableColumns{true, true}, TableColumns{false, true}, TableColumns{false, false}}) {
    std::string table = table_with(results, columns, width);
    if (widest_line(table) <= width) {
      return table;
    }
  }
  std::string lines;
  for (const SweepPoint& point : results.points) {
    std::string words;
    for (const auto& [head, text] : row_of(results, point, {.spread = true, .bounds = true})) {
      words += fmt::format("{}{} {}", words.empty() ? "" : ", ", head, text);
    }
    lines += wrap(words, width, "- ");
  }
  return lines;
}

std::string value_name(const SweepAxis& axis, double value) {
  const auto place = std::ranges::find(axis.values, value);
  return axis.name + " " + axis.texts[static_cast<std::size_t>(place - axis.values.begin())];
}

std::string contradiction(const SweepResults& results) {
  std::string changes;
  const std::vector<Trial>& trials = results.search->trials;
  for (auto trial = trials.begin(); trial != trials.end(); ++trial) {
    if (trial == trials.begin() || trial->holds != (trial - 1)->holds) {
      changes += fmt::format("{}{} at {}", changes.empty() ? "" : ", ", trial->holds ? "hold" : "fail",
                             value_name(results.axes.front(), trial->value));
    }
  }
  return fmt::format(
      "No answer: from the lowest to the highest value the conditions {}. "
      "Either there is no one limit between the two "
      "ends, or chance decides in runs as short as these: more of them "
      "(--repeat) or longer ones (-d) tell.",
      changes);
}

std::string answer_of(const SweepResults& results) {
  const SweepSearch& search = *results.search;
  const SweepAxis& axis = results.axes.front();
  std::string conditions;
  for (const SweepCondition& condition : search.conditions) {
    conditions += (conditions.empty() ? "" : " and ") + condition.text;
  }
  const auto outside = [&](std::string_view where) {
    return fmt::format(
        "{} {} from {} to {}, as far as was tried: a limit, if "
        "there is one, is not between them; give "
        "a wider range, {}=LOW..HIGH.",
        conditions, where, value_name(axis, axis.values.front()), value_name(axis, axis.values.back()), axis.name);
  };
  switch (search.boundary) {
    case Boundary::largest:
      return fmt::format(
          "{} up to {}; not at {}. The largest value at which "
          "that holds lies between the two.",
          conditions, value_name(axis, search.bracket->first.value), value_name(axis, search.bracket->second.value));
    case Boundary::smallest:
      return fmt::format(
          "{} from {} on; not at {}. The smallest value at which "
          "that holds lies between the two.",
          conditions, value_name(axis, search.bracket->first.value), value_name(axis, search.bracket->second.value));
    case Boundary::everywhere: return outside("holds");
    case Boundary::nowhere: return outside("does not hold");
    case Boundary::contradicted: return contradiction(results);
    case Boundary::unknown: break;
  }
  return "No answer: not even the two ends of the range were tried.";
}

// Where so few reads were checked that a condition on stale ones is not decided
// by them.
std::string undecided_of(const SweepResults& results) {
  std::vector<std::string> places;
  for (const SweepPoint& point : results.points) {
    for (std::size_t figure = 0; figure < results.figures.size(); ++figure) {
      const std::optional<Bounds> bounds = stale_bounds(point, results.figures[figure]);
      const SweepCondition& condition = results.search->conditions[figure];
      if (bounds && bounds->lower < condition.bound && condition.bound < bounds->upper) {
        const std::string& kind = results.figures[figure].kind;
        places.push_back(fmt::format("{}: {} to {}", point_name(results, point), figure_text(bounds->lower, kind),
                                     figure_text(bounds->upper, kind)));
      }
    }
  }
  return places.empty() ? std::string()
                        : fmt::format(
                              "Too few reads were checked to tell which side of "
                              "the bound the true figure is on, "
                              "at 95 %, at {}: longer runs (-d) tell.",
                              sentence_of(places.size(), places));
}

std::string farthest_from_prediction(const SweepResults& results, std::size_t figure) {
  const SweepPoint* farthest = nullptr;
  double distance = -1;
  for (const SweepPoint& point : results.points) {
    const std::optional<Spread> spread = spread_of(point, figure);
    const std::optional<double> predicted = predicted_of(point, figure);
    if (spread && predicted && std::abs(spread->median - *predicted) > distance) {
      distance = std::abs(spread->median - *predicted);
      farthest = &point;
    }
  }
  if (farthest == nullptr) {
    return {};
  }
  const std::string& kind = results.figures[figure].kind;
  return fmt::format(
      "{} is farthest from what the plan alone predicts at {}: "
      "{} measured, {} predicted.",
      results.figures[figure].name, point_name(results, *farthest),
      figure_text(spread_of(*farthest, figure)->median, kind), figure_text(*predicted_of(*farthest, figure), kind));
}

std::string unreached(const SweepResults& results) {
  const std::string why = results.interrupted      ? "it was interrupted"
                          : results.is_over_budget ? "the budget was over"
                                                   : "a run had none";
  const std::vector<std::string> missing =
      names_where(results, [](const SweepResults&, const SweepPoint& p) { return p.runs.empty(); });
  const std::vector<std::string> fewer = names_where(results, [](const SweepResults& all, const SweepPoint& p) {
    return !p.runs.empty() && p.runs.size() < all.repeat;
  });
  std::string text;
  if (!missing.empty()) {
    text = fmt::format("NOT MEASURED, as {}: {}.", why, sentence_of(missing.size(), missing));
  }
  if (!fewer.empty()) {
    add_sentence(text, fmt::format("Fewer runs than asked for, as {}: {}.", why, sentence_of(fewer.size(), fewer)));
  }
  if (results.search && results.search->is_cut_short) {
    add_sentence(text, fmt::format("The search was not finished, as {}.", why));
  }
  return text;
}

// Runs that have no such figure, and ops that were never sent.
std::string caveats(const SweepResults& results) {
  std::string text;
  for (std::size_t figure = 0; figure < results.figures.size(); ++figure) {
    std::vector<std::string> without;
    for (const SweepPoint& point : results.points) {
      if (!point.runs.empty() && !spread_of(point, figure)) {
        without.push_back(point_name(results, point));
      }
    }
    if (!without.empty()) {
      add_sentence(text, fmt::format("No run has a figure {} at {}.", results.figures[figure].name,
                                     sentence_of(without.size(), without)));
    }
  }
  const std::vector<std::string> dropped = names_where(results, [](const SweepResults&, const SweepPoint& p) {
    return std::ranges::any_of(p.runs, [](const SweptRun& run) { return run.dropped > 0; });
  });
  if (!dropped.empty()) {
    add_sentence(text, fmt::format("Planned ops were never sent at {}: the "
                                   "figures there are those of a system at its "
                                   "limit, or of too few clients.",
                                   sentence_of(dropped.size(), dropped)));
  }
  return text;
}

}  // namespace

std::string point_name(const SweepResults& results, const SweepPoint& point) {
  std::string name;
  for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
    name += fmt::format("{}{} {}", name.empty() ? "" : ", ", results.axes[axis].name,
                        results.axes[axis].texts[point.at[axis]]);
  }
  return name;
}

std::string sweep_heading(const SweepResults& results) {
  std::string axes;
  for (const SweepAxis& axis : results.axes) {
    axes += fmt::format("{}{} of {}", axes.empty() ? "" : " and ", counted(axis.values.size(), "value"), axis.name);
  }
  std::string figures;
  for (const SweptFigure& figure : results.figures) {
    figures += (figures.empty() ? "" : ", ") + figure.name;
  }
  std::string runs = counted(results.repeat, "run");
  runs += results.run_ns > 0 ? " of " + spoken_duration(results.run_ns) : std::string();
  std::string engines;
  for (const std::string& engine : results.engines) {
    engines += (engines.empty() ? " on " : " and ") + engine;
  }
  return fmt::format("{}: {}{}; {} at {}, {} each", results.scenario, results.pattern, engines, figures, axes, runs);
}

std::vector<std::string> sweep_paragraphs(const SweepResults& results) {
  std::vector<std::string> paragraphs;
  if (results.search) {
    paragraphs = {answer_of(results), undecided_of(results)};
  }
  for (std::size_t figure = 0; figure < results.figures.size(); ++figure) {
    paragraphs.push_back(farthest_from_prediction(results, figure));
  }
  paragraphs.insert(paragraphs.end(), results.not_predicted.begin(), results.not_predicted.end());
  paragraphs.push_back(unreached(results));
  paragraphs.push_back(caveats(results));
  std::erase(paragraphs, "");
  return paragraphs;
}

std::string sweep_text(const SweepResults& results, std::size_t columns) {
  std::string text = wrap(sweep_heading(results), columns) + "\n";
  const std::string map = results.axes.size() == 2 ? heat_map(results, 0, columns) : std::string();
  text += map.empty() ? table_of(results, columns) : map;
  if (results.axes.size() == 1 && !results.search) {
    const std::string plot = curve_plot(results, 0, columns);
    text += plot.empty() ? plot : "\n" + plot;
  }
  const std::vector<std::string> paragraphs = sweep_paragraphs(results);
  for (const std::string& paragraph : paragraphs) {
    text += (&paragraph == paragraphs.data() ? "\n" : "") + wrap(paragraph, columns, "- ");
  }
  return text;
}

}  // namespace stalemate
