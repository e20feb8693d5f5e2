// What `up`, `status` and `down` say of standing servers.
#pragma once

#include <string>
#include <vector>

#include "servers/standing_servers.hpp"

namespace stalemate {

/// A block a set of servers: each with engine and version, and for each node its URL, the exact psql or
/// redis-cli line, its console and its log.
[[nodiscard]] std::string describe(const StandingServers& servers);

/// The flags that make `stalemate run` use them: --db URL --cache URL.
[[nodiscard]] std::string flags_for(const StandingServers& servers);

}  // namespace stalemate
