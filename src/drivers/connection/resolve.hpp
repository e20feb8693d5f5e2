// Host names to addresses, ahead of any connection.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace stalemate {

/// One address to connect to, as the kernel wants it.
struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t length = 0;
  [[nodiscard]] const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
  /// The numeric address without the port, such as "127.0.0.1"; empty for a unix socket.
  [[nodiscard]] std::string numeric_host() const;
};

/// The addresses of a host, best first, never empty. Blocks for as long as the system's resolver does.
/// Errors: ErrorCode::connection_refused, outcome fail, a sentence that names the host.
[[nodiscard]] Result<std::vector<SocketAddress>> resolve_host(const std::string& host, std::uint16_t port);

/// The address of a unix socket.
/// Errors: ErrorCode::wrong_type, outcome fail: the path is longer than the system allows.
[[nodiscard]] Result<SocketAddress> unix_socket_address(const std::string& path);

}  // namespace stalemate
