#include "cli/text/standing_text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cli/output/results_folder.hpp"
#include "core/engine.hpp"
#include "core/text/words.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// "up", "DEAD", or of a cluster "up, 1 of 3 nodes DEAD".
std::string state_of(const StandingServer& server) {
  if (server.dead_nodes.empty()) {
    return "up";
  }
  const std::size_t nodes = server.facts.pids.size();
  return nodes == 1
             ? "DEAD"
             : fmt::format("{}, {} of {} nodes DEAD", server.serves() ? "up" : "DEAD", server.dead_nodes.size(), nodes);
}

bool is_dead(const StandingServer& server, std::size_t node) {
  return std::ranges::find(server.dead_nodes, node) != server.dead_nodes.end();
}

}  // namespace

std::string describe(const StandingServers& servers) {
  std::string text = fmt::format("{}  (in {})\n", servers.name, servers.folder.string());
  for (const StandingServer& server : servers.servers) {
    text += fmt::format("  {} {}: {}\n", server.facts.engine, server.facts.version, state_of(server));
    for (std::size_t node = 0; node < server.facts.addresses.size(); ++node) {
      const ServerAddress& address = server.facts.addresses[node];
      const bool is_dead_node = server.facts.pids.size() > 1 && is_dead(server, node);
      text += fmt::format("    {}{}\n", address.url, is_dead_node ? "  (DEAD)" : "");
      if (!address.client_command.empty()) {
        text += fmt::format("    {}\n", address.client_command);
      }
      if (!address.console_url.empty()) {
        text += fmt::format("    console: {}\n", address.console_url);
      }
      text += fmt::format("    log: {}\n", address.log_path.string());
    }
  }
  return text;
}

std::string run_command(const std::string& scenario, const StandingServers& servers) {
  std::string passwords;
  std::string flags;
  for (const StandingServer& server : servers.servers) {
    const bool is_cache = server.role == "cache";
    const EngineInfo* const engine = engine_titled(server.facts.engine);
    const std::string_view variable = engine == nullptr ? std::string_view() : engine->password_variable;
    for (const ServerAddress& address : server.facts.addresses) {
      flags += fmt::format(" {} '{}'", is_cache ? "--cache" : "--db",
                           variable.empty() ? address.url : url_to_log_in(address.url));
    }
    const std::string& password = server.facts.addresses.front().password;
    if (!password.empty() && !variable.empty()) {
      passwords += fmt::format("{}={} ", variable, password);
    }
  }
  return fmt::format("{}stalemate run {}{}", passwords, shell_word(scenario), flags);
}

}  // namespace stalemate
