#include "scenario/engine_check.hpp"

#include <string>
#include <vector>

#include "core/engine.hpp"
#include "core/pattern/pattern.hpp"
#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "scenario/data_section.hpp"

namespace stalemate {
namespace {

/// The engines of a scenario. `cache` is nullptr where it has none.
struct Engines {
  const EngineInfo* database = nullptr;
  const EngineInfo* cache = nullptr;
};

Result<const EngineInfo*> engine_of(std::string_view key, const std::string& name, Store role) {
  if (const EngineInfo* const engine = find_engine(name, role)) {
    return engine;
  }
  return failed(ErrorCode::wrong_type, std::string(key) + ": there is no " +
                                           std::string(role == Store::database ? "database" : "cache") + " engine '" +
                                           name + "'" + did_you_mean_of(name, engine_names(role)));
}

AbilityMask lacking(const EngineInfo& engine, AbilityMask needed) {
  return needed & ~engine.abilities;
}

bool uses_cache(const PatternInfo& pattern) {
  return pattern.entry_after_write != EntryAfterWrite::no_cache;
}

bool can_run(const Engines& engines, const PatternInfo& pattern) {
  return lacking(*engines.database, needed_by(pattern, Store::database)) == 0 &&
         (!uses_cache(pattern) ||
          (engines.cache != nullptr && lacking(*engines.cache, needed_by(pattern, Store::cache)) == 0));
}

// "a, b and c"
std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (std::size_t place = 0; place < names.size(); ++place) {
    text += place == 0 ? "" : place + 1 == names.size() ? " and " : ", ";
    text += names[place];
  }
  return text;
}

std::string phrases_of(AbilityMask abilities) {
  std::vector<std::string_view> phrases;
  for (const AbilityName& one : ability_names()) {
    if ((abilities & abilities_of(one.ability)) != 0) {
      phrases.push_back(one.phrase);
    }
  }
  return listed(phrases);
}

std::string patterns_that_work(const Engines& engines) {
  std::vector<std::string_view> names;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    if (can_run(engines, pattern)) {
      names.push_back(pattern.name);
    }
  }
  return listed(names);
}

Result<void> check_pattern(const Scenario& scenario, const Engines& engines) {
  const PatternInfo& pattern = *PatternRegistry::find(scenario.pattern);
  for (const EngineInfo* const engine : {engines.database, engines.cache}) {
    const AbilityMask missing =
        engine == nullptr ? AbilityMask{0} : lacking(*engine, needed_by(pattern, engine->role()));
    if (missing != 0) {
      return failed(ErrorCode::wrong_type, "pattern: '" + scenario.pattern + "' needs " + phrases_of(missing) +
                                               ", which " + std::string(engine->title) +
                                               " does not have; with it work " + patterns_that_work(engines));
    }
  }
  return {};
}

Result<void> check_faults(const Scenario& scenario, const Engines& engines) {
  for (const auto& [name, text] : scenario.faults) {
    const Result<ConfiguredFault> fault = configure_fault(name, text);
    for (const EngineInfo* const engine : {engines.database, engines.cache}) {
      const AbilityMask missing =
          engine == nullptr || !fault ? AbilityMask{0} : lacking(*engine, needed_by(*fault, engine->role()));
      if (missing != 0) {
        return failed(ErrorCode::wrong_type, "faults." + name + ": it needs " + phrases_of(missing) + ", which " +
                                                 std::string(engine->title) +
                                                 " does not have; leave it out, or name another engine");
      }
    }
  }
  return {};
}

// Where a pattern uses commands, each entry's end stands beside it, to the millisecond.
Result<void> check_time_to_live(const Scenario& scenario, const Engines& engines) {
  constexpr Nanoseconds whole_second_ns = 1'000'000'000;
  const PatternInfo& pattern = *PatternRegistry::find(scenario.pattern);
  const bool is_counted_by_cache = uses_cache(pattern) && pattern.needs.cache_calls != CacheCalls::commands;
  const Nanoseconds life_ns = scenario.time_to_live_ns;
  if (engines.cache == nullptr || engines.cache->can(Ability::milliseconds) || !is_counted_by_cache ||
      life_ns % whole_second_ns == 0) {
    return {};
  }
  const Nanoseconds next_ns = (life_ns / whole_second_ns + 1) * whole_second_ns;
  return failed(ErrorCode::wrong_type, "time_to_live: " + format_duration(life_ns) + " needs " +
                                           phrases_of(abilities_of(Ability::milliseconds)) + ", which " +
                                           std::string(engines.cache->title) +
                                           " does not have: it counts whole seconds; write " +
                                           format_duration(next_ns) + ", or name another engine");
}

}  // namespace

Result<void> check_engines(const Scenario& scenario) {
  const Result<const EngineInfo*> database = engine_of("database", scenario.database, Store::database);
  if (!database) {
    return std::unexpected(database.error());
  }
  Engines engines = {.database = *database};
  const Result<const EngineInfo*> cache = engine_of("cache_engine", scenario.cache_engine, Store::cache);
  if (!cache) {
    return std::unexpected(cache.error());
  }
  engines.cache = scenario.has_cache ? *cache : nullptr;
  Result<void> fine = check_pattern(scenario, engines);
  if (fine) {
    fine = check_faults(scenario, engines);
  }
  if (fine) {
    fine = check_time_to_live(scenario, engines);
  }
  return fine ? check_data(scenario) : fine;
}

}  // namespace stalemate
