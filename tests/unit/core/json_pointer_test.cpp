#include "core/text/json_pointer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stalemate {
namespace {

using testing::ElementsAre;
using testing::Optional;

TEST(JsonPointer, is_the_names_that_it_goes_through) {
  EXPECT_THAT(names_of_pointer("/items/0/quantity"), Optional(ElementsAre("items", "0", "quantity")));
  EXPECT_THAT(names_of_pointer("/a~1b/~0~01"), Optional(ElementsAre("a/b", "~~1")));
  EXPECT_THAT(names_of_pointer("/"), Optional(ElementsAre("")));
  EXPECT_THAT(names_of_pointer("/a/"), Optional(ElementsAre("a", "")));
}

TEST(JsonPointer, begins_with_a_slash_and_has_no_lone_tilde) {
  for (const char* text : {"", "a", "a/b", "/~", "/a~", "/~2", "/a~/b"}) {
    EXPECT_EQ(names_of_pointer(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace stalemate
