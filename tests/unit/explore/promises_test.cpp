// A pattern's header says, by the names of the explorer's judges, exactly what the explorer finds to hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "explore/exploration.hpp"
#include "explore/matrix.hpp"

namespace stalemate {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

std::string text_of(const std::string& path) {
  std::ifstream file(STALEMATE_SOURCE_DIR "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string header_of(const PatternInfo& pattern) {
  std::string path(pattern.name);
  std::ranges::replace(path, '-', '_');
  return text_of("src/patterns/" + path + ".cpp");
}

/// What stands between "Promises:" and "Does not promise" in a pattern's file, on one line.
std::string promises_of(const std::string& text) {
  const std::size_t begin = text.find("// Promises:");
  const std::size_t end = text.find("// Does not promise");
  std::string promises;
  if (begin == std::string::npos || end == std::string::npos || end < begin) {
    return promises;
  }
  std::istringstream lines(text.substr(begin, end - begin));
  for (std::string line; std::getline(lines, line);) {
    const std::string words = line.starts_with("// ") ? line.substr(3) : "";
    promises += (promises.empty() || words.empty() ? "" : " ") + words;
  }
  return promises;
}

/// The last sentence of the promises, from "Explored:" on; empty: there is none.
std::string explored_in(const std::string& text) {
  const std::string promises = promises_of(text);
  const std::size_t begin = promises.find("Explored: ");
  return begin == std::string::npos ? "" : promises.substr(begin);
}

/// Faults, by judge, that a property survives; "" stands for none, and is there if it holds at all.
using Holding = std::map<std::string, std::set<std::string>>;

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream text(line);
  std::string cell;
  std::getline(text, cell, '|');
  while (std::getline(text, cell, '|')) {
    const std::size_t begin = cell.find_first_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, cell.find_last_not_of(' ') + 1 - begin));
  }
  return cells;
}

std::string line_with(const std::string& page, const std::string& begin) {
  const std::size_t place = page.find("\n| " + begin + " |");
  return place == std::string::npos ? "" : page.substr(place + 1, page.find('\n', place + 1) - place - 1);
}

/// What the matrix shows of a pattern; another test proves the matrix.
Holding shown_of(const PatternInfo& pattern, const std::string& page) {
  const std::vector<std::string> faults = cells_of(line_with(page, "pattern"));
  const std::vector<std::string> cells = cells_of(line_with(page, "`" + std::string(pattern.name) + "`"));
  EXPECT_EQ(faults.size(), cells.size()) << pattern.name << " has a row in docs/guarantees.md";
  Holding shown;
  for (std::size_t place = 1; place < std::min(faults.size(), cells.size()); ++place) {
    std::istringstream marks(cells[place]);
    for (const JudgeInfo* judge : matrix_judges()) {
      if (std::string mark; marks >> mark && mark == "✓") {
        shown[std::string(judge->name)].insert(place == 1 ? "" : faults[place]);
      }
    }
  }
  return shown;
}

bool concerns(const VirtualFaultInfo& fault, const PatternInfo& pattern) {
  return fault.concerns == nullptr || fault.concerns(pattern.needs);
}

/// What the explorer finds of the properties that are not in the matrix.
void explore_sessions(const PatternInfo& pattern, Holding& shown) {
  ExplorationOptions options;
  options.pattern = &pattern;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    if (!judge.in_matrix) {
      options.judges.push_back(&judge);
    }
  }
  const auto take = [&](const std::string& fault) {
    const Exploration exploration = explore(options);
    options.judges.clear();
    for (const JudgeFinding& finding : exploration.findings) {
      if (finding.finding == Finding::holds) {
        shown[std::string(finding.judge->name)].insert(fault);
        options.judges.push_back(finding.judge);
      }
    }
  };
  take("");
  const std::vector<const JudgeInfo*> sound = options.judges;
  options.faults_max = 1;
  options.sound_without_faults = true;
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    options.judges = sound;
    options.faults = {&fault};
    if (concerns(fault, pattern) && !sound.empty()) {
      take(std::string(fault.name));
    }
  }
}

std::string list_of(const std::set<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return list;
}

/// "Explored: fresh, linearizable hold without faults and with crash, evict; converges holds without faults."
std::string sentence_of(const PatternInfo& pattern, const Holding& holding) {
  std::map<std::set<std::string>, std::set<std::string>> judges;  // by the faults they survive
  for (const auto& [judge, faults] : holding) {
    judges[faults].insert(judge);
  }
  std::set<std::string> all = {""};
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    if (concerns(fault, pattern)) {
      all.insert(std::string(fault.name));
    }
  }
  std::vector<std::string> clauses;
  for (const auto& [faults, names] : judges) {
    std::set<std::string> named = faults;
    named.erase("");
    const std::string with = faults == all ? " and with any fault" : named.empty() ? "" : " and with " + list_of(named);
    clauses.push_back(list_of(names) + (names.size() == 1 ? " holds" : " hold") + " without faults" + with);
  }
  std::ranges::sort(clauses);
  std::string sentence = "Explored: ";
  for (const std::string& clause : clauses) {
    sentence += (clause == clauses.front() ? "" : "; ") + clause;
  }
  return sentence + (clauses.empty() ? "nothing holds." : ".");
}

/// Judges that the promises name before that sentence.
std::set<std::string> named_in(const std::string& text) {
  const std::string promises = promises_of(text);
  const std::string words = promises.substr(0, promises.find("Explored: "));
  std::set<std::string> named;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    if (words.find(judge.name) != std::string::npos) {
      named.insert(std::string(judge.name));
    }
  }
  return named;
}

/// What is wrong with the promises; empty: they are what is shown.
std::string trouble_in(const PatternInfo& pattern, const std::string& text, const Holding& shown) {
  for (const std::string& name : named_in(text)) {
    if (!shown.contains(name)) {
      return "it promises " + name + ", which does not hold without faults";
    }
  }
  const std::string expected = sentence_of(pattern, shown);
  return explored_in(text) == expected ? "" : "its promises are to end with: " + expected;
}

TEST(Promises, are_compared_word_by_word_with_what_is_shown) {
  const PatternInfo& pattern = *PatternRegistry::find("none");
  const Holding shown = {{"fresh", {"", "crash"}}, {"converges", {""}}};
  const auto header = [](const std::string& promises) {
    return "// none: what.\n//\n// Promises: little.\n// " + promises + "\n//\n// Does not promise: more.\n";
  };
  const std::string right = "Explored: converges holds without faults; fresh holds without faults and with crash.";
  EXPECT_EQ(trouble_in(pattern, header(right), shown), "");
  EXPECT_EQ(trouble_in(pattern, header("Converges under faults. Explored: " + right), shown),
            "its promises are to end with: " + right);
  EXPECT_EQ(trouble_in(pattern, header("Explored: nothing holds."), {}), "");
  for (const char* const wrong :
       {"Explored: converges, fresh hold without faults and with crash.", "Explored: fresh holds without faults.",
        "Explored: nothing holds.", "Reads are good.", ""}) {
    EXPECT_NE(trouble_in(pattern, header(wrong), shown), "") << wrong;
  }
  EXPECT_NE(trouble_in(pattern, header("All is linearizable. " + right), shown), "");
  EXPECT_NE(trouble_in(pattern, right, shown), "") << "there is no part 'Promises:'";
}

TEST(Promises, of_a_boastful_header_are_found_out) {
  const PatternInfo& pattern = *PatternRegistry::find("cache-aside");
  const Holding shown = shown_of(pattern, text_of("docs/guarantees.md"));
  EXPECT_FALSE(shown.contains("fresh"));
  EXPECT_NE(trouble_in(pattern, "// Promises: reads are fresh.\n// Does not promise: a thing.\n", shown), "");
}

class PatternHeader : public testing::TestWithParam<std::string_view> {};

TEST_P(PatternHeader, promises_what_is_shown) {
  // Under a sanitizer a few patterns stand for all, as in the proof of the matrix.
  if (sanitized && GetParam() != "cache-aside" && GetParam() != "none" && GetParam() != "versioned-fill") {
    GTEST_SKIP();
  }
  const PatternInfo& pattern = *PatternRegistry::find(GetParam());
  Holding shown = shown_of(pattern, text_of("docs/guarantees.md"));
  explore_sessions(pattern, shown);
  EXPECT_EQ(trouble_in(pattern, header_of(pattern), shown), "");
}

std::vector<std::string_view> all_patterns() {
  std::vector<std::string_view> names;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    names.push_back(pattern.name);
  }
  return names;
}

std::string as_identifier(const testing::TestParamInfo<std::string_view>& info) {
  std::string name(info.param);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Promises, PatternHeader, testing::ValuesIn(all_patterns()), as_identifier);

}  // namespace
}  // namespace stalemate
