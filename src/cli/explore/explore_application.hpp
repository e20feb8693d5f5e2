// explore and replay of a user's own service, which a file describes.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/output/ci_flags.hpp"
#include "cli/text/explore_text.hpp"
#include "core/types.hpp"
#include "explore/application/application_exploration.hpp"

namespace stalemate {

/// What is asked of an exploration.
struct ApplicationOrder {
  std::string file = {};
  Nanoseconds budget_ns = 60'000'000'000;
  std::vector<Scope> scopes = {};  ///< empty: growing ones, for as long as there is time
  bool grows = false;              ///< set where the scopes are growing ones
  std::vector<ApplicationFault> faults = {};
  std::uint8_t faults_max = 0;
  std::vector<const JudgeInfo*> judges = {};
  DiagramKind diagram = DiagramKind::none;
  bool json = false;
  CiFlags ci = {};
  std::string ui = {};     ///< --ui's port; empty: no page is served
  std::string again = {};  ///< the command that explores once more
};

/// True of an argument that names a service's file and no pattern.
[[nodiscard]] bool names_a_file(const std::string& argument);

/// Errors in the words of the command line: a sentence behind the flag. "all": every fault.
[[nodiscard]] Result<std::vector<ApplicationFault>> read_application_faults(const std::vector<std::string>& lists);

/// Starts the service, explores it and prints what was found. 0 holds, 1 violated, 2 unknown.
[[nodiscard]] ExitCode explore_application_file(const ApplicationOrder& wanted);
/// Forces a token's run in the service and prints what came of it. 1 violated as then, 0 not, 2 it went otherwise.
[[nodiscard]] ExitCode replay_application_file(const std::string& token, const std::string& file, DiagramKind diagram,
                                               bool json);

}  // namespace stalemate
