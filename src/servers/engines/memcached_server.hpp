// A private memcached: with a login, on loopback, in memory only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

struct MemcachedServerOptions {
  std::filesystem::path program = {};
  std::uint32_t memory_mb = 64;  ///< for items; what does not fit evicts others
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// Its arguments behind the program. `logins` is a file of lines USER:PASSWORD.
[[nodiscard]] std::vector<std::string> memcached_arguments(std::uint16_t port, const std::filesystem::path& logins,
                                                           std::uint32_t memory_mb);

/// Starts it in link->folder()/memcached and waits until it answers. A killed one comes back empty.
/// Errors: those of KeptServer::start_first.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_memcached(const std::shared_ptr<KeeperLink>& link,
                                                                  const MemcachedServerOptions& options);

extern const ServerKind memcached_kind;

}  // namespace stalemate
