#include "cli/run/fail_if.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "check/causes/causes.hpp"
#include "check/check.hpp"
#include "core/duration.hpp"
#include "core/fault.hpp"
#include "core/nearest.hpp"
#include "drive/counters.hpp"
#include "report/results_json.hpp"
#include "scenario/effect.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

using Relation = Threshold::Relation;

// The longer signs first, so that ">=" is not read as ">".
constexpr std::array<std::pair<std::string_view, Relation>, 6> relations = {{
    {"<=", Relation::less_or_equal},
    {">=", Relation::greater_or_equal},
    {"==", Relation::equal},
    {"!=", Relation::not_equal},
    {"<", Relation::less},
    {">", Relation::greater},
}};

bool holds(Relation relation, double left, double right) {
  switch (relation) {
    case Relation::less: return left < right;
    case Relation::less_or_equal: return left <= right;
    case Relation::equal: return left == right;
    case Relation::not_equal: return left != right;
    case Relation::greater_or_equal: return left >= right;
    case Relation::greater: return left > right;
  }
  return false;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<double> parse_bound(std::string_view text, std::string_view path) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) {
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
  }
  const Result<Nanoseconds> duration = parse_duration(text);
  if (duration && path.ends_with("_ns")) {
    return static_cast<double>(*duration);
  }
  if (duration && path.ends_with("_s")) {
    return static_cast<double>(*duration) / 1e9;
  }
  return std::nullopt;
}

// The paths that one of the docs' "latency.{read,write}.{response,service}" stands for.
std::vector<std::string> spelled_out(const std::string& path) {
  const auto begin = path.find('{');
  if (begin == std::string::npos) {
    return {path};
  }
  const auto end = path.find('}', begin);
  std::vector<std::string> all;
  for (auto name = begin + 1; name < end;) {
    const auto name_end = std::min(path.find(',', name), end);
    const std::string one = path.substr(0, begin) + path.substr(name, name_end - name) + path.substr(end + 1);
    for (std::string& spelled : spelled_out(one)) {
      all.push_back(std::move(spelled));
    }
    name = name_end + 1;
  }
  return all;
}

// Every field that a bound can be compared with. Those whose name depends on the run, such as "errors.<name>", end in
// "<name>".
const std::vector<std::string>& comparable_fields() {
  static const std::vector<std::string> fields = [] {
    std::vector<std::string> comparable;
    for (const ResultsField& field : results_fields()) {
      const bool numeric = field.kind != "text" && !field.kind.starts_with("object");
      if (numeric && field.path.find("[]") == std::string::npos) {
        for (std::string& path : spelled_out(field.path)) {
          comparable.push_back(std::move(path));
        }
      }
    }
    return comparable;
  }();
  return fields;
}

// What the "<name>" of a field can be; of a field that is not known here, none.
std::vector<std::string_view> names_behind(std::string_view field) {
  std::vector<std::string_view> names;
  if (field.starts_with("stale.causes.")) {
    for (const CauseInfo& cause : CauseRegistry::all()) {
      names.push_back(cause.name);
    }
  } else if (field.starts_with("violations.")) {
    for (const CheckInfo& check : CheckRegistry::all()) {
      names.push_back(check.name);
    }
  } else if (field.starts_with("asked.")) {
    for (const ScenarioField& setting : scenario_fields()) {
      if (setting.result.starts_with("asked.") && setting.kind != "choice" && setting.kind != "text") {
        names.push_back(std::string_view(setting.result).substr(std::string_view("asked.").size()));
      }
    }
  } else if (field.starts_with("faults.")) {
    for (const FaultInfo& fault : FaultRegistry::all()) {
      names.push_back(fault.name);
    }
  } else if (field.starts_with("errors.")) {
    for (std::size_t code = 1; code < error_code_count; ++code) {
      names.push_back(name_of(static_cast<ErrorCode>(code)));
    }
  }
  return names;
}

// The paths that a threshold may name.
std::vector<std::string> known_paths() {
  std::vector<std::string> known;
  for (const std::string& field : comparable_fields()) {
    const auto variable = field.find("<name>");
    if (variable == std::string::npos) {
      known.push_back(field);
      continue;
    }
    for (const std::string_view name : names_behind(field)) {
      known.push_back(field.substr(0, variable) + std::string(name));
    }
  }
  return known;
}

bool is_known_field(std::string_view path) {
  const std::vector<std::string> known = known_paths();
  return std::ranges::find(known, path) != known.end();
}

std::string nearest_field(std::string_view path) {
  const std::vector<std::string> paths = known_paths();
  const std::vector<std::string_view> known(paths.begin(), paths.end());
  return did_you_mean(path, known);
}

std::optional<double> figure(const nlohmann::json& json, std::string_view path) {
  const nlohmann::json* place = &json;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string name(path.substr(0, dot));
    if (!place->is_object() || !place->contains(name)) {
      return std::nullopt;
    }
    place = &(*place)[name];
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  if (place->is_boolean()) {
    return place->get<bool>() ? 1.0 : 0.0;
  }
  return place->is_number() ? std::optional(place->get<double>()) : std::nullopt;
}

// Why no run of the scenario has a figure there; empty where one may have.
std::string why_no_figure(std::string_view path, const Scenario& scenario) {
  std::string no_cache = why_no_cache(scenario);
  const bool is_sampled = path.starts_with("samples.") || path.starts_with("origin.");
  if ((path.starts_with("cache.") || is_sampled) && !no_cache.empty()) {
    return no_cache;
  }
  if (is_sampled && scenario.sample_interval_ns == 0) {
    return "sample_every is none";
  }
  if (path.starts_with("origin.") && !scenario.serialize) {
    return "that is counted with --serialize alone";
  }
  if (path.starts_with("warm_up.") && scenario.warm_up_ns == 0) {
    return "it has no warm-up";
  }
  // How many clients and threads there were is told in any case.
  for (const ScenarioField& field : scenario_fields()) {
    if (field.result == path && field.key != "clients" && field.key != "threads") {
      return why_idle(scenario, field.key);
    }
  }
  return {};
}

// A name that a run did not count (an error that never came) was counted 0 times, if the run counted at all. One that
// was never behind was behind for no time.
bool counts_from_zero(const nlohmann::json& json, std::string_view path) {
  return path.starts_with("errors.") || path.starts_with("faults.") || path == "limit.behind_ns" ||
         (path.starts_with("stale.causes.") && !json["stale"].is_null());
}

}  // namespace

Result<Threshold> parse_threshold(std::string_view text) {
  for (const auto& [sign, relation] : relations) {
    const auto place = text.find(sign);
    if (place == std::string_view::npos) {
      continue;
    }
    Threshold threshold;
    threshold.text = text;
    threshold.path = trimmed(text.substr(0, place));
    threshold.relation = relation;
    if (!is_known_field(threshold.path)) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("--fail-if: '{}' is not a figure of results.json{}; docs/results.md lists them",
                                threshold.path, nearest_field(threshold.path)));
    }
    const std::optional<double> bound = parse_bound(trimmed(text.substr(place + sign.size())), threshold.path);
    if (!bound) {
      return failed(
          ErrorCode::wrong_type,
          fmt::format("--fail-if: '{}' has no number behind {}; write for example reads.dropped>0", text, sign));
    }
    threshold.bound = *bound;
    return threshold;
  }
  return failed(ErrorCode::wrong_type,
                fmt::format("--fail-if: '{}' compares nothing; write for example reads.dropped>0", text));
}

Result<void> check_thresholds(const std::vector<Threshold>& thresholds, const Scenario& scenario) {
  for (const Threshold& threshold : thresholds) {
    if (const std::string why = why_no_figure(threshold.path, scenario); !why.empty()) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("--fail-if: '{}' could not be judged: this run will have no figure for {}, as {}",
                                threshold.text, threshold.path, why));
    }
  }
  return {};
}

Result<std::vector<std::string>> thresholds_crossed(const std::vector<Threshold>& thresholds,
                                                    const RunResults& results) {
  std::vector<std::string> crossed;
  if (thresholds.empty()) {
    return crossed;
  }
  const nlohmann::json json = nlohmann::json::parse(to_json(results));
  for (const Threshold& threshold : thresholds) {
    std::optional<double> found = figure(json, threshold.path);
    if (!found && counts_from_zero(json, threshold.path)) {
      found = 0;
    }
    if (!found) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("--fail-if: this run has no figure for {}, so '{}' cannot be judged", threshold.path,
                                threshold.text));
    }
    if (holds(threshold.relation, *found, threshold.bound)) {
      crossed.push_back(fmt::format("{}: {} is {}", threshold.text, threshold.path, *found));
    }
  }
  return crossed;
}

}  // namespace stalemate
