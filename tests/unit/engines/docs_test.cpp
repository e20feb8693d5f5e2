// The page on adding an engine shows a file of src/engines; here it is held to that.
#include <gtest/gtest.h>

#include <string>

#include "data_files.hpp"

namespace stalemate {
namespace {

TEST(AddingAnEngine, shows_the_registration_as_it_is) {
  const std::string code = test::project_text("src/engines/redis/redis.cpp");
  EXPECT_NE(test::project_text("docs/adding-an-engine.md").find("```cpp\n" + code + "```"), std::string::npos);
}

}  // namespace
}  // namespace stalemate
