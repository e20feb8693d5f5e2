// A private PostgreSQL: one cluster in its own folder, with a password, on loopback and a unix socket.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct PostgresServerOptions {
  PostgresPrograms programs = {};
  std::uint16_t clients = 512;  ///< connections to have room for
  std::string isolation = {};   ///< default_transaction_isolation, such as "serializable"; empty: the server's default
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// Makes a cluster in link->folder()/postgres, starts it and waits until it answers a query.
/// Errors: those of KeptServer::start_first; unavailable when initdb fails, with the end of its log.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_postgres(const std::shared_ptr<KeeperLink>& link,
                                                                 const PostgresServerOptions& options);

/// At the server's default isolation. Its replica is a hot standby.
extern const ServerKind postgres_kind;
/// At SERIALIZABLE; its replica, which knows no such transactions, at REPEATABLE READ.
extern const ServerKind serializable_postgres_kind;

}  // namespace stalemate
