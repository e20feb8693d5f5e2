// Which options of explore and replay go together: none is ever taken and then not heeded.
#pragma once

#include <optional>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

/// What is wrong with the options that `app` was given, as a sentence; nothing if each of them will be heeded.
/// Requires: the options of explore were declared in `app`, and its command line was read.
[[nodiscard]] std::optional<std::string> misused_flag_of_explore(const CLI::App& app);
/// The same of replay.
[[nodiscard]] std::optional<std::string> misused_flag_of_replay(const CLI::App& app);

}  // namespace stalemate
