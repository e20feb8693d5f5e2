// The command that does once more what this one does, for those who read what it found.
#pragma once

#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace stalemate {

/// "stalemate decide before --budget 90s": the command line that `app` has read, without what only says where and how
/// findings are told. Addresses of servers, which may hold passwords, are told as URL.
[[nodiscard]] std::string command_again(const CLI::App& app);

}  // namespace stalemate
