// A private Redis, or a Valkey, which is the same but for its name: nothing on disk unless asked, with a password, on
// loopback and a unix socket.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/server_kind.hpp"

namespace stalemate {

/// How a server that speaks Redis's protocol is called.
struct RedisNames {
  std::string_view engine = "Redis";
  std::string_view file = "redis";  ///< in the names of its folder, programs and account
};

struct RedisServerOptions {
  std::filesystem::path program = {};
  RedisNames names = {};
  bool persists = false;  ///< an append-only file, synced every second
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// What its configuration file says. Requires: `password` and the paths hold no double quote or backslash.
[[nodiscard]] std::string redis_settings(std::uint16_t port, std::string_view password,
                                         const std::filesystem::path& socket, const std::filesystem::path& data,
                                         bool persists);

/// Starts it in a folder of link->folder() and waits until it answers.
/// Errors: those of KeptServer::start_first.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_redis(const std::shared_ptr<KeeperLink>& link,
                                                              const RedisServerOptions& options);

extern const ServerKind redis_kind;
extern const ServerKind valkey_kind;

}  // namespace stalemate
