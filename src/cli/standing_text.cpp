#include "cli/standing_text.hpp"

#include <fmt/core.h>

namespace stalemate {

std::string describe(const StandingServers& servers) {
  std::string text = fmt::format("{}  (in {})\n", servers.name, servers.folder.string());
  for (const StandingServer& server : servers.servers) {
    text += fmt::format("  {} {}: {}\n", server.facts.engine, server.facts.version, server.alive ? "up" : "DEAD");
    for (const ServerAddress& address : server.facts.addresses) {
      text += fmt::format("    {}\n    {}\n", address.url, address.client_command);
    }
    text += fmt::format("    log: {}\n", server.facts.log_path.string());
  }
  return text;
}

std::string flags_for(const StandingServers& servers) {
  std::string flags;
  for (const StandingServer& server : servers.servers) {
    for (const ServerAddress& address : server.facts.addresses) {
      flags += fmt::format(" {} '{}'", server.role == "cache" ? "--cache" : "--db", address.url);
    }
  }
  return flags;
}

}  // namespace stalemate
