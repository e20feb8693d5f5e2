// stalemate status: what `up` started and is still there.
#include <fmt/core.h>

#include <CLI/App.hpp>

#include "cli/say.hpp"
#include "cli/standing_text.hpp"
#include "cli/subcommand.hpp"

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
    return ExitCode::ok;
  }
};

[[maybe_unused]] const bool registered =
    register_subcommand<Status>("status", "what 'up' started, and whether it lives");

}  // namespace
}  // namespace stalemate
