// stalemate down [before|after]: removes what `up` made, and nothing else.
#include <fmt/core.h>

#include <CLI/App.hpp>

#include "cli/say.hpp"
#include "cli/subcommand.hpp"
#include "servers/standing_servers.hpp"

namespace stalemate {
namespace {

class Down final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", scenario_, "whose servers; all of them if left out");
  }

  ExitCode run() override {
    const Result<std::vector<StandingServers>> gone = take_down(scenario_);
    if (!gone) {
      return say(gone.error());
    }
    for (const StandingServers& servers : *gone) {
      fmt::print("{}: {} server{} stopped, {} removed\n", servers.name, servers.servers.size(),
                 servers.servers.size() == 1 ? "" : "s", servers.folder.string());
    }
    if (gone->empty()) {
      fmt::print("nothing was up{}\n", scenario_.empty() ? "" : " under the name " + scenario_);
    }
    return ExitCode::ok;
  }

 private:
  std::string scenario_ = {};
};

[[maybe_unused]] const bool registered = register_subcommand<Down>("down", "stop and remove what 'up' started");

}  // namespace
}  // namespace stalemate
