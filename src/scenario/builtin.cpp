// Built-in scenarios, and finding one by name or path.
#include <cstdint>

#include "core/assert.hpp"
#include "core/input_file.hpp"
#include "core/text/nearest.hpp"
#include "scenario/embedded.hpp"
#include "scenario/parse.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {
namespace {

constexpr InputLimit scenario_limit = {.what = "a scenario", .bytes_max = std::uint64_t{1} << 20U};

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
    // The files' names are sorted with their endings.
    std::ranges::sort(scenarios, {}, &BuiltinScenario::name);
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
  const Result<std::string> text = read_input(name_or_path, scenario_limit);
  if (!text) {
    return failed(ErrorCode::wrong_type, text.error().detail + "; give a scenario's name or a .toml file");
  }
  if (says_nothing(*text)) {
    return failed(ErrorCode::wrong_type, std::string(name_or_path) +
                                             ": nothing is written in it; a scenario says at "
                                             "least one thing, such as pattern = \"cache-aside\"");
  }
  return parse_scenario(*text, name_or_path);
}

}  // namespace stalemate
