// A hot standby of a private PostgreSQL: a copy that follows its log and answers reads.
#pragma once

#include <memory>
#include <string>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"

namespace stalemate {

struct PostgresStandbyOptions {
  PostgresPrograms programs = {};
  ServerAddress primary = {};  ///< running; the standby knows its user and password
  std::string isolation = {};  ///< default_transaction_isolation; empty: the primary's, which must not be serializable
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// Copies the primary into link->folder()/standby by pg_basebackup, starts the copy, which streams the primary's log
/// from then on, and waits until it answers a query. It follows asynchronously: a commit is read there a little later.
/// Errors: those of KeptServer::start_first; unavailable when pg_basebackup fails, with the end of its log.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_postgres_standby(const std::shared_ptr<KeeperLink>& link,
                                                                         const PostgresStandbyOptions& options);

}  // namespace stalemate
