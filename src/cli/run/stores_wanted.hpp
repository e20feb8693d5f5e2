// What the command line says of servers, and which private ones that asks for.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "scenario/scenario.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

class Waiting;

/// What the command line says of servers.
struct StoresWanted {
  std::vector<std::string> database_urls = {};  ///< empty: a private server; several are nodes of one cluster
  std::string replica_url = {};                 ///< of a standby of the database named; empty: a private server's own
  bool without_replica = false;                 ///< reads from a replica are reads of the row
  std::string cache_url = {};                   ///< empty: a private server, where the scenario has a cache
  std::string cockroach_path = {};              ///< empty: look in PATH
  bool replace_table = false;
  std::function<void(const std::string& words)> tell = {};  ///< called with what is being done; may be empty
  Waiting* waiting = nullptr;                               ///< told of what may take long; may be nullptr
};

/// Whether all URLs can be read. Errors: those of check_postgres_url and parse_redis_url.
[[nodiscard]] Result<void> check_urls(const StoresWanted& wanted);

/// Which database to start; none where the user named one.
[[nodiscard]] PrivateDatabase private_database_for(const Scenario& scenario, const StoresWanted& wanted);

/// "PostgreSQL and Redis"; empty where nothing has to be started.
[[nodiscard]] std::string names_of(const PrivateServersOptions& options);

}  // namespace stalemate
