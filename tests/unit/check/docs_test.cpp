// The pages on checks are held to the checks that there are.
#include <gtest/gtest.h>

#include <string>

#include "check/check.hpp"
#include "data_files.hpp"

namespace stalemate::test {
namespace {

TEST(AddingACheck, shows_the_code_as_it_is) {
  const std::string code = project_text("src/check/checks/phantom_reads.cpp");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(project_text("docs/adding-a-check.md").find("```cpp\n" + code + "```"), std::string::npos);
}

TEST(ChecksPage, tells_of_every_check) {
  const std::string page = project_text("docs/checks.md");
  for (const CheckInfo& info : CheckRegistry::all()) {
    const std::string name(info.name);
    EXPECT_TRUE(page.find("### " + name + "\n") != std::string::npos ||
                page.find("**" + name + "**") != std::string::npos || page.find("\n" + name + " ") != std::string::npos)
        << "docs/checks.md has no section on " << name;
  }
}

}  // namespace
}  // namespace stalemate::test
