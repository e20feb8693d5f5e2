// stalemate down [before|after]: removes what `up` made, and nothing else.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <algorithm>

#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/text/nearest.hpp"
#include "scenario/scenario.hpp"
#include "servers/standing_servers.hpp"

namespace stalemate {
namespace {

class Down final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", scenario_, "whose servers to stop; all of them if left out");
  }

  ExitCode run() override {
    if (const Result<void> known = check_name(); !known) {
      return say(known.error());
    }
    const Result<std::vector<StandingServers>> gone = taken_down();
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
  [[nodiscard]] Result<std::vector<StandingServers>> taken_down() const {
    Waiting waiting(scenario_);
    waiting.next("stopping its servers");
    return take_down(scenario_);
  }

  /// A name that is neither up nor a scenario's is a mistake. The user's own scenarios are not known by name.
  [[nodiscard]] Result<void> check_name() const {
    const Result<std::vector<StandingServers>> standing = standing_servers();
    if (!standing) {
      return std::unexpected(standing.error());
    }
    std::vector<std::string> names;
    for (const BuiltinScenario& scenario : builtin_scenarios()) {
      names.emplace_back(scenario.name);
    }
    for (const StandingServers& servers : *standing) {
      names.push_back(servers.name);
    }
    if (scenario_.empty() || std::ranges::find(names, scenario_) != names.end()) {
      return {};
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    return failed(ErrorCode::wrong_type, fmt::format("nothing is up under the name '{}'{}; 'stalemate status' shows "
                                                     "what is",
                                                     scenario_, did_you_mean(scenario_, known)));
  }

  std::string scenario_ = {};
};

[[maybe_unused]] const bool down_registered = register_subcommand<Down>("down", "stop and remove what 'up' started");

}  // namespace
}  // namespace stalemate
