// A private MariaDB: data in its own folder, with a password, on loopback and a unix socket.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct MariaDbServerOptions {
  MariaDbPrograms programs = {};
  std::uint16_t clients = 512;  ///< connections it must have room for
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// Makes the server's own tables in the server's folder: only the system's administrator may log in afterwards, by the
/// socket.
[[nodiscard]] std::vector<std::string> mariadb_install_arguments(const MariaDbPrograms& programs,
                                                                 const std::filesystem::path& folder);

/// No configuration file of the system's; a commit is on disk before it is answered; no log of changes.
[[nodiscard]] std::vector<std::string> mariadb_arguments(const MariaDbServerOptions& options,
                                                         const std::filesystem::path& folder, std::uint16_t port);

/// What the server runs before it listens, at every start: the database and its user, whose password this is.
[[nodiscard]] std::string mariadb_first_statements(std::string_view password);

/// Starts it in link->folder()/mariadb and waits until it answers.
/// Errors: those of KeptServer::start_first.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_mariadb(const std::shared_ptr<KeeperLink>& link,
                                                                const MariaDbServerOptions& options);

extern const ServerKind mariadb_kind;

}  // namespace stalemate
