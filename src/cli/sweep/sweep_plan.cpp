#include "cli/sweep/sweep_plan.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "application/application.hpp"
#include "cli/output/output_file.hpp"
#include "core/input_file.hpp"
#include "core/text/duration.hpp"
#include "core/text/words.hpp"
#include "plan/plan.hpp"
#include "scenario/effect.hpp"

namespace stalemate {
namespace {

constexpr std::size_t points_max = 400;
constexpr unsigned steps_of_curve = 5;
constexpr unsigned steps_of_map = 4;
constexpr const char* linear_idle =
    "--linear would change nothing, as only times, rates and whole numbers above 0 are else spaced by equal ratios; "
    "leave "
    "it out";

std::unexpected<Error> wrong_sweep(std::string sentence) {
  return failed(ErrorCode::wrong_type, std::move(sentence));
}

bool is_service(const std::string& name) {
  if (!name.ends_with(".toml")) {
    return false;
  }
  const Result<std::string> text = read_input(name, {.what = "a scenario", .bytes_max = 1U << 20U});
  return text && is_application_file(*text);
}

// A flag of the run that says what is to be varied.
Result<void> check_not_given(const std::string& key, const RunFlags& flags) {
  for (const std::string_view given : {std::string_view(key), rival_of(key)}) {
    if (!given.empty() && flags.are_given_for(given)) {
      return wrong_sweep(
          fmt::format("{} is to take several values, and a flag gives {}; leave the flag out", key, given));
    }
  }
  return {};
}

Result<void> check_axes(const std::vector<SweepAxis>& axes, const RunFlags& flags) {
  std::size_t points = 1;
  for (const SweepAxis& axis : axes) {
    points *= axis.values.size();
    if (const Result<void> fine = check_not_given(axis.name, flags); !fine) {
      return fine;
    }
  }
  if (axes.size() == 2 && (axes[0].name == axes[1].name || say_the_same(axes[0].name, axes[1].name))) {
    return wrong_sweep(fmt::format("--over: {} and {} say the same; vary one of them", axes[0].name, axes[1].name));
  }
  if (points > points_max) {
    return wrong_sweep(fmt::format("--over: {} points are more than the {} that a sweep can have; name fewer values",
                                   points, points_max));
  }
  return {};
}

Result<void> check_point(const Scenario& scenario, const std::vector<std::pair<std::string, std::string>>& settings) {
  Scenario at = scenario;
  for (const auto& [key, text] : settings) {
    Result<Scenario> with = scenario_with(at, key, text);
    if (!with) {
      return std::unexpected(with.error());
    }
    at = std::move(*with);
  }
  const Result<Plan> plan = Plan::make(at);
  return plan ? Result<void>() : std::unexpected(plan.error());
}

// Every value of a grid in one scenario at least: with the first, and with the last, of the other axis.
Result<void> check_grid(const SweepPlan& plan) {
  for (const SweepAxis& axis : plan.axes) {
    for (const std::string& text : axis.texts) {
      for (const SweepAxis& other : plan.axes) {
        for (const std::string& end : {other.texts.front(), other.texts.back()}) {
          const bool is_one = other.name == axis.name;
          const Result<void> fine = is_one ? check_point(plan.scenario, {{axis.name, text}})
                                           : check_point(plan.scenario, {{axis.name, text}, {other.name, end}});
          if (!fine) {
            return fine;
          }
        }
      }
    }
  }
  return {};
}

Result<void> add_figure(SweepPlan& plan, const RunFigure& figure, std::string_view name, std::string_view flag) {
  if (const std::string why = why_no_figure(figure, plan.scenario); !why.empty()) {
    return wrong_sweep(fmt::format("{}: no run will have a figure {}, as {}", flag, name, why));
  }
  plan.figures.push_back(figure);
  // What is computed has several names, of which one is told.
  const bool is_field = figure.path.contains('.');
  plan.named.push_back({.name = is_field ? std::string(name) : figure.path, .kind = figure.kind});
  return {};
}

Result<void> plan_grid(SweepPlan& plan, const SweepWords& words, const RunFlags& flags) {
  if (words.over.empty() || words.over.size() > 2) {
    return wrong_sweep(
        words.over.empty()
            ? "say what is to vary: --over NAME=LOW..HIGH, for example --over ttl=1s..60s, or look for a "
              "value with --find"
            : "--over: one setting makes a curve and two a map; there is no picture for more");
  }
  const unsigned steps = words.over.size() == 1 ? steps_of_curve : steps_of_map;
  bool is_linear_heeded = false;
  for (const std::string& text : words.over) {
    const Result<SweepAxis> by_default = parse_over(text, steps, false);
    if (!by_default) {
      return std::unexpected(by_default.error());
    }
    is_linear_heeded = is_linear_heeded || by_default->spacing == Spacing::by_ratio;
    plan.axes.push_back(words.is_linear ? parse_over(text, steps, true).value() : *by_default);
  }
  if (words.is_linear && !is_linear_heeded) {
    return wrong_sweep(linear_idle);
  }
  if (const Result<void> fine = check_axes(plan.axes, flags); !fine) {
    return fine;
  }
  const std::string name = !words.of.empty()                     ? words.of
                           : why_no_cache(plan.scenario).empty() ? "hit_ratio"
                                                                 : "read_p99";
  const Result<RunFigure> figure = find_figure(name, "--of");
  if (!figure) {
    return std::unexpected(figure.error());
  }
  const Result<void> added = add_figure(plan, *figure, name, "--of");
  return added ? check_grid(plan) : added;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (auto end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  parts.push_back(text);
  return parts;
}

// "read_p99" of " read_p99 < 5ms".
std::string_view figure_name(std::string_view condition) {
  const std::string_view name = condition.substr(0, condition.find_first_of("<>=!"));
  const std::size_t begin = std::min(name.find_first_not_of(' '), name.size());
  return name.substr(begin, name.find_last_not_of(' ') + 1 - begin);
}

Result<void> plan_search(SweepPlan& plan, const SweepWords& words, const RunFlags& flags) {
  if (!words.over.empty() || !words.of.empty()) {
    return wrong_sweep(fmt::format("--find looks for one value by the figures that its conditions name; leave {} out",
                                   words.over.empty() ? "--of" : "--over"));
  }
  const std::vector<std::string_view> halves = split(words.find, " where ");
  if (halves.size() != 2) {
    return wrong_sweep(
        fmt::format("--find: '{}' is to be NAME where CONDITION, for example 'write_rate where "
                    "read_p99<5ms and stale_share<0.01%'",
                    words.find));
  }
  Result<WantedRange> where = parse_range(halves[0], plan.scenario, words.is_linear);
  if (!where) {
    return std::unexpected(where.error());
  }
  plan.search = WantedSearch{.where = std::move(*where)};
  const SweptField& field = plan.search->where.field;
  if (words.is_linear && !(field.by_ratio && plan.search->where.range.low > 0)) {
    return wrong_sweep(linear_idle);
  }
  if (const Result<void> fine = check_not_given(field.key, flags); !fine && halves[0].contains('=')) {
    return fine;
  }
  for (const std::string_view text : split(halves[1], " and ")) {
    Result<Threshold> condition = parse_threshold(text, "--find");
    if (!condition) {
      return std::unexpected(condition.error());
    }
    if (const Result<void> added = add_figure(plan, condition->figure, figure_name(text), "--find"); !added) {
      return added;
    }
    plan.search->conditions.push_back(std::move(*condition));
  }
  for (const double end : {plan.search->where.range.low, plan.search->where.range.high}) {
    if (const Result<void> fine = check_point(plan.scenario, {{field.key, value_text(field, end)}}); !fine) {
      return fine;
    }
  }
  return {};
}

Result<void> check_places(SweepPlan& plan, const SweepWords& words) {
  if (!words.budget.empty()) {
    const Result<Nanoseconds> budget_ns = parse_duration(words.budget);
    if (!budget_ns) {
      return wrong_sweep("--budget: " + budget_ns.error().detail);
    }
    if (*budget_ns <= plan.scenario.duration_ns) {
      return wrong_sweep(
          fmt::format("--budget: {} are over before one run of {} is; give more, or shorter runs with -d", words.budget,
                      format_duration(plan.scenario.duration_ns)));
    }
    plan.budget_ns = *budget_ns;
  }
  return words.draws_svg ? check_output_file("--svg", words.svg) : Result<void>();
}

}  // namespace

Result<SweepPlan> plan_sweep(const SweepWords& words, const RunFlags& flags) {
  if (is_service(words.scenario)) {
    return wrong_sweep(
        fmt::format("{} describes a service of your own, and sweep varies scenarios; "
                    "'stalemate run {}' runs it once",
                    words.scenario, words.scenario));
  }
  Result<Scenario> scenario = flags.scenario(words.scenario);
  if (!scenario) {
    return std::unexpected(scenario.error());
  }
  SweepPlan plan{.scenario = std::move(*scenario)};
  Result<void> done = words.find.empty() ? plan_grid(plan, words, flags) : plan_search(plan, words, flags);
  if (done) {
    done = check_places(plan, words);
  }
  return done ? Result<SweepPlan>(std::move(plan)) : std::unexpected(done.error());
}

std::string command_of(const SweepWords& words, const SweepPlan& plan, const std::string& folder) {
  std::string command = "stalemate sweep " + shell_word(folder + "/scenario.toml");
  for (const SweepAxis& axis : plan.axes) {
    std::string values;
    for (const std::string& text : axis.texts) {
      values += (values.empty() ? "" : ",") + text;
    }
    command += " --over " + shell_word(axis.name + "=" + values);
  }
  if (plan.search) {
    const WantedRange& where = plan.search->where;
    command +=
        " --find " + shell_word(fmt::format("{}={}..{}{}", where.field.key, value_text(where.field, where.range.low),
                                            value_text(where.field, where.range.high),
                                            words.find.substr(words.find.find(" where "))));
    command += fmt::format(" --steps {}", words.steps);
  } else {
    command += " --of " + shell_word(plan.named.front().name);
  }
  command += words.repeat > 1 ? fmt::format(" --repeat {}", words.repeat) : "";
  return command + (words.is_linear ? " --linear" : "");
}

}  // namespace stalemate
