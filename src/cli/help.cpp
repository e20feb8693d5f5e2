// stalemate help [COMMAND]: the same as --help, where people look for it.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "core/text/nearest.hpp"

namespace stalemate {
namespace {

class Help final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app_ = &app;
    app.add_option("COMMAND", command_, "the command to explain; all commands if left out");
  }

  ExitCode run() override {
    const CLI::App& all = *app_->get_parent();
    if (command_.empty()) {
      // App::help would tell of the command that was given, which is this one.
      fmt::print("{}", all.get_formatter()->make_help(&all, all.get_name(), CLI::AppFormatMode::Normal));
      return ExitCode::ok;
    }
    std::vector<std::string_view> known;
    for (const SubcommandInfo& info : SubcommandRegistry::all()) {
      if (info.name == command_) {
        fmt::print("{}", all.get_subcommand(command_)->help(all.get_name()));
        return ExitCode::ok;
      }
      known.push_back(info.name);
    }
    return say(ExitCode::usage, fmt::format("'{}' is not a command{}; 'stalemate help' lists them", command_,
                                            did_you_mean(command_, known)));
  }

 private:
  const CLI::App* app_ = nullptr;
  std::string command_ = {};
};

[[maybe_unused]] const bool help_registered =
    register_subcommand<Help>("help", "what a command does, with its options");

}  // namespace
}  // namespace stalemate
