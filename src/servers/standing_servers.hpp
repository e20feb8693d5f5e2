// Servers that stay up after the program ends: up, down and status.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// One server of a standing set. `role` is "database" or "cache".
struct StandingServer {
  std::string role = {};
  ServerFacts facts = {};
  std::vector<std::size_t> dead_nodes = {};  ///< indexes in facts.pids of processes that have ended

  /// Whether it can serve: of a cluster, more than half of the nodes run.
  [[nodiscard]] bool serves() const { return dead_nodes.size() * 2 < facts.pids.size(); }
};

/// The servers one `up` made.
struct StandingServers {
  std::string name = {};
  std::filesystem::path folder = {};
  bool was_up_already = false;
  std::vector<StandingServer> servers = {};  ///< database first
};

/// Starts servers under a name ("before", "after") and leaves them running. Where that name is up and all nodes of its
/// servers are alive, says so in `was_up_already` and gives the same addresses; where one is dead, all are removed and
/// created again.
/// A start that fails half-way leaves nothing.
/// Errors: as start_private_servers; wrong_type when the name holds anything but a-z, 0-9 and -.
/// Requires: run_keeper_if_asked was called by main.
[[nodiscard]] Result<StandingServers> bring_up(std::string_view name, const PrivateServersOptions& options);

/// Stops and removes what bring_up made under `name`, or under any name where it is empty, and nothing else: a process
/// counts as ours only if it was started when ours was. Returns what was taken down; empty if nothing was up.
/// Errors: unavailable when a process cannot be killed or a folder cannot be removed.
[[nodiscard]] Result<std::vector<StandingServers>> take_down(std::string_view name,
                                                             const std::filesystem::path& base_folder = {});

/// What bring_up made and take_down has not removed, sorted by name; may be empty.
[[nodiscard]] Result<std::vector<StandingServers>> standing_servers(const std::filesystem::path& base_folder = {});

}  // namespace stalemate
