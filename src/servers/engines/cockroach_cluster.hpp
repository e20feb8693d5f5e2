// A private CockroachDB: three insecure nodes on loopback, joined into one cluster.
#pragma once

#include <filesystem>
#include <memory>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct CockroachOptions {
  std::filesystem::path program = {};
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// Starts three nodes in link->folder()/cockroach, initialises the cluster and waits until every node answers a query.
/// Errors: those of KeptServer::start_first; unavailable when the binary is older than v20.1 or does not say its
/// version.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_cockroach(const std::shared_ptr<KeeperLink>& link,
                                                                  const CockroachOptions& options);

/// Its program has to be there.
extern const ServerKind cockroach_kind;
/// Where no program is named and none is in PATH, a PostgreSQL at SERIALIZABLE takes its place.
extern const ServerKind cockroach_or_postgres_kind;

}  // namespace stalemate
