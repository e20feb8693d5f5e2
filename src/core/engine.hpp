// An engine: a kind of database or cache. Each is a folder of src/engines/ and one registration.
//
// What stands here is what everybody may ask of an engine: how it is called and what it can do. What it does on real
// servers is in engines/database_engine.hpp and engines/cache_engine.hpp.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/faults/fault.hpp"
#include "core/op.hpp"
#include "core/pattern/pattern.hpp"
#include "core/registry.hpp"

namespace stalemate {

struct DatabaseEngine;
struct CacheEngine;

/// What an engine may be able to do beyond reading and writing rows, or entries.
enum class Ability : std::uint8_t {
  row_versions,  ///< of a database: every row read or written tells its version
  outbox,        ///< write_with_message, and the feed of such messages
  change_log,    ///< its log of committed changes, as a feed
  replica,       ///< a standby that follows it can be read from, and a private one be started and held back
  nodes,         ///< several servers make one cluster; a session whose node is lost takes another
  rollback,      ///< write_rolled_back
  leases,        ///< of a cache: cache commands for leases
  commands,      ///< any cache command
  queue,         ///< cache commands may queue a key, and the queue is a feed
  pushes,        ///< tells which entries were changed or removed, as a feed
  eviction,      ///< what it keeps of a key can be dropped, as if evicted or expired
  restore,       ///< a copy of what it holds can be taken aside and put back
  persistence,   ///< a private one can come back from a restart with what it held
  cut,           ///< of both: a private one can be cut off from its clients
  failover,      ///< of a database: a private one fails over to a standby that lacks the last writes
  milliseconds,  ///< of a cache: it counts the lives of plain entries and leased ones in them, not in whole seconds
  datasets,      ///< of both: the rows or entries may be of the user's own design (core/dataset.hpp)
  deletes,       ///< of a database: rows are deleted and inserted again, and told in which order
};
inline constexpr std::size_t ability_count = 18;

/// A set of abilities, one bit each.
using AbilityMask = std::uint32_t;
static_assert(ability_count <= std::numeric_limits<AbilityMask>::digits);
template <class... Abilities>
[[nodiscard]] constexpr AbilityMask abilities_of(Abilities... abilities) {
  return static_cast<AbilityMask>((0U | ... | (1U << static_cast<unsigned>(abilities))));
}

/// How an ability is called, such as "outbox", and what it is in a sentence: "an outbox in the database".
struct AbilityName {
  Ability ability;
  std::string_view name;
  std::string_view phrase;
};
/// In the order of Ability. All live forever.
[[nodiscard]] std::span<const AbilityName> ability_names();
/// "outbox, change-log"; empty where there is none.
[[nodiscard]] std::string names_of(AbilityMask abilities);

/// What the registry says of an engine. Exactly one of `database` and `cache` is there, and lives forever.
struct EngineInfo {
  std::string_view name;                       ///< in scenarios, and after --db or --cache, such as "postgres"
  std::string_view title;                      ///< as its servers call themselves, such as "PostgreSQL"
  std::vector<std::string_view> schemes = {};  ///< of URLs that name its servers, such as "postgres"
  std::string_view url_form = {};              ///< such as "postgres://USER:PASSWORD@HOST:PORT/DATABASE"
  std::string_view password_variable = {};     ///< of the environment, for URLs that have no password
  AbilityMask abilities = 0;
  const DatabaseEngine* database = nullptr;
  const CacheEngine* cache = nullptr;

  [[nodiscard]] Store role() const { return database != nullptr ? Store::database : Store::cache; }
  [[nodiscard]] bool can(Ability ability) const { return (abilities & abilities_of(ability)) != 0; }
};

using EngineRegistry = Registry<EngineInfo>;

/// The engine of that name and role, or nullptr.
[[nodiscard]] const EngineInfo* find_engine(std::string_view name, Store role);
/// The engine whose servers call themselves so, or nullptr.
[[nodiscard]] const EngineInfo* engine_titled(std::string_view title);
/// The engine of that role whose servers a URL of this scheme names, or nullptr. Of several the one called `preferred`,
/// else the one that has the scheme for its name, else the first.
[[nodiscard]] const EngineInfo* engine_for_scheme(std::string_view scheme, Store role, std::string_view preferred);
/// The names of all of that role, sorted.
[[nodiscard]] std::vector<std::string_view> engine_names(Store role);

/// What a pattern needs a store of that role to be able to do.
[[nodiscard]] AbilityMask needed_by(const PatternInfo& pattern, Store role);
/// What a fault needs it to be able to do.
[[nodiscard]] AbilityMask needed_by(const ConfiguredFault& fault, Store role);

}  // namespace stalemate
