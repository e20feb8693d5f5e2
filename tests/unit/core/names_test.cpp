#include <gtest/gtest.h>

#include <array>
#include <string>
#include <unordered_set>

#include "core/text/key_names.hpp"
#include "core/text/nearest.hpp"

namespace stalemate {
namespace {

TEST(KeyNames, begin_with_the_origins_six) {
  EXPECT_EQ(product_id(Key{0}).view(), "93410c29-1609-484d-8662-ae2d0aa93cc4");
  EXPECT_EQ(product_id(Key{5}).view(), "7098227b-4883-4992-bc32-e12335efbc8c");
}

TEST(KeyNames, are_distinct_uuids) {
  std::unordered_set<std::string> seen;
  for (std::uint32_t index = 0; index < 100'000; ++index) {
    const ProductId id = product_id(Key{index});
    ASSERT_EQ(id.text[8], '-');
    ASSERT_EQ(id.text[14], '4');
    ASSERT_TRUE(seen.insert(std::string(id.view())).second) << id.view();
  }
}

TEST(Nearest, finds_the_name_meant) {
  constexpr std::array<std::string_view, 3> known = {"cache-aside", "none", "ttl-only"};
  EXPECT_EQ(nearest_name("cache-asid", known), "cache-aside");
  EXPECT_EQ(nearest_name("nnoe", known), "none");
  EXPECT_EQ(nearest_name("zzzzzzzz", known), "");
  EXPECT_EQ(did_you_mean("tl-only", known), " (did you mean 'ttl-only'?)");
}

}  // namespace
}  // namespace stalemate
