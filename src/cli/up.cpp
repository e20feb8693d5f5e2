// stalemate up before|after: private servers that stay up.
#include <fmt/core.h>

#include <CLI/App.hpp>

#include "cli/stores/stores_wanted.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/standing_text.hpp"
#include "cli/text/waiting.hpp"
#include "drivers/postgres/nodes/replication.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

class Up final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", scenario_, "whose servers to start: before, after or another scenario")->required();
    app.add_option("--cockroach", cockroach_, "the cockroach binary, if it is not in PATH");
  }

  ExitCode run() override {
    const Result<Scenario> scenario = load_scenario(scenario_);
    if (!scenario) {
      return say(scenario.error());
    }
    if (!cockroach_.empty() && scenario->database != "cockroach") {
      return say(ExitCode::usage,
                 fmt::format("--cockroach would not be used, as the database of {} is {}; leave it out", scenario->name,
                             scenario->database));
    }
    PrivateServersOptions options;
    options.database = database_of(*scenario).server;
    options.cache = scenario->has_cache ? cache_of(*scenario).server : nullptr;
    options.database_program = cockroach_;
    const Result<StandingServers> servers = started(scenario->name, std::move(options));
    if (!servers) {
      return say(servers.error());
    }
    await_replication(*servers);
    fmt::print("{}{}\nRun against them:  {}\nRemove them:       stalemate down {}\n",
               servers->was_up_already ? "Already up: " : "", stalemate::describe(*servers),
               run_command(scenario_, *servers) + (scenario->data ? " --use-existing-rows" : ""), scenario->name);
    return ExitCode::ok;
  }

 private:
  static Result<StandingServers> started(const std::string& name, PrivateServersOptions options) {
    Waiting waiting(name);
    waiting.next("starting its servers");
    options.on_ready = ready_list(waiting);
    return bring_up(name, options);
  }

  static Result<ReplicationWait> replicated(const PostgresOptions& options, unsigned nodes, const std::string& name) {
    Waiting waiting(name);
    waiting.next("waiting until the data is on all nodes");
    return wait_for_replication(options, ReplicationScope::cluster, nodes, replication_limit_ns,
                                [&waiting](const std::string& how_far) { waiting.reached(how_far); });
  }

  // Ready means that a node may die.
  static void await_replication(const StandingServers& standing) {
    for (const StandingServer& server : standing.servers) {
      if (server.facts.engine != "CockroachDB") {
        continue;
      }
      PostgresOptions options;
      options.url = server.facts.addresses.front().url;
      const auto nodes = static_cast<unsigned>(server.facts.addresses.size());
      const Result<ReplicationWait> wait = replicated(options, nodes, standing.name);
      if (!wait) {
        warn("it is not known whether the data is on more than one node: " + wait.error().detail);
      } else if (!wait->is_done()) {
        warn(stalemate::describe(*wait));
      } else {
        fmt::print(stderr, "{}: CockroachDB: {}\n", standing.name, stalemate::describe(*wait));
      }
    }
  }

  std::string scenario_ = {};
  std::string cockroach_ = {};
};

[[maybe_unused]] const bool up_registered =
    register_subcommand<Up>("up", "start private servers that stay up, and print how to reach them");

}  // namespace
}  // namespace stalemate
