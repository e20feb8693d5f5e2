// What each option of each subcommand needs to have an effect.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace stalemate {

using Words = std::vector<std::string>;

struct Idle {
  Words words;      ///< the command line, without the command; empty where the option always has an effect
  std::string why;  ///< a part of what is said; or why it always has one
};

/// By subcommand, then by option. Of `explore`, cli_explore_test.cpp has the cases.
[[nodiscard]] std::map<std::string, std::map<std::string, Idle>> options_of_commands();

}  // namespace stalemate
