// The page on adding a pattern shows a file of this folder; here it is held to that.
#include <gtest/gtest.h>

#include <string>

#include "data_files.hpp"

namespace stalemate {
namespace {

TEST(AddingAPattern, shows_the_code_as_it_is) {
  const std::string code = test::project_text("src/patterns/none.cpp");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(test::project_text("docs/adding-a-pattern.md").find("```cpp\n" + code + "```"), std::string::npos);
}

}  // namespace
}  // namespace stalemate
