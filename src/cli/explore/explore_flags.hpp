// Which options of explore and replay go together. An option that would be ignored is refused.
#pragma once

#include <optional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

/// What is wrong with the options given to `app`, as a sentence; nothing if each of them has an effect.
/// Requires: the options of explore were declared in `app`, and its command line was read.
[[nodiscard]] std::optional<std::string> misused_flag_of_explore(const CLI::App& app);
/// The same where what is explored is a service's file.
[[nodiscard]] std::optional<std::string> misused_flag_of_explore_file(const CLI::App& app);
/// The same of replay.
[[nodiscard]] std::optional<std::string> misused_flag_of_replay(const CLI::App& app);

}  // namespace stalemate
