// What explore and replay print of a user's own service.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/text/explore_text.hpp"
#include "explore/application/application_exploration.hpp"
#include "explore/application/application_token.hpp"

namespace stalemate {

/// What an exploration of a service was about.
struct ExploredApplication {
  std::string file = {};                 ///< as the user named it
  std::string name = {};                 ///< of the service
  std::string question = {};             ///< of its file; may be empty
  std::vector<std::string> stores = {};  ///< "PostgreSQL 15.20"
  std::uint32_t subject = 0;             ///< subject_of its file
  std::vector<ApplicationFault> faults = {};
  std::uint8_t faults_max = 0;
  ApplicationExploration exploration = {};
};

/// A table of verdicts, how many schedules decided them, what speaks against them, then each violation with its story
/// and token; last the patterns that behave alike. `width`: of a text diagram, in columns.
[[nodiscard]] std::string text_of(const ExploredApplication& explored, DiagramKind kind, std::size_t width,
                                  const Marks& marks);
/// The same as one JSON object.
[[nodiscard]] std::string json_of(const ExploredApplication& explored);
/// The same for CI: a case a property, without faults and with them.
[[nodiscard]] VerdictSheet sheet_of(const ExploredApplication& explored);

/// "w,r,r: 812 schedules tried, about 1,600 left".
[[nodiscard]] std::string words_of(const ScheduleProgress& progress);

/// A token's run, forced once more: its story, and where it went otherwise.
[[nodiscard]] std::string text_of(const ForcedRun& forced, DiagramKind kind, std::size_t width);
[[nodiscard]] std::string json_of(const ForcedRun& forced, std::string_view token);

}  // namespace stalemate
