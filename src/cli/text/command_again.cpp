#include "cli/text/command_again.hpp"

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "core/engine.hpp"
#include "core/text/words.hpp"

namespace stalemate {
namespace {

// What only says where and how findings are told.
constexpr std::array<std::string_view, 9> telling_flags = {
    "--json", "--junit", "--markdown", "--page", "--annotations", "--diagram", "--out", "--no-live", "--ui"};

constexpr std::array<std::string_view, 3> address_flags = {"--db", "--cache", "--replica"};

bool is_among(std::span<const std::string_view> names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

// An engine's name is none.
bool is_address(const std::string& flag, const std::string& word) {
  return is_among(address_flags, flag) && EngineRegistry::find(word) == nullptr;
}

}  // namespace

std::string command_again(const CLI::App& app) {
  std::string command = "stalemate " + app.get_name();
  std::string flags;
  for (const CLI::Option* option : app.get_options()) {
    const std::string& name = option->get_name();
    if (option->empty() || is_among(telling_flags, name)) {
      continue;
    }
    for (const std::string& word : option->results()) {
      const std::string value = is_address(name, word) ? "URL" : shell_word(word);
      if (option->get_positional()) {
        command += " " + value;
      } else {
        flags += " " + name + (option->get_expected_max() == 0 ? "" : " " + value);
      }
    }
  }
  return command + flags;
}

}  // namespace stalemate
