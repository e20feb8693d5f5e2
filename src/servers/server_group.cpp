// Finds programs and starts servers in parallel.
#include "servers/server_group.hpp"

#include <future>
#include <utility>

#include "servers/keeper/regardless.hpp"

namespace stalemate {
namespace {

/// The errors of the servers that could not be started, in one sentence.
std::unexpected<Error> first_error(const StartedServer& database, const StartedServer& replica,
                                   const StartedServer& cache) {
  return std::unexpected((!database ? database : !replica ? replica : cache).error());
}

StartedServer start_one(const std::optional<FoundServer>& server, const std::shared_ptr<KeeperLink>& link) {
  return server ? server->start(link) : nullptr;
}

/// Of `database`, which runs.
StartedServer start_replica(const std::shared_ptr<KeeperLink>& link, const FoundServers& found,
                            const PrivateServersOptions& options, const StartedServer& database) {
  if (!options.replica || !database || *database == nullptr || !found.database->start_replica) {
    return nullptr;
  }
  return found.database->start_replica(link, (*database)->facts());
}

/// Tells that it answers, if it does.
StartedServer told_of(StartedServer server, std::string_view suffix, const PrivateServersOptions& options) {
  if (server && *server != nullptr && options.on_ready) {
    options.on_ready((*server)->facts().engine + std::string(suffix));
  }
  return server;
}

}  // namespace

Result<FoundServers> find_servers(const PrivateServersOptions& options) {
  FoundServers all;
  if (options.database != nullptr) {
    Result<FoundServer> found = options.database->find({.clients = options.clients,
                                                        .with_replica = options.replica,
                                                        .program = options.database_program,
                                                        .ready_limit_ns = options.ready_limit_ns});
    if (!found) {
      return std::unexpected(found.error());
    }
    all.database = std::move(*found);
  }
  if (options.cache != nullptr) {
    Result<FoundServer> found =
        options.cache->find({.persists = options.cache_persists, .ready_limit_ns = options.ready_limit_ns});
    if (!found) {
      return std::unexpected(found.error());
    }
    all.cache = std::move(*found);
  }
  return all;
}

Result<ServerGroup> start_group(RunFolder folder, KeeperMode mode, const FoundServers& found,
                                const PrivateServersOptions& options) {
  Result<std::shared_ptr<KeeperLink>> link = KeeperLink::start(std::move(folder), mode);
  if (!link) {
    return std::unexpected(link.error());
  }
  // Where there can be no further thread, one after the other.
  auto cache_to_be = std::async(std::launch::async | std::launch::deferred,
                                [&] { return told_of(start_one(found.cache, *link), "", options); });
  StartedServer database = told_of(start_one(found.database, *link), "", options);
  StartedServer replica = told_of(start_replica(*link, found, options, database), " standby", options);
  StartedServer cache = cache_to_be.get();
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
