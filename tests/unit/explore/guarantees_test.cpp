// docs/guarantees.md is proved again; what explore finds can be told, drawn and repeated.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "data_files.hpp"
#include "explore/matrix/matrix.hpp"
#include "explore/model/walks.hpp"
#include "explore/telling/telling.hpp"
#include "explore/telling/token.hpp"
#include "sanitized.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)

constexpr const char* again = "write it again: stalemate explore --matrix --markdown docs/guarantees.md";

const std::string& page() {
  static const std::string text = test::project_text("docs/guarantees.md");
  return text;
}

/// A page in what it says of one pattern, and in what it says of none: the lines of its tables that begin with the
/// pattern, and the lists that name it; everything but such lines and lists.
struct Part {
  std::vector<std::string> rows = {};
  std::vector<bool> named = {};
  std::string frame = {};
};

Part part_of(const std::string& text, std::string_view pattern) {
  Part part;
  const std::string name = "`" + std::string(pattern) + "`";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const bool is_list = line.starts_with("- ") && !line.starts_with("- *") && !line.starts_with("- `");
    if (line.starts_with("| `")) {
      if (line.starts_with("| " + name + " |")) {
        part.rows.push_back(line);
      }
    } else if (is_list) {
      part.named.push_back(line.find(name) != std::string::npos);
      part.frame += line.substr(0, line.find(':')) + "\n";
    } else {
      part.frame += line + "\n";
    }
  }
  return part;
}

class Guarantees : public testing::TestWithParam<std::string_view> {};

TEST_P(Guarantees, of_the_page_are_what_the_explorer_finds) {
  if (test::sanitized && GetParam() != "cache-aside" && GetParam() != "none" && GetParam() != "versioned-fill") {
    GTEST_SKIP() << "under a sanitizer a few patterns stand for all; the release build explores each";
  }
  const Part found =
      part_of(markdown_of({matrix_row(*PatternRegistry::find(GetParam()), page_judges(), {})}), GetParam());
  const Part shown = part_of(page(), GetParam());
  EXPECT_EQ(shown.rows, found.rows) << again;
  EXPECT_EQ(shown.named, found.named) << again;
  EXPECT_EQ(shown.frame, found.frame) << again;
}

std::vector<std::string_view> pattern_names() {
  std::vector<std::string_view> names;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    names.push_back(pattern.name);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Of, Guarantees, testing::ValuesIn(pattern_names()), [](const auto& of) {
  std::string name(of.param);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(GuaranteesPage, names_no_pattern_that_there_is_not) {
  std::istringstream lines(page());
  std::size_t rows = 0;
  for (std::string line; std::getline(lines, line);) {
    rows += line.starts_with("| `") ? 1 : 0;
    const bool is_list = line.starts_with("- ") && !line.starts_with("- *") && !line.starts_with("- `");
    for (std::size_t open = line.find('`'); is_list && open != std::string::npos;) {
      const std::size_t close = line.find('`', open + 1);
      EXPECT_NE(PatternRegistry::find(line.substr(open + 1, close - open - 1)), nullptr) << line;
      open = line.find('`', close + 1);
    }
  }
  EXPECT_EQ(rows, 3 * PatternRegistry::all().size()) << again;
}

std::vector<Witness> some_witnesses() {
  std::vector<Witness> witnesses;
  for (const std::string_view name : {"cache-aside", "near-cache", "lease", "cdc-invalidate", "write-behind"}) {
    ExplorationOptions options;
    options.pattern = PatternRegistry::find(name);
    options.judges = all_judges();
    options.scope = *parse_scope("w,rr");
    options.faults = all_faults();
    options.faults_max = 1;
    for (const JudgeFinding& finding : explore(options).findings) {
      if (finding.witness) {
        witnesses.push_back(*finding.witness);
      }
    }
  }
  return witnesses;
}

TEST(Witness, repeats_itself_from_its_token) {
  const std::vector<Witness> witnesses = some_witnesses();
  ASSERT_GE(witnesses.size(), 5U);
  for (const Witness& witness : witnesses) {
    const Result<Witness> read_back = parse_token(token_of(witness));
    ASSERT_TRUE(read_back) << read_back.error().detail;
    EXPECT_EQ(token_of(*read_back), token_of(witness));
    EXPECT_EQ(read_back->choices, witness.choices);
    const Result<Telling> telling = tell(*read_back);
    ASSERT_TRUE(telling) << telling.error().detail;
    EXPECT_TRUE(telling->violated);
    EXPECT_EQ(telling->steps.size(), witness.choices.size());
    EXPECT_EQ(story_of(*telling), story_of(*tell(witness)));
  }
}

TEST(Witness, is_drawn_with_all_its_steps) {
  for (const Witness& witness : some_witnesses()) {
    const Telling telling = *tell(witness);
    const auto lines = [](const std::string& text, std::string_view with) {
      std::size_t count = 0;
      for (std::size_t place = text.find(with); place != std::string::npos; place = text.find(with, place + 1)) {
        ++count;
      }
      return count;
    };
    EXPECT_EQ(lines(text_diagram_of(telling), "\n"), telling.steps.size() + 1);
    EXPECT_EQ(lines(mermaid_of(telling), "->>") + lines(mermaid_of(telling), "-x"), telling.steps.size());
    EXPECT_EQ(lines(svg_of(telling), "fill=\"#222\"") + lines(svg_of(telling), "fill=\"#b3261e\">"),
              telling.steps.size());
  }
}

TEST(Token, that_was_changed_is_refused_with_a_sentence) {
  const std::string token = token_of(some_witnesses().front());
  for (std::size_t place = 3; place + 1 < token.size(); ++place) {
    std::string changed = token;
    changed[place] = changed[place] == 'a' ? 'b' : 'a';
    const Result<Witness> witness = parse_token(changed);
    ASSERT_FALSE(witness) << place;
    EXPECT_FALSE(witness.error().detail.empty());
  }
  EXPECT_FALSE(parse_token(""));
  EXPECT_FALSE(parse_token("s1-"));
  EXPECT_FALSE(parse_token(token.substr(0, token.size() / 2)));
}

TEST(RandomSearch, finds_the_stale_fill_and_does_so_again_from_its_seed) {
  for (const std::uint32_t depth : {0U, 3U}) {
    MachineOptions options = machine_options(*PatternRegistry::find("cache-aside"), "w,w,w,rr,rr,rr");
    options.judges = {JudgeRegistry::find("fresh")};
    WalkOptions walks;
    walks.runs = 2000;
    walks.seed = 7;
    walks.depth = depth;
    const SearchResult first = random_search(options, walks);
    ASSERT_EQ(first.violations.size(), 1U) << depth;
    EXPECT_EQ(first.trace_hash, random_search(options, walks).trace_hash);
    const Result<Telling> telling = tell(Witness{options, first.violations.front().choices});
    ASSERT_TRUE(telling);
    EXPECT_TRUE(telling->violated);
  }
}

TEST(Shortened, has_the_fewest_steps_and_of_those_the_fewest_processes_ops_and_faults) {
  ExplorationOptions options;
  options.pattern = PatternRegistry::find("cache-aside");
  options.faults = all_faults();
  options.faults_max = 1;
  JudgeFinding long_one;
  long_one.judge = JudgeRegistry::find("fresh");
  long_one.scope = *parse_scope("w,w,w,rr,rr,rr");
  MachineOptions machine = machine_options(*options.pattern, "w,w,w,rr,rr,rr", 1);
  machine.judges = {long_one.judge};
  WalkOptions walks;
  walks.runs = 2000;
  long_one.witness = Witness{machine, random_search(machine, walks).violations.at(0).choices};
  options.limits.states_max = 200'000;
  const JudgeFinding short_one = shortened(options, long_one);
  EXPECT_GT(long_one.witness->choices.size(), 6U);
  EXPECT_EQ(short_one.end, SearchEnd::complete);
  EXPECT_EQ(to_text(short_one.witness->options.scope), "w,rr");
  EXPECT_EQ(faults_of(*short_one.witness), 0U);
  EXPECT_EQ(short_one.witness->choices.size(), 6U);
}

}  // namespace
}  // namespace stalemate
