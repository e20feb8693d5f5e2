// A database and a cache that are started together under one keeper.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "core/error.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/private_servers.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct ServerGroup {
  std::shared_ptr<KeeperLink> link;
  std::unique_ptr<KeptServer> database;  ///< null: none asked for
  std::unique_ptr<KeptServer> cache;
  std::unique_ptr<KeptServer> replica;  ///< follows the database
};

/// The wanted servers, none where it is not wanted.
struct FoundServers {
  std::optional<FoundServer> database = {};
  std::optional<FoundServer> cache = {};
};

/// Finds everything before anything is started.
/// Errors: unavailable, naming what is missing.
[[nodiscard]] Result<FoundServers> find_servers(const PrivateServersOptions& options);

/// Starts a keeper for `folder` and the servers in parallel. On failure the keeper removes all.
/// Errors: those of start_private_servers.
[[nodiscard]] Result<ServerGroup> start_group(RunFolder folder, KeeperMode mode, const FoundServers& found,
                                              const PrivateServersOptions& options);

}  // namespace stalemate
