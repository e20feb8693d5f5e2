// The page on adding a fault shows a file of this folder; here it is held to that.
#include <gtest/gtest.h>

#include <string>

#include "data_files.hpp"

namespace stalemate {
namespace {

TEST(AddingAFault, shows_the_code_as_it_is) {
  const std::string code = test::project_text("src/faults/lost_request.cpp");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(test::project_text("docs/adding-a-fault.md").find("```cpp\n" + code + "```"), std::string::npos);
}

}  // namespace
}  // namespace stalemate
