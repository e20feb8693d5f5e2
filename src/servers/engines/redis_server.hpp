// A private Redis: nothing on disk unless asked, with a password, on loopback and a unix socket.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/types.hpp"
#include "servers/keeper/keeper_link.hpp"
#include "servers/keeper/kept_server.hpp"

namespace stalemate {

struct RedisServerOptions {
  std::filesystem::path program = {};
  bool persists = false;  ///< an append-only file, synced every second
  Nanoseconds ready_limit_ns = 60'000'000'000;
};

/// What its configuration file says. Requires: `password` and the paths hold no double quote or backslash.
[[nodiscard]] std::string redis_settings(std::uint16_t port, std::string_view password,
                                         const std::filesystem::path& socket, const std::filesystem::path& data,
                                         bool persists);

/// Starts it in link->folder()/redis and waits until it answers.
/// Errors: those of KeptServer::start_first.
[[nodiscard]] Result<std::unique_ptr<KeptServer>> start_redis(const std::shared_ptr<KeeperLink>& link,
                                                              const RedisServerOptions& options);

}  // namespace stalemate
