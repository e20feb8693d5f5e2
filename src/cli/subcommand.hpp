// A subcommand: one file of src/cli that registers itself; the help text lists what is registered.
#pragma once

#include <memory>
#include <string_view>

#include "cli/exit_code.hpp"
#include "core/registry.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

/// Thread rule: the main thread.
class Subcommand {
 public:
  virtual ~Subcommand() = default;
  /// Declares options and arguments, bound to members of this object.
  virtual void describe(CLI::App& app) = 0;
  /// Does the job, after the command line was read into the members. Prints results to standard output, and one clear
  /// sentence to standard error where it fails.
  [[nodiscard]] virtual ExitCode run() = 0;
};

struct SubcommandInfo {
  std::string_view name;
  std::string_view summary;  ///< one line for the help
  std::unique_ptr<Subcommand> (*make)();
};

using SubcommandRegistry = Registry<SubcommandInfo>;

/// Registers `S` (default-constructible); one line at the end of the subcommand's file.
template <class S>
[[nodiscard]] bool register_subcommand(std::string_view name, std::string_view summary) {
  constexpr auto make = []() -> std::unique_ptr<Subcommand> { return std::make_unique<S>(); };
  return SubcommandRegistry::add(SubcommandInfo{name, summary, make});
}

}  // namespace stalemate
