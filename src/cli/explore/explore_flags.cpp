#include "cli/explore/explore_flags.hpp"

#include <fmt/core.h>

#include <CLI/App.hpp>
#include <span>
#include <string_view>

namespace stalemate {
namespace {

/// A flag that is heeded with another only, or without it only.
struct Rule {
  const char* flag;
  bool wants;  ///< the other one; else it excludes it
  const char* other;
  const char* why;  ///< behind "FLAG is for OTHER" or "FLAG and OTHER do not go together"
};

constexpr Rule explore_rules[] = {
    {"PATTERN", false, "--matrix", "the matrix has every pattern"},
    {"--faults", false, "--matrix", "the matrix has every fault"},
    {"--max-faults", false, "--matrix", "the matrix has at most one fault a run"},
    {"--processes", false, "--matrix", "the matrix has one scope"},
    {"--only", false, "--matrix", "the matrix has its own properties"},
    {"--one-after-another", false, "--matrix", "the matrix has both"},
    {"--exhaust", false, "--matrix", "it is for one pattern"},
    {"--every-event", false, "--matrix", "it is for one pattern"},
    {"--random", false, "--matrix", "it is for one pattern"},
    {"--diagram", false, "--matrix", "it is for one pattern"},
    {"--ui", false, "--matrix", "it is for one pattern"},
    {"--junit", false, "--matrix", "the matrix is a survey and has no verdict"},
    {"--annotations", false, "--matrix", "the matrix is a survey and has no verdict"},
    {"--max-faults", true, "--faults", "which says what may go wrong"},
    {"--pct", true, "--random", "which says how many runs"},
    {"--seed", true, "--random", "which says how many runs"},
    {"--exhaust", false, "--random", "random runs visit some of the states only"},
    {"--one-after-another", false, "--random", "without overlapping ops every run can be tried"},
    {"--max-states", false, "--random", "runs by lot keep no states, and --random says how many runs"},
    {"--max-memory", false, "--random", "runs by lot keep no states, which are what takes memory"},
    {"--diagram", false, "--json", "the JSON has the steps, and 'stalemate replay TOKEN --diagram' draws them"},
};

constexpr const char* for_patterns_only[] = {"--matrix",  "--one-after-another", "--max-states", "--max-memory",
                                             "--exhaust", "--every-event",       "--random",     "--pct",
                                             "--seed"};
constexpr const char* for_files_only[] = {"--budget"};

constexpr Rule file_rules[] = {
    {"--max-faults", true, "--faults", "which says what may go wrong"},
    {"--diagram", false, "--json", "the JSON has the steps, and 'stalemate replay TOKEN FILE --diagram' draws them"},
};

constexpr Rule replay_rules[] = {
    {"--db", true, "--live", "which forces the steps on real servers"},
    {"--cache", true, "--live", "which forces the steps on real servers"},
    {"--replace", true, "--live", "which forces the steps on real servers"},
    {"--replace", true, "--db", "whose table it is; a private one is made anew"},
    {"--diagram", false, "--json", "name one form of output"},
    {"--diagram", false, "--live", "the diagram is all that is printed with it"},
};

std::optional<std::string> first_broken(std::span<const Rule> rules, const CLI::App& app) {
  for (const Rule& rule : rules) {
    if (app.count(rule.flag) > 0 && (app.count(rule.other) > 0) != rule.wants) {
      return rule.wants ? fmt::format("{} is only for {}, {}", rule.flag, rule.other, rule.why)
                        : fmt::format("{} and {} do not go together: {}", rule.flag, rule.other, rule.why);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> misused_flag_of_explore(const CLI::App& app) {
  for (const char* flag : for_files_only) {
    if (app.count(flag) > 0) {
      return fmt::format("{} is only for a service of your own, which a file such as shop.toml describes", flag);
    }
  }
  return first_broken(explore_rules, app);
}

std::optional<std::string> misused_flag_of_explore_file(const CLI::App& app) {
  for (const char* flag : for_patterns_only) {
    if (app.count(flag) > 0) {
      return fmt::format("{} is only for patterns, and not for a service that a file describes", flag);
    }
  }
  return first_broken(file_rules, app);
}

std::optional<std::string> misused_flag_of_replay(const CLI::App& app) {
  return first_broken(replay_rules, app);
}

}  // namespace stalemate
