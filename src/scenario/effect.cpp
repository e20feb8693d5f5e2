#include "scenario/effect.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "core/faults/call_names.hpp"
#include "core/pattern/pattern.hpp"
#include "core/text/words.hpp"
#include "scenario/fields.hpp"

namespace stalemate {
namespace {

constexpr RoleMask any_call = 0xff;

RoleMask calls_of(const Scenario& scenario) {
  const PatternInfo* pattern = PatternRegistry::find(scenario.pattern);
  if (pattern == nullptr) {
    return any_call;
  }
  return pattern->needs.feed == FeedKind::invalidations
             ? static_cast<RoleMask>(pattern->calls | find_call("push")->calls)
             : pattern->calls;
}

// "load, update"
std::string names_of(RoleMask calls) {
  std::string names;
  for (const CallName& call : call_names()) {
    const bool is_group = (call.calls & (call.calls - 1)) != 0;
    if (!is_group && (calls & call.calls) != 0) {
      names += (names.empty() ? "" : ", ") + std::string(call.name);
    }
  }
  return names;
}

// Why this part, as its fault reads it, can hit nothing.
std::string why_nothing_is_hit(const Scenario& scenario, const ConfiguredFault& fault) {
  for (const CallClause& clause : fault.clauses) {
    if ((clause.calls & calls_of(scenario)) == 0) {
      return "pattern " + scenario.pattern + " never makes such a call, only " + names_of(calls_of(scenario));
    }
  }
  for (const ServerEvent& event : fault.events) {
    if (event.target == Target::cache && !why_no_cache(scenario).empty()) {
      return why_no_cache(scenario);
    }
    const PatternInfo* pattern = PatternRegistry::find(scenario.pattern);
    if (leaves_standby_behind(event) && pattern != nullptr && pattern->needs.feed == FeedKind::change_log) {
      return "pattern " + scenario.pattern + " follows the database's log of changes, which ends with its server";
    }
    if (event.target == Target::replica && pattern != nullptr && !pattern->needs.replica) {
      return "pattern " + scenario.pattern + " reads from no replica";
    }
  }
  return {};
}

// "inventory (shop, sku), on_hand, version; entries inv:{shop}:{sku}, json:/on_hand"
std::string rows_in_words(const Dataset& data) {
  return data.table + " (" + joined(data.key) + "), " + data.value + (data.version.empty() ? "" : ", " + data.version) +
         "; entries " + data.entry + ", " + data.form;
}

}  // namespace

std::string why_no_cache(const Scenario& scenario) {
  if (!scenario.has_cache) {
    return "this scenario has no cache";
  }
  return (calls_of(scenario) & find_call("cache")->calls) == 0 ? "pattern " + scenario.pattern + " uses no cache" : "";
}

std::string why_idle(const Scenario& scenario, std::string_view key) {
  const Field* field = find_field(key);
  STALEMATE_ASSERT(field != nullptr, "only keys of the table have settings");
  return field->idle == nullptr ? std::string() : field->idle(scenario);
}

FaultParts parts_of_fault(const Scenario& scenario, std::string_view name, std::string_view text) {
  FaultParts parts;
  for (const std::string_view part : clauses_of_fault(text)) {
    const Result<ConfiguredFault> fault = configure_fault(name, part);
    const std::string why = fault ? why_nothing_is_hit(scenario, *fault) : std::string();
    if (why.empty()) {
      parts.live += (parts.live.empty() ? "" : ",") + std::string(part);
    } else if (parts.first_idle.empty()) {
      parts.first_idle = part;
      parts.why = why;
    }
  }
  return parts;
}

void reset_field(Scenario& scenario, std::string_view key) {
  const Field* field = find_field(key);
  STALEMATE_ASSERT(field != nullptr, "only keys of the table have settings");
  const Result<void> done = set_field(scenario, key, default_text(field->about));
  STALEMATE_ASSERT(done.has_value(), "defaults are in range");
}

Result<void> check_effects(const Scenario& scenario) {
  for (const Field& field : fields()) {
    const std::string why = why_idle(scenario, field.about.key);
    if (!why.empty() && field.show(scenario) != field.about.default_value) {
      return failed(ErrorCode::wrong_type, std::string(field.about.key) + ": " + field.show(scenario) +
                                               " would change nothing, as " + why + "; leave it out");
    }
  }
  for (const auto& [name, text] : scenario.faults) {
    const FaultParts parts = parts_of_fault(scenario, name, text);
    if (!parts.first_idle.empty()) {
      return failed(ErrorCode::wrong_type, "faults." + name + ": " + parts.first_idle + " can hit nothing, as " +
                                               parts.why + "; leave it out");
    }
  }
  return {};
}

std::vector<AskedSetting> asked_settings(const Scenario& scenario) {
  constexpr std::string_view place = "asked.";
  std::vector<AskedSetting> settings;
  for (const Field& field : fields()) {
    if (field.about.result.starts_with(place)) {
      const bool has_effect = why_idle(scenario, field.about.key).empty();
      settings.push_back({field.about.result.substr(place.size()), has_effect ? field.told(scenario) : SettingValue()});
    }
  }
  if (scenario.data) {
    settings.push_back({"data", rows_in_words(*scenario.data)});
  }
  return settings;
}

}  // namespace stalemate
