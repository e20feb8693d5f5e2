// A pattern's header may promise a property of the explorer by its name only where the explorer finds that it holds.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "explore/exploration.hpp"

namespace stalemate {
namespace {

/// What stands between "Promises:" and "Does not promise" in a pattern's file.
std::string promises_of(const std::string& text) {
  const std::size_t begin = text.find("// Promises:");
  const std::size_t end = text.find("// Does not promise");
  return begin == std::string::npos || end == std::string::npos || end < begin ? "" : text.substr(begin, end - begin);
}

std::vector<const JudgeInfo*> promised_in(const std::string& text) {
  std::vector<const JudgeInfo*> promised;
  const std::string promises = promises_of(text);
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    if (promises.find(judge.name) != std::string::npos) {
      promised.push_back(&judge);
    }
  }
  return promised;
}

/// The first promised property that does not hold without faults; empty: all do.
std::string broken_promise(const PatternInfo& pattern, const std::string& text) {
  ExplorationOptions options;
  options.pattern = &pattern;
  options.judges = promised_in(text);
  for (const JudgeFinding& finding : explore(options).findings) {
    if (finding.finding != Finding::holds) {
      return std::string(finding.judge->name);
    }
  }
  return {};
}

TEST(Promises, of_a_header_are_found_and_held_against_it) {
  const std::string boast =
      "// Promises: every read is fresh, the cache converges.\n// Does not promise: linearizable\n";
  EXPECT_EQ(promised_in(boast).size(), 2U);
  EXPECT_EQ(broken_promise(*PatternRegistry::find("none"), boast), "");
  EXPECT_EQ(broken_promise(*PatternRegistry::find("cache-aside"), boast), "converges");
}

TEST(Promises, of_every_pattern_are_kept) {
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    std::string path(pattern.name);
    std::ranges::replace(path, '-', '_');
    std::ifstream file(STALEMATE_SOURCE_DIR "/src/patterns/" + path + ".cpp");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_FALSE(promises_of(text).empty()) << path << " has no part 'Promises:'";
    EXPECT_EQ(broken_promise(pattern, text), "") << path << " promises what the explorer refutes";
  }
}

}  // namespace
}  // namespace stalemate
