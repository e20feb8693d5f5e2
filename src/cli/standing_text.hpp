// What `up`, `status` and `down` say of standing servers.
#pragma once

#include <string>
#include <vector>

#include "servers/standing_servers.hpp"

namespace stalemate {

/// A block a set of servers: each with engine, version, URL, and the exact psql or redis-cli line.
[[nodiscard]] std::string describe(const StandingServers& servers);

/// The flags that make `stalemate run` use them: --db URL --cache URL.
[[nodiscard]] std::string flags_for(const StandingServers& servers);

}  // namespace stalemate
