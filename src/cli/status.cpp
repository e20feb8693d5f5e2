// stalemate status: what `up` started and is still there.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>

#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/standing_text.hpp"

namespace stalemate {
namespace {

class Status final : public Subcommand {
 public:
  void describe(CLI::App&) override {}

  ExitCode run() override {
    const Result<std::vector<StandingServers>> standing = standing_servers();
    if (!standing) {
      return say(standing.error());
    }
    for (const StandingServers& servers : *standing) {
      fmt::print("{}", stalemate::describe(servers));
    }
    if (standing->empty()) {
      fmt::print("nothing is up; 'stalemate up before' starts servers that stay\n");
    }
    return verdict(*standing);
  }

 private:
  static ExitCode verdict(const std::vector<StandingServers>& standing) {
    ExitCode code = ExitCode::ok;
    for (const StandingServers& servers : standing) {
      const auto dead = std::ranges::count(servers.servers, false, &StandingServer::serves);
      if (dead > 0) {
        code = say(ExitCode::server_unavailable,
                   fmt::format("{}: {} of {} servers dead; 'stalemate up {}' makes them anew, 'stalemate down {}' "
                               "removes what is left",
                               servers.name, dead, servers.servers.size(), servers.name, servers.name));
        continue;
      }
      for (const StandingServer& server : servers.servers) {
        if (!server.dead_nodes.empty()) {
          warn(fmt::format("{}: {} of the {} nodes of {} dead, the others serve; 'stalemate up {}' makes all anew",
                           servers.name, server.dead_nodes.size(), server.facts.pids.size(), server.facts.engine,
                           servers.name));
        }
      }
    }
    return code;
  }
};

[[maybe_unused]] const bool status_registered =
    register_subcommand<Status>("status", "what 'up' started, and whether it is running");

}  // namespace
}  // namespace stalemate
