// What starting any server needs: a free port, the end of its log, and the reading of why it failed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"

namespace stalemate {

/// The kernel's range of ports for outgoing connections, as in /proc/sys/net/ipv4/ip_local_port_range ("32768 60999");
/// nothing if the text is no such range.
[[nodiscard]] std::optional<std::pair<std::uint16_t, std::uint16_t>> parse_port_range(std::string_view text);

/// Ports `first` to `last` that servers may take, both included.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

/// The larger of the two ranges outside the outgoing one, between 10,000 and 65,535; all of them if neither holds at
/// least 1,000. Outside, because a client that tries again and again to reach a dead server's port within it may be
/// given that very port to call from, connect to itself, and keep the server from coming back.
[[nodiscard]] PortRange server_ports(std::optional<std::pair<std::uint16_t, std::uint16_t>> outgoing);

/// A port nobody listened on at 127.0.0.1 a moment ago, at random. It may be taken before you get there.
/// Errors: unavailable when 1,000 tries found none.
[[nodiscard]] Result<std::uint16_t> free_port();

/// The last `lines_max` lines of a file from byte `offset` on, without the final newline; empty if it cannot be read.
/// At most 16 KiB.
[[nodiscard]] std::string log_tail(const std::filesystem::path& path, std::uintmax_t offset, int lines_max = 12);

/// "; the end of its log:" and the lines, or "; it logged nothing": what ends a sentence about a failure.
[[nodiscard]] std::string log_phrase(std::string_view tail);

/// Whether a server's log says that its port was taken.
[[nodiscard]] bool says_port_taken(std::string_view log);

/// `text` with everything but A-Z a-z 0-9 - . _ ~ written as %XX.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace stalemate
