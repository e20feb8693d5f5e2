// Built-in scenarios, and finding one by name or path.
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>

#include "core/assert.hpp"
#include "core/nearest.hpp"
#include "scenario/embedded.hpp"
#include "scenario/parse.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

// Longer files are no scenarios; a device or a pipe must not fill memory.
constexpr std::size_t file_length_max = 1U << 20U;

Result<std::string> read_text_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(file_length_max + 1, '\0');
  if (file) {
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
  }
  if (!file && !file.eof()) {
    const std::string reason = errno != 0 ? std::system_category().message(errno) : "it cannot be read";
    return failed(ErrorCode::wrong_type, path + ": " + reason + "; give a scenario's name or a .toml file");
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > file_length_max) {
    return failed(ErrorCode::wrong_type, path + ": it is longer than a scenario can be (1 MiB)");
  }
  return text;
}

// Only blank lines and comments.
bool says_nothing(std::string_view text) {
  bool comment = false;
  for (const char letter : text) {
    comment = letter == '#' || (comment && letter != '\n');
    if (!comment && std::string_view(" \t\r\n").find(letter) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::span<const BuiltinScenario> builtin_scenarios() {
  static const std::vector<BuiltinScenario> all = [] {
    std::vector<BuiltinScenario> scenarios;
    for (const EmbeddedText& embedded : embedded_scenarios()) {
      const Result<Scenario> scenario = parse_fields(embedded.text, embedded.name, Names::any);
      STALEMATE_ASSERT(scenario.has_value(), "every file in scenarios/ is valid");
      scenarios.push_back({embedded.name, scenario->question, embedded.text});
    }
    return scenarios;
  }();
  return all;
}

Result<Scenario> load_scenario(std::string_view name_or_path) {
  std::vector<std::string_view> names;
  for (const EmbeddedText& embedded : embedded_scenarios()) {
    if (embedded.name == name_or_path) {
      return parse_scenario(embedded.text, embedded.name);
    }
    names.push_back(embedded.name);
  }
  if (!name_or_path.contains('/') && !name_or_path.ends_with(".toml")) {
    return failed(ErrorCode::wrong_type,
                  "there is no scenario '" + std::string(name_or_path) + "'" + did_you_mean(name_or_path, names) +
                      "; `stalemate list scenarios` shows them, and a path to a .toml file works too");
  }
  const Result<std::string> text = read_text_file(std::string(name_or_path));
  if (!text) {
    return std::unexpected(text.error());
  }
  if (says_nothing(*text)) {
    return failed(ErrorCode::wrong_type, std::string(name_or_path) +
                                             ": nothing is written in it; a scenario says at "
                                             "least one thing, such as pattern = \"cache-aside\"");
  }
  return parse_scenario(*text, name_or_path);
}

}  // namespace stalemate
