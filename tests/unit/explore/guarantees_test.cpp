// docs/guarantees.md is proved again; what explore finds can be told, drawn and repeated.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "explore/matrix.hpp"
#include "explore/telling.hpp"
#include "explore/token.hpp"
#include "explore/walks.hpp"
#include "tiny_patterns.hpp"

namespace stalemate {
namespace {

using namespace testing_explore;  // NOLINT(google-build-using-namespace)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

std::string line_of(const std::string& page, std::string_view pattern) {
  const std::size_t begin = page.find("| `" + std::string(pattern) + "` |");
  return begin == std::string::npos ? "" : page.substr(begin, page.find('\n', begin) - begin);
}

TEST(Guarantees, are_what_the_explorer_finds) {
  std::ifstream file(STALEMATE_SOURCE_DIR "/docs/guarantees.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  std::vector<MatrixRow> rows;
  for (const PatternInfo& pattern : PatternRegistry::all()) {
    // Under a sanitizer a few patterns stand for all: the whole takes minutes there and tells nothing new.
    if (sanitized && pattern.name != "cache-aside" && pattern.name != "none" && pattern.name != "versioned-fill") {
      continue;
    }
    rows.push_back(matrix_row(pattern, {}));
    EXPECT_EQ(line_of(page, pattern.name), line_of(markdown_of(rows), pattern.name))
        << "write it again: stalemate explore --matrix --markdown > docs/guarantees.md";
  }
  if (!sanitized) {
    EXPECT_EQ(page, markdown_of(rows)) << "write it again: stalemate explore --matrix --markdown > docs/guarantees.md";
  }
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

TEST(SmallestWitness, has_the_fewest_processes_ops_faults_and_steps) {
  ExplorationOptions options;
  options.pattern = PatternRegistry::find("cache-aside");
  options.faults = all_faults();
  options.faults_max = 1;
  const JudgeInfo* fresh = JudgeRegistry::find("fresh");
  const std::optional<Witness> witness = smallest_witness(options, *fresh, *parse_scope("w,w,w,rr,rr,rr"));
  ASSERT_TRUE(witness);
  EXPECT_EQ(to_text(witness->options.scope), "w,rr");
  EXPECT_EQ(int{witness->options.faults_max}, 0);
  EXPECT_EQ(witness->choices.size(), 6U);
  EXPECT_FALSE(smallest_witness(options, *fresh, *parse_scope("w,w,w")));
}

}  // namespace
}  // namespace stalemate
