#include "cli/run/figures.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "check/causes/causes.hpp"
#include "check/check.hpp"
#include "core/faults/fault.hpp"
#include "core/text/nearest.hpp"
#include "drive/watch/counters.hpp"
#include "report/results/results_json.hpp"
#include "scenario/effect.hpp"

namespace stalemate {
namespace {

constexpr std::array<ShortFigure, 18> short_names = {{
    {"read_p50", "latency.read.response.p50_ns", "half of the reads took no longer"},
    {"read_p90", "latency.read.response.p90_ns", "90 % of the reads took no longer"},
    {"read_p99", "latency.read.response.p99_ns", "99 % of the reads took no longer"},
    {"read_p99_9", "latency.read.response.p99_9_ns", "99.9 % of the reads took no longer"},
    {"read_max", "latency.read.response.max_ns", "the longest read"},
    {"write_p50", "latency.write.response.p50_ns", "half of the writes took no longer"},
    {"write_p90", "latency.write.response.p90_ns", "90 % of the writes took no longer"},
    {"write_p99", "latency.write.response.p99_ns", "99 % of the writes took no longer"},
    {"write_p99_9", "latency.write.response.p99_9_ns", "99.9 % of the writes took no longer"},
    {"write_max", "latency.write.response.max_ns", "the longest write"},
    {"hit_ratio", "cache.hit_ratio", "hits / (hits + misses)"},
    {"loads_per_read", "loads.share", "how often a read asked the database"},
    {"stale_share", "", "stale reads / checked reads"},
    {"stale", "", "the same, as in stale<0.01%"},
    {"stale_reads_per_million", "", "stale reads in a million checked ones"},
    {"worst_staleness", "stale.worst_staleness_ns", "the worst read was stale by at least this much"},
    {"throughput", "", "reads and writes that ended ok, a second"},
    {"rate", "", "the same"},
}};

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

// Of a setting the kind is in its name, as the scenario has another word for it.
std::string kind_of(const std::string& path, std::string_view kind) {
  if (path.ends_with("_ns")) {
    return "nanoseconds";
  }
  if (path.ends_with("_s")) {
    return "seconds";
  }
  for (const std::string_view known : {"count", "ratio", "yes/no"}) {
    if (kind.starts_with(known)) {
      return std::string(known);
    }
  }
  return "number";
}

// Every figure of results.json that is a number.
const std::vector<RunFigure>& figures_of_results() {
  static const std::vector<RunFigure> figures = [] {
    std::vector<RunFigure> all;
    for (const ResultsField& field : results_fields()) {
      const bool numeric = field.kind != "text" && !field.kind.starts_with("object");
      if (!numeric || field.path.contains("[]")) {
        continue;
      }
      for (const std::string& path : spelled_out(field.path)) {
        const auto variable = path.find("<name>");
        if (variable == std::string::npos) {
          all.push_back({path, kind_of(path, field.kind)});
          continue;
        }
        for (const std::string_view name : names_behind(path)) {
          const std::string named = path.substr(0, variable) + std::string(name);
          all.push_back({named, kind_of(named, field.kind)});
        }
      }
    }
    return all;
  }();
  return figures;
}

const nlohmann::json* place_in(const nlohmann::json& results, std::string_view path) {
  const nlohmann::json* place = &results;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const std::string name(path.substr(0, dot));
    if (!place->is_object() || !place->contains(name)) {
      return nullptr;
    }
    place = &(*place)[name];
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return place;
}

std::optional<double> number_in(const nlohmann::json& results, std::string_view path) {
  const nlohmann::json* const place = place_in(results, path);
  if (place == nullptr) {
    return std::nullopt;
  }
  if (place->is_boolean()) {
    return place->get<bool>() ? 1.0 : 0.0;
  }
  return place->is_number() ? std::optional(place->get<double>()) : std::nullopt;
}

std::optional<double> quotient(std::optional<double> part, std::optional<double> whole) {
  return part && whole && *whole > 0 ? std::optional(*part / *whole) : std::nullopt;
}

std::optional<double> computed(const nlohmann::json& results, std::string_view name) {
  if (name == "throughput") {
    const std::optional<double> reads = number_in(results, "reads.ok");
    const std::optional<double> writes = number_in(results, "writes.ok");
    return quotient(reads && writes ? std::optional(*reads + *writes) : std::nullopt, number_in(results, "elapsed_s"));
  }
  const std::optional<double> share = quotient(number_in(results, "stale.stale"), number_in(results, "stale.checked"));
  return share && name == "stale_reads_per_million" ? std::optional(*share * 1e6) : share;
}

// A name that a run did not count (an error that never came) was counted 0 times, if the run counted at all. One that
// was never behind was behind for no time.
bool counts_from_zero(const nlohmann::json& results, std::string_view path) {
  return path.starts_with("errors.") || path.starts_with("faults.") || path == "limit.behind_ns" ||
         (path.starts_with("stale.causes.") && !results["stale"].is_null());
}

bool is_computed(std::string_view path) {
  const auto known = std::ranges::find(short_names, path, &ShortFigure::name);
  return known != short_names.end() && known->path.empty();
}

}  // namespace

std::span<const ShortFigure> short_figures() {
  return short_names;
}

std::string short_figure_names() {
  std::string names;
  for (const ShortFigure& figure : short_names) {
    names.append(names.empty() ? "" : ", ").append(figure.name);
  }
  return names;
}

Result<RunFigure> find_figure(std::string_view name, std::string_view flag, std::span<const RunFigure> more) {
  if (const auto other = std::ranges::find(more, name, &RunFigure::path); other != more.end()) {
    return *other;
  }
  const auto known = std::ranges::find(short_names, name, &ShortFigure::name);
  if (known != short_names.end() && known->path.empty()) {
    const std::string_view computed_as = name == "stale" ? "stale_share" : name == "rate" ? "throughput" : name;
    return RunFigure{std::string(computed_as), computed_as == "stale_share" ? "ratio" : "number"};
  }
  const std::string_view path = known == short_names.end() ? name : known->path;
  const std::vector<RunFigure>& all = figures_of_results();
  const auto found = std::ranges::find(all, path, &RunFigure::path);
  if (found != all.end()) {
    return *found;
  }
  std::vector<std::string_view> names;
  for (const ShortFigure& figure : short_names) {
    names.push_back(figure.name);
  }
  for (const RunFigure& figure : all) {
    names.emplace_back(figure.path);
  }
  for (const RunFigure& figure : more) {
    names.emplace_back(figure.path);
  }
  return failed(
      ErrorCode::wrong_type,
      fmt::format("{}: '{}' is not a figure of results.json{}; docs/results.md lists them, and short names are "
                  "{}",
                  flag, name, did_you_mean(name, names), short_figure_names()));
}

std::string why_no_figure(const RunFigure& figure, const Scenario& scenario) {
  const std::string_view path = figure.path;
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

std::optional<double> figure_in(const nlohmann::json& results, const RunFigure& figure) {
  if (is_computed(figure.path)) {
    return computed(results, figure.path);
  }
  const std::optional<double> found = number_in(results, figure.path);
  return !found && counts_from_zero(results, figure.path) ? std::optional(0.0) : found;
}

}  // namespace stalemate
