#include "core/engine.hpp"

#include <algorithm>
#include <array>

namespace stalemate {
namespace {

constexpr std::array<AbilityName, ability_count> of_abilities = {{
    {Ability::row_versions, "row-versions", "row versions"},
    {Ability::outbox, "outbox", "an outbox in the database"},
    {Ability::change_log, "change-log", "the database's log of changes"},
    {Ability::replica, "replica", "a replica"},
    {Ability::nodes, "nodes", "a cluster of several nodes"},
    {Ability::rollback, "rollback", "writes that the database rolls back"},
    {Ability::leases, "leases", "leases in the cache"},
    {Ability::commands, "commands", "cache commands"},
    {Ability::queue, "queue", "a queue in the cache"},
    {Ability::pushes, "pushes", "pushes of the cache"},
    {Ability::eviction, "eviction", "entries that are dropped on purpose"},
    {Ability::restore, "restore", "a copy of the cache that is put back"},
    {Ability::persistence, "persistence", "a restart with what the cache held"},
    {Ability::cut, "cut", "connections that are cut off"},
    {Ability::failover, "failover", "a failover that loses writes"},
    {Ability::milliseconds, "milliseconds", "times to live in milliseconds"},
    {Ability::datasets, "datasets", "tables and entries of the user's own design"},
    {Ability::deletes, "deletes", "an order of writes that outlives a deleted row"},
}};

AbilityMask of_feed(FeedKind feed, Store role) {
  const bool is_database = role == Store::database;
  switch (feed) {
    case FeedKind::outbox: return is_database ? abilities_of(Ability::outbox) : AbilityMask{0};
    case FeedKind::change_log: return is_database ? abilities_of(Ability::change_log) : AbilityMask{0};
    case FeedKind::cache_queue: return is_database ? AbilityMask{0} : abilities_of(Ability::queue);
    case FeedKind::invalidations: return is_database ? AbilityMask{0} : abilities_of(Ability::pushes);
    case FeedKind::local_queue:
    case FeedKind::none: break;
  }
  return 0;
}

AbilityMask of_event(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEventKind::cut:
    case ServerEventKind::mend: return abilities_of(Ability::cut);
    case ServerEventKind::evict:
    case ServerEventKind::evict_end:
    case ServerEventKind::expire:
    case ServerEventKind::expire_end: return abilities_of(Ability::eviction);
    case ServerEventKind::remember:
    case ServerEventKind::put_back:
      return abilities_of(event.target == Target::database ? Ability::failover : Ability::restore);
    default: return event.keeps_data ? abilities_of(Ability::persistence) : AbilityMask{0};
  }
}

bool has_scheme(const EngineInfo& engine, std::string_view scheme) {
  return std::ranges::find(engine.schemes, scheme) != engine.schemes.end();
}

}  // namespace

std::span<const AbilityName> ability_names() {
  return of_abilities;
}

std::string names_of(AbilityMask abilities) {
  std::string text;
  for (const AbilityName& one : of_abilities) {
    if ((abilities & abilities_of(one.ability)) != 0) {
      text += (text.empty() ? "" : ", ") + std::string(one.name);
    }
  }
  return text;
}

const EngineInfo* find_engine(std::string_view name, Store role) {
  const EngineInfo* const engine = EngineRegistry::find(name);
  return engine != nullptr && engine->role() == role ? engine : nullptr;
}

const EngineInfo* engine_titled(std::string_view title) {
  const auto all = EngineRegistry::all();
  const auto found = std::ranges::find(all, title, &EngineInfo::title);
  return found == all.end() ? nullptr : &*found;
}

const EngineInfo* engine_for_scheme(std::string_view scheme, Store role, std::string_view preferred) {
  for (const std::string_view name : {preferred, scheme}) {
    if (const EngineInfo* const engine = find_engine(name, role); engine != nullptr && has_scheme(*engine, scheme)) {
      return engine;
    }
  }
  const auto all = EngineRegistry::all();
  const auto first = std::ranges::find_if(
      all, [&](const EngineInfo& engine) { return engine.role() == role && has_scheme(engine, scheme); });
  return first == all.end() ? nullptr : &*first;
}

std::vector<std::string_view> engine_names(Store role) {
  std::vector<std::string_view> all;
  for (const EngineInfo& engine : EngineRegistry::all()) {
    if (engine.role() == role) {
      all.push_back(engine.name);
    }
  }
  return all;
}

AbilityMask needed_by(const PatternInfo& pattern, Store role) {
  AbilityMask needed = of_feed(pattern.needs.feed, role);
  if (role == Store::database) {
    needed |= pattern.needs.row_versions ? abilities_of(Ability::row_versions) : AbilityMask{0};
    needed |= pattern.needs.replica ? abilities_of(Ability::replica) : AbilityMask{0};
    return needed;
  }
  switch (pattern.needs.cache_calls) {
    case CacheCalls::plain: break;
    case CacheCalls::leases: needed |= abilities_of(Ability::leases); break;
    case CacheCalls::commands: needed |= abilities_of(Ability::commands); break;
  }
  return needed;
}

AbilityMask needed_by(const ConfiguredFault& fault, Store role) {
  AbilityMask needed = 0;
  for (const CallClause& clause : fault.clauses) {
    needed |= role == Store::database && clause.trouble.refused ? abilities_of(Ability::rollback) : AbilityMask{0};
  }
  for (const ServerEvent& event : fault.events) {
    const Store store = event.target == Target::cache ? Store::cache : Store::database;
    needed |= store == role ? of_event(event) : AbilityMask{0};
  }
  return needed;
}

}  // namespace stalemate
