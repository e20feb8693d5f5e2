// A database and a cache that are started together under one keeper.
#pragma once

#include <filesystem>
#include <memory>

#include "core/error.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

struct ServerGroup {
  std::shared_ptr<KeeperLink> link;
  std::unique_ptr<KeptServer> database;  ///< null: none asked for
  std::unique_ptr<KeptServer> cache;
  std::unique_ptr<KeptServer> replica;  ///< follows the database
};

/// Where each wanted server's program is. Empty where it is not wanted.
struct ServerPrograms {
  PrivateDatabase database = PrivateDatabase::none;  ///< never cockroach_if_found: that is decided here
  PostgresPrograms postgres = {};
  std::filesystem::path cockroach = {};
  std::filesystem::path redis = {};
};

/// Finds everything before anything is started.
/// Errors: unavailable, naming what is missing.
[[nodiscard]] Result<ServerPrograms> find_programs(const PrivateServersOptions& options);

/// Starts a keeper for `folder` and the servers in parallel. On failure the keeper removes all.
/// Errors: those of start_private_servers.
[[nodiscard]] Result<ServerGroup> start_group(RunFolder folder, KeeperMode mode, const ServerPrograms& programs,
                                              const PrivateServersOptions& options);

}  // namespace stalemate
