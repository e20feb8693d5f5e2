#include "report/sweep/sweep_results.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/text/duration.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using Json = nlohmann::ordered_json;

constexpr double reads_in_a_million = 1e6;

std::vector<double> present(const SweepPoint& point, std::vector<std::optional<double>> SweptRun::* member,
                            std::size_t figure) {
  std::vector<double> numbers;
  for (const SweptRun& run : point.runs) {
    if (const std::optional<double>& value = (run.*member).at(figure)) {
      numbers.push_back(*value);
    }
  }
  return numbers;
}

Json number_or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json json_of(const SweptRun& run, const std::vector<SweptFigure>& figures) {
  Json values = Json::object();
  Json predicted = Json::object();
  for (std::size_t figure = 0; figure < figures.size(); ++figure) {
    values[figures[figure].name] = number_or_null(run.values[figure]);
    predicted[figures[figure].name] = number_or_null(run.predicted[figure]);
  }
  return {{"folder", run.folder},        {"seed", run.seed},
          {"values", std::move(values)}, {"predicted", std::move(predicted)},
          {"stale", run.stale},          {"checked", run.checked},
          {"dropped", run.dropped}};
}

Json json_of(const SweepPoint& point, const SweepResults& results) {
  Json settings = Json::object();
  for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
    settings[results.axes[axis].name] = results.axes[axis].texts[point.at[axis]];
  }
  Json figures = Json::object();
  for (std::size_t figure = 0; figure < results.figures.size(); ++figure) {
    const std::optional<Spread> spread = spread_of(point, figure);
    const std::optional<Bounds> bounds = stale_bounds(point, results.figures[figure]);
    const Json range = bounds ? Json{{"lower", bounds->lower}, {"upper", bounds->upper}} : Json(nullptr);
    figures[results.figures[figure].name] = {
        {"median", number_or_null(spread ? std::optional(spread->median) : std::nullopt)},
        {"lowest", number_or_null(spread ? std::optional(spread->min) : std::nullopt)},
        {"highest", number_or_null(spread ? std::optional(spread->max) : std::nullopt)},
        {"predicted", number_or_null(predicted_of(point, figure))},
        {"bounds", range}};
  }
  Json runs = Json::array();
  for (const SweptRun& run : point.runs) {
    runs.push_back(json_of(run, results.figures));
  }
  return {{"settings", std::move(settings)}, {"figures", std::move(figures)}, {"runs", std::move(runs)}};
}

std::string_view name_of(Boundary boundary) {
  switch (boundary) {
    case Boundary::largest: return "largest";
    case Boundary::smallest: return "smallest";
    case Boundary::everywhere: return "everywhere";
    case Boundary::nowhere: return "nowhere";
    case Boundary::contradicted: return "contradicted";
    case Boundary::unknown: break;
  }
  return "unknown";
}

Json json_of(const std::optional<SweepSearch>& search) {
  if (!search) {
    return nullptr;
  }
  Json trials = Json::array();
  for (const Trial& trial : search->trials) {
    trials.push_back({{"value", trial.value}, {"holds", trial.holds}});
  }
  const auto end = [&](Trial std::pair<Trial, Trial>::* member) {
    return search->bracket ? Json(((*search->bracket).*member).value) : Json(nullptr);
  };
  Json conditions = Json::array();
  Json bounds = Json::array();
  for (const SweepCondition& condition : search->conditions) {
    conditions.push_back(condition.text);
    bounds.push_back(condition.bound);
  }
  return {{"conditions", std::move(conditions)},
          {"bounds", std::move(bounds)},
          {"boundary", name_of(search->boundary)},
          {"holds_at", end(&std::pair<Trial, Trial>::first)},
          {"fails_at", end(&std::pair<Trial, Trial>::second)},
          {"cut_short", search->is_cut_short},
          {"trials", std::move(trials)}};
}

// As CSV wants it: in quotes where it holds a separator, quotes doubled.
std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "\"";
  for (const char letter : text) {
    quoted.append(letter == '"' ? 2 : 1, letter);
  }
  return quoted + '"';
}

std::string csv_cell(const std::optional<double>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

}  // namespace

std::optional<Spread> spread_of(const SweepPoint& point, std::size_t figure) {
  const std::vector<double> numbers = present(point, &SweptRun::values, figure);
  return numbers.empty() ? std::nullopt : std::optional(spread_of(numbers));
}

std::optional<double> predicted_of(const SweepPoint& point, std::size_t figure) {
  const std::vector<double> numbers = present(point, &SweptRun::predicted, figure);
  return numbers.empty() ? std::nullopt : std::optional(spread_of(numbers).median);
}

std::optional<Bounds> stale_bounds(const SweepPoint& point, const SweptFigure& figure) {
  std::uint64_t stale = 0;
  std::uint64_t checked = 0;
  for (const SweptRun& run : point.runs) {
    stale += run.stale;
    checked += run.checked;
  }
  const bool is_share = figure.name == "stale_share";
  if (checked == 0 || !(is_share || figure.name == "stale_reads_per_million")) {
    return std::nullopt;
  }
  const Bounds share = share_bounds(stale, checked);
  const double unit = is_share ? 1 : reads_in_a_million;
  return Bounds{share.lower * unit, share.upper * unit};
}

std::size_t points_incomplete(const SweepResults& results) {
  return static_cast<std::size_t>(std::ranges::count_if(
      results.points, [&](const SweepPoint& point) { return point.runs.size() < results.repeat; }));
}

std::size_t points_missing(const SweepResults& results) {
  return static_cast<std::size_t>(
      std::ranges::count_if(results.points, [](const SweepPoint& point) { return point.runs.empty(); }));
}

std::string figure_text(double value, std::string_view kind) {
  constexpr double second_ns = 1e9;
  if (kind == "nanoseconds" || kind == "seconds") {
    return format_duration_short(std::llround(kind == "seconds" ? value * second_ns : value));
  }
  if (kind == "ratio" && value >= 0 && value <= 1) {
    return percent(value);
  }
  return value < 0 ? "-" + short_number(-value) : short_number(value);
}

std::string name_with_unit(const SweepAxis& axis) {
  return axis.unit.empty() ? axis.name : fmt::format("{} ({})", axis.name, axis.unit);
}

std::string name_with_unit(const SweptFigure& figure) {
  if (figure.name == "throughput") {
    return "throughput (ops a second)";
  }
  if (figure.kind == "nanoseconds" || figure.kind == "seconds") {
    return figure.name + " (time)";
  }
  return figure.kind == "ratio" ? figure.name + " (share)" : figure.name;
}

std::string to_json(const SweepResults& results) {
  Json axes = Json::array();
  for (const SweepAxis& axis : results.axes) {
    axes.push_back({{"name", axis.name},
                    {"unit", axis.unit},
                    {"spacing", axis.spacing == Spacing::even ? "even" : "by ratio"},
                    {"values", axis.values},
                    {"texts", axis.texts}});
  }
  Json figures = Json::array();
  for (const SweptFigure& figure : results.figures) {
    figures.push_back({{"name", figure.name}, {"kind", figure.kind}});
  }
  Json points = Json::array();
  for (const SweepPoint& point : results.points) {
    points.push_back(json_of(point, results));
  }
  const Json all = {{"scenario", results.scenario},
                    {"question", results.question},
                    {"pattern", results.pattern},
                    {"program_version", results.program_version},
                    {"started_at", results.started_at},
                    {"command", results.command},
                    {"run_ns", results.run_ns},
                    {"repeat", results.repeat},
                    {"engines", results.engines},
                    {"interrupted", results.interrupted},
                    {"over_budget", results.is_over_budget},
                    {"points_incomplete", points_incomplete(results)},
                    {"points_missing", points_missing(results)},
                    {"figures", std::move(figures)},
                    {"axes", std::move(axes)},
                    {"points", std::move(points)},
                    {"search", json_of(results.search)},
                    {"not_predicted", results.not_predicted}};
  // A path in the file system need not be UTF-8.
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_csv(const SweepResults& results) {
  std::string lines;
  for (const SweepAxis& axis : results.axes) {
    lines += csv_cell(axis.name) + ",";
  }
  lines += "run,seed";
  for (const SweptFigure& figure : results.figures) {
    lines += fmt::format(",{0},{0}_predicted", csv_cell(figure.name));
  }
  lines += ",stale,checked,dropped,folder\n";
  for (const SweepPoint& point : results.points) {
    for (std::size_t number = 0; number < point.runs.size(); ++number) {
      const SweptRun& run = point.runs[number];
      for (std::size_t axis = 0; axis < results.axes.size(); ++axis) {
        lines += fmt::format("{},", results.axes[axis].values[point.at[axis]]);
      }
      lines += fmt::format("{},{}", number + 1, run.seed);
      for (std::size_t figure = 0; figure < results.figures.size(); ++figure) {
        lines += "," + csv_cell(run.values[figure]) + "," + csv_cell(run.predicted[figure]);
      }
      lines += fmt::format(",{},{},{},{}\n", run.stale, run.checked, run.dropped, csv_cell(run.folder));
    }
  }
  return lines;
}

DrawnExtent drawn_extent_of(const SweepResults& results, std::size_t figure) {
  DrawnExtent extent;
  for (const SweepPoint& point : results.points) {
    if (const std::optional<Spread> spread = spread_of(point, figure)) {
      extent.take(spread->min);
      extent.take(spread->max);
    }
    if (const std::optional<double> predicted = predicted_of(point, figure)) {
      extent.take(*predicted);
    }
  }
  return extent;
}

}  // namespace stalemate
