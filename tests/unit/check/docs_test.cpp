// The pages on checks are held to the checks that there are.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "check/check.hpp"

namespace stalemate::test {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(STALEMATE_SOURCE_DIR "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(AddingACheck, shows_the_code_as_it_is) {
  const std::string code = text_of("src/check/phantom_reads.cpp");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(text_of("docs/adding-a-check.md").find("```cpp\n" + code + "```"), std::string::npos);
}

TEST(ChecksPage, tells_of_every_check) {
  const std::string page = text_of("docs/checks.md");
  for (const CheckInfo& info : CheckRegistry::all()) {
    const std::string name(info.name);
    EXPECT_TRUE(page.find("### " + name + "\n") != std::string::npos ||
                page.find("**" + name + "**") != std::string::npos || page.find("\n" + name + " ") != std::string::npos)
        << "docs/checks.md has no section on " << name;
  }
}

}  // namespace
}  // namespace stalemate::test
