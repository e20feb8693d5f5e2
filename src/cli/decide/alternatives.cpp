#include "cli/decide/alternatives.hpp"

#include <fmt/core.h>

#include <cmath>

#include "core/assert.hpp"
#include "core/pattern/pattern.hpp"
#include "core/text/nearest.hpp"
#include "scenario/effect.hpp"

namespace stalemate {
namespace {

Result<void> check_pattern(const std::string& pattern) {
  if (PatternRegistry::find(pattern) != nullptr) {
    return {};
  }
  std::vector<std::string_view> known;
  for (const PatternInfo& info : PatternRegistry::all()) {
    known.push_back(info.name);
  }
  return failed(ErrorCode::wrong_type, fmt::format("--with: there is no pattern '{}'{}; see 'stalemate list patterns'",
                                                   pattern, did_you_mean(pattern, known)));
}

// Settings without effect go back to their defaults; those of the cache itself are decided by the pattern.
void leave_out_settings(const Scenario& original, PlannedAlternative& planned) {
  for (const ScenarioField& field : scenario_fields()) {
    if (field.key == "cache" || field.key == "pattern") {
      continue;
    }
    const std::string why = why_idle(planned.scenario, field.key);
    if (why.empty()) {
      continue;
    }
    const Scenario before = planned.scenario;
    reset_field(planned.scenario, field.key);
    if (before != planned.scenario && why_idle(original, field.key).empty()) {
      planned.left_out.push_back(
          fmt::format("With {}, {} is left out, as {}.", planned.scenario.pattern, field.key, why));
    }
  }
}

void leave_out_faults(PlannedAlternative& planned) {
  std::vector<NamedFault> live;
  for (const auto& [name, text] : planned.scenario.faults) {
    const FaultParts parts = parts_of_fault(planned.scenario, name, text);
    if (!parts.live.empty()) {
      live.emplace_back(name, parts.live);
    }
    if (!parts.first_idle.empty()) {
      const bool is_whole = parts.live.empty();
      planned.left_out.push_back(fmt::format("With {}, the fault {} is left out{}, as {}.", planned.scenario.pattern,
                                             name, is_whole ? "" : " in part", parts.why));
    }
  }
  planned.scenario.faults = std::move(live);
}

}  // namespace

Result<PlannedAlternative> with_pattern(const Scenario& scenario, const std::string& pattern) {
  if (const Result<void> known = check_pattern(pattern); !known) {
    return std::unexpected(known.error());
  }
  PlannedAlternative planned{.scenario = scenario};
  planned.scenario.pattern = pattern;
  planned.scenario.name = pattern;
  planned.scenario.has_cache = true;
  leave_out_needless_cache(planned.scenario);
  leave_out_settings(scenario, planned);
  leave_out_faults(planned);
  Result<void> valid = validate(planned.scenario);
  if (valid) {
    valid = validate_registered(planned.scenario);
  }
  if (!valid) {
    return failed(valid.error().code, fmt::format("with pattern {}: {}", pattern, valid.error().detail));
  }
  return planned;
}

Scenario at_another_write_share(const Scenario& scenario) {
  constexpr double often = 1.0 / 3;
  const double rate = scenario.read_rate + scenario.write_rate;
  const double share = scenario.write_rate / rate >= often ? 0.1 : 0.5;
  Scenario turned = scenario;
  turned.write_rate = rate * share;
  turned.read_rate = rate - turned.write_rate;
  turned.name = fmt::format("{}-{}-percent-writes", scenario.name, std::lround(share * 100));
  return turned;
}

}  // namespace stalemate
