// Finds programs and starts servers in parallel.
#include "servers/server_group.hpp"

#include <future>
#include <utility>

#include "servers/engines/cockroach_cluster.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/postgres_standby.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/keeper/regardless.hpp"

namespace stalemate {
namespace {

using Started = Result<std::unique_ptr<KeptServer>>;

/// The errors of the servers that could not be started, in one sentence.
std::unexpected<Error> first_error(const Started& database, const Started& replica, const Started& cache) {
  return std::unexpected((!database ? database : !replica ? replica : cache).error());
}

Started start_database(const std::shared_ptr<KeeperLink>& link, const ServerPrograms& programs,
                       const PrivateServersOptions& options) {
  if (programs.database == PrivateDatabase::none) {
    return nullptr;
  }
  if (programs.database == PrivateDatabase::cockroach) {
    return start_cockroach(link, {.program = programs.cockroach, .ready_limit_ns = options.ready_limit_ns});
  }
  return start_postgres(link,
                        {.programs = programs.postgres,
                         .clients = options.clients,
                         .isolation = programs.database == PrivateDatabase::postgres_serializable ? "serializable" : "",
                         .ready_limit_ns = options.ready_limit_ns});
}

bool is_postgres(PrivateDatabase database) {
  return database == PrivateDatabase::postgres || database == PrivateDatabase::postgres_serializable;
}

/// Of `database`, which runs.
Started start_replica(const std::shared_ptr<KeeperLink>& link, const ServerPrograms& programs,
                      const PrivateServersOptions& options, const Started& database) {
  if (!options.replica || !is_postgres(programs.database) || !database) {
    return nullptr;
  }
  // A standby knows no serializable transactions.
  const bool serializable = programs.database == PrivateDatabase::postgres_serializable;
  return start_postgres_standby(link, {.programs = programs.postgres,
                                       .primary = (*database)->facts().addresses.front(),
                                       .isolation = serializable ? "repeatable read" : "",
                                       .ready_limit_ns = options.ready_limit_ns});
}

Started start_cache(const std::shared_ptr<KeeperLink>& link, const ServerPrograms& programs,
                    const PrivateServersOptions& options) {
  if (programs.redis.empty()) {
    return nullptr;
  }
  return start_redis(
      link, {.program = programs.redis, .persists = options.cache_persists, .ready_limit_ns = options.ready_limit_ns});
}

/// Tells that it answers, if it does.
Started told_of(Started server, std::string_view suffix, const PrivateServersOptions& options) {
  if (server && *server != nullptr && options.on_ready) {
    options.on_ready((*server)->facts().engine + std::string(suffix));
  }
  return server;
}

}  // namespace

Result<ServerPrograms> find_programs(const PrivateServersOptions& options) {
  ServerPrograms programs{.database = options.database};
  if (options.database == PrivateDatabase::cockroach || options.database == PrivateDatabase::cockroach_if_found) {
    Result<std::filesystem::path> found = find_cockroach(options.cockroach);
    // One named by hand has to be there; else SERIALIZABLE in PostgreSQL takes its place.
    if (!found && (options.database == PrivateDatabase::cockroach || !options.cockroach.empty())) {
      return std::unexpected(found.error());
    }
    programs.database = found ? PrivateDatabase::cockroach : PrivateDatabase::postgres_serializable;
    programs.cockroach = found ? std::move(*found) : std::filesystem::path{};
  }
  if (is_postgres(programs.database)) {
    Result<PostgresPrograms> found = find_postgres();
    if (!found) {
      return std::unexpected(found.error());
    }
    programs.postgres = std::move(*found);
    if (options.replica && programs.postgres.basebackup.empty()) {
      return failed(ErrorCode::unavailable, "a standby needs 'pg_basebackup' beside " +
                                                programs.postgres.postgres.native() +
                                                "; install the Debian package postgresql-client-15");
    }
  }
  if (options.cache) {
    Result<std::filesystem::path> found = find_redis();
    if (!found) {
      return std::unexpected(found.error());
    }
    programs.redis = std::move(*found);
  }
  return programs;
}

Result<ServerGroup> start_group(RunFolder folder, KeeperMode mode, const ServerPrograms& programs,
                                const PrivateServersOptions& options) {
  Result<std::shared_ptr<KeeperLink>> link = KeeperLink::start(std::move(folder), mode);
  if (!link) {
    return std::unexpected(link.error());
  }
  // Where there can be no further thread, one after the other.
  auto cache_to_be = std::async(std::launch::async | std::launch::deferred,
                                [&] { return told_of(start_cache(*link, programs, options), "", options); });
  Started database = told_of(start_database(*link, programs, options), "", options);
  Started replica = told_of(start_replica(*link, programs, options, database), " standby", options);
  Started cache = cache_to_be.get();
  if (!database || !replica || !cache) {
    regardless((*link)->finish());
    return first_error(database, replica, cache);
  }
  return ServerGroup{.link = std::move(*link),
                     .database = std::move(*database),
                     .cache = std::move(*cache),
                     .replica = std::move(*replica)};
}

}  // namespace stalemate
