// What the command line says of servers, and which private ones that asks for.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"
#include "scenario/scenario.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

class Waiting;

/// Private servers that are kept from one run to the next, for many runs one after the other. They are gone with this
/// object. Thread rule: that of the runs.
struct KeptServers {
  std::shared_ptr<PrivateServers> servers = {};  ///< empty until a run started some
  PrivateServersOptions options = {};            ///< that they were started with

  /// Whether they are what a run wants; a cache that it does not want may idle, but not a replica, which would make the
  /// database work.
  [[nodiscard]] bool serve(const PrivateServersOptions& wanted) const;
};

/// What the command line says of servers.
struct StoresWanted {
  std::vector<std::string> database_urls = {};  ///< empty: a private server; several are nodes of one cluster
  std::string database_engine = {};             ///< by name; empty: that of the URLs, or the scenario's
  std::string replica_url = {};                 ///< of a standby of the database named; empty: a private server's own
  bool without_replica = false;                 ///< reads from a replica are reads of the row
  std::string cache_url = {};                   ///< empty: a private server, where the scenario has a cache
  std::string cache_engine = {};                ///< as database_engine
  std::optional<std::string> no_database = {};  ///< what is no engine and no URL behind --db; else none
  std::optional<std::string> no_cache = {};     ///< the same behind --cache
  std::string cockroach_path = {};              ///< empty: look in PATH
  bool replace_table = false;
  bool use_existing_rows = false;          ///< of the table of the scenario's [data]
  std::string rows_folder = "runs";        ///< where what puts such rows back is kept
  std::shared_ptr<KeptServers> kept = {};  ///< where private servers are taken from and left; empty: of this run alone
  std::function<void(const std::string& words)> tell = {};  ///< called with what is being done; may be empty
  Waiting* waiting = nullptr;                               ///< told of what may take long; may be nullptr

  [[nodiscard]] bool names_database() const {
    return !database_urls.empty() || !database_engine.empty() || no_database;
  }
  [[nodiscard]] bool names_cache() const { return !cache_url.empty() || !cache_engine.empty() || no_cache; }
};

/// What stands behind --db: the name of an engine, of which a private server is wanted, or URLs.
void take_database(StoresWanted& wanted, const std::vector<std::string>& texts);
/// What stands behind --cache: the same, or one URL.
void take_cache(StoresWanted& wanted, const std::string& text);

/// Gives the scenario the engines that were named, or whose URLs were: the scenario's own where a URL may be of
/// several.
void use_engines(Scenario& scenario, const StoresWanted& wanted);

/// What the scenario's engine does. Requires: validate_registered.
[[nodiscard]] const DatabaseEngine& database_of(const Scenario& scenario);
[[nodiscard]] const CacheEngine& cache_of(const Scenario& scenario);

/// Whether each text behind --db and --cache is the name of an engine or looks like a URL. Errors: wrong_type, one
/// sentence.
[[nodiscard]] Result<void> check_words(const StoresWanted& wanted);
/// As check_words, and whether all URLs can be read, and do not stand beside the name of an engine. Errors: wrong_type,
/// one sentence; those of the scenario's engines.
[[nodiscard]] Result<void> check_urls(const Scenario& scenario, const StoresWanted& wanted);

/// "PostgreSQL and Redis"; empty where nothing has to be started.
[[nodiscard]] std::string names_of(const PrivateServersOptions& options);

}  // namespace stalemate
