// What `up`, `status` and `down` say of standing servers.
#pragma once

#include <string>
#include <vector>

#include "servers/standing_servers.hpp"

namespace stalemate {

/// A block a set of servers: each with engine and version, and for each node its URL, the exact psql or
/// redis-cli line and its console, where there are such, and its log.
[[nodiscard]] std::string describe(const StandingServers& servers);

/// The line for a shell that runs the scenario on them: stalemate run SCENARIO --db URL --cache URL, with the passwords
/// in its environment, where no list of processes shows them; in the URL of an engine that looks for none there.
[[nodiscard]] std::string run_command(const std::string& scenario, const StandingServers& servers);

}  // namespace stalemate
