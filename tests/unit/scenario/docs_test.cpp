// The pages on scenarios hold tables that the table of fields and the registries make; UPDATE_GOLDEN=1 writes them
// anew.
#include <gtest/gtest.h>

#include "generated_page.hpp"
#include "scenario/page.hpp"

namespace stalemate {
namespace {

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
