// docs/applications.md holds the tables that the parser's table makes, and the example programs as tests run them.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "application/application.hpp"
#include "generated_page.hpp"

namespace stalemate {
namespace {

constexpr const char* page = "docs/applications.md";

void expect_example(const std::string& language, const std::string& highlight, const std::string& file) {
  std::ifstream in(STALEMATE_SOURCE_DIR "/tests/applications/" + language + "/" + file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  ASSERT_FALSE(text.empty()) << file;
  expect_generated(page, "<!-- " + language + ": generated, see tests/unit/application/docs_test.cpp -->\n",
                   "<!-- end of " + language + " -->\n", "```" + highlight + "\n" + text + "```\n");
}

TEST(ApplicationPage, has_every_key_and_placeholder) {
  expect_generated(page, "<!-- keys: generated, see tests/unit/application/docs_test.cpp -->\n",
                   "<!-- end of keys -->\n", application_tables());
}

TEST(ApplicationPage, has_the_example_programs_as_they_are_tested) {
  expect_example("python", "python", "program.py");
  expect_example("node", "js", "program.mjs");
  expect_example("perl", "perl", "program.pl");
}

}  // namespace
}  // namespace stalemate
