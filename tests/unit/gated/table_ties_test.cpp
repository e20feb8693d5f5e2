// Tables that hang together.
#include <gtest/gtest.h>

#include "gated/table_ties.hpp"

namespace stalemate {
namespace {

TEST(TableTies, one_name_stands_for_all_that_hang_together) {
  TableTies ties;
  ties.tie("orders", "products");
  ties.tie("stock", "shelves");
  EXPECT_EQ(ties.knot_of("products"), "orders");
  EXPECT_EQ(ties.knot_of("orders"), "orders");
  EXPECT_EQ(ties.knot_of("shelves"), "shelves");
  EXPECT_EQ(ties.knot_of("stock"), "shelves");
  EXPECT_EQ(ties.knot_of("alone"), "alone");
  ties.tie("shelves", "products");
  for (const char* table : {"orders", "products", "stock", "shelves"}) {
    EXPECT_EQ(ties.knot_of(table), "orders") << table;
  }
  ties.tie("a view", "stock");
  EXPECT_EQ(ties.knot_of("products"), "a view");
}

TEST(TableTies, a_trigger_is_set_off_by_all_that_hangs_together_with_its_table) {
  TableTies ties;
  ties.set_off("products");
  EXPECT_TRUE(ties.sets_off_anything("products"));
  EXPECT_FALSE(ties.sets_off_anything("product_view"));
  ties.tie("product_view", "products");
  EXPECT_TRUE(ties.sets_off_anything("product_view"));
  EXPECT_FALSE(ties.sets_off_anything("other"));
}

}  // namespace
}  // namespace stalemate
