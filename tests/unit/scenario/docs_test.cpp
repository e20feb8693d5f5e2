// The pages on scenarios hold tables that the table of fields and the registries make; UPDATE_GOLDEN=1 writes them
// anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "scenario/page.hpp"

namespace stalemate {
namespace {

// The part of the page between the two lines is this table, or becomes it.
void expect_generated(const std::string& path, const std::string& begin, const std::string& end,
                      const std::string& table) {
  const std::string file = STALEMATE_SOURCE_DIR "/" + path;
  std::ifstream in(file, std::ios::binary);
  std::string page(std::istreambuf_iterator<char>(in), {});
  const std::size_t at_begin = page.find(begin);
  ASSERT_NE(at_begin, std::string::npos) << path;
  const std::size_t from = at_begin + begin.size();
  const std::size_t to = page.find(end, from);
  ASSERT_NE(to, std::string::npos) << path;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    page.replace(from, to - from, table);
    std::ofstream(file, std::ios::binary) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, to - from), table) << "Run the test again with UPDATE_GOLDEN=1.";
}

TEST(ScenarioPages, have_every_key_fault_and_word_for_calls) {
  expect_generated("docs/scenarios.md", "<!-- keys: generated, see tests/unit/scenario/docs_test.cpp -->\n",
                   "<!-- end of keys -->\n", scenario_tables());
}

TEST(ScenarioPages, have_every_setting_that_results_tell) {
  expect_generated("docs/results.md", "<!-- asked: generated, see tests/unit/scenario/docs_test.cpp -->\n",
                   "<!-- end of asked -->\n", asked_table());
}

}  // namespace
}  // namespace stalemate
