// The page on adding a fault shows a file of this folder; here it is held to that.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace stalemate {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(STALEMATE_SOURCE_DIR "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(AddingAFault, shows_the_code_as_it_is) {
  const std::string code = text_of("src/faults/stall.cpp");
  ASSERT_FALSE(code.empty());
  EXPECT_NE(text_of("docs/adding-a-fault.md").find("```cpp\n" + code + "```"), std::string::npos);
}

}  // namespace
}  // namespace stalemate
