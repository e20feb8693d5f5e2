// On which ports a session of processes listens.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// The sockets that listen in a text of /proc/net/tcp or tcp6: port by inode. Lines that are none are left out.
[[nodiscard]] std::map<std::uint64_t, std::uint16_t> listening_sockets_in(std::string_view text);

/// TCP ports on which these processes listen, sorted, each once; empty where we may not see it.
[[nodiscard]] std::vector<std::uint16_t> listening_ports_of(std::span<const pid_t> pids);

}  // namespace stalemate
