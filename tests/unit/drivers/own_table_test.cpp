// The SQL and the names of a table of the user's.
#include "drivers/postgres/own_table/own_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace stalemate {
namespace {

OwnTable inventory(bool has_version) {
  OwnTableParts parts;
  parts.table = "inventory";
  parts.key = {{"shop", "integer"}, {"sku", "text"}};
  parts.value = {"on_hand", "integer"};
  if (has_version) {
    parts.version = OwnColumn{"version", "bigint"};
  }
  parts.ids = {"7", "a", "8", "it's \"b\\\""};
  return OwnTable(parts);
}

TEST(OwnTable, quotes_names_and_texts_so_that_they_stay_what_they_are) {
  EXPECT_EQ(quote_name("on_hand"), "\"on_hand\"");
  EXPECT_EQ(quote_name("a\"b; DROP TABLE c"), "\"a\"\"b; DROP TABLE c\"");
  EXPECT_EQ(quote_table("My Shop.the \"stock\""), "\"My Shop\".\"the \"\"stock\"\"\"");
  EXPECT_EQ(quote_text("it's"), "'it''s'");
  EXPECT_EQ(quote_text("a\\'b"), "E'a\\\\''b'");
}

TEST(OwnTable, is_read_and_written_by_statements_with_a_parameter_for_each_column_of_the_key) {
  const OwnTable table = inventory(true);
  EXPECT_STREQ(table.texts().read,
               "SELECT \"on_hand\", \"version\" FROM \"inventory\" WHERE \"shop\" = $1 AND \"sku\" = $2");
  EXPECT_STREQ(table.texts().write,
               "UPDATE \"inventory\" SET \"on_hand\" = $3, \"version\" = \"version\" + 1 WHERE \"shop\" = $1 AND "
               "\"sku\" = $2 RETURNING pg_current_wal_insert_lsn(), \"version\"");
  EXPECT_STREQ(table.texts().survey,
               "SELECT k.place, s.\"on_hand\" FROM unnest($1::integer[], $2::text[]) WITH ORDINALITY AS k(c1, c2, "
               "place) JOIN \"inventory\" s ON s.\"shop\" = k.c1 AND s.\"sku\" = k.c2");
}

TEST(OwnTable, without_a_version_has_statements_without_one) {
  const OwnTable table = inventory(false);
  EXPECT_STREQ(table.texts().read, "SELECT \"on_hand\" FROM \"inventory\" WHERE \"shop\" = $1 AND \"sku\" = $2");
  EXPECT_STREQ(table.texts().write,
               "UPDATE \"inventory\" SET \"on_hand\" = $3 WHERE \"shop\" = $1 AND \"sku\" = $2 RETURNING "
               "pg_current_wal_insert_lsn()");
}

TEST(OwnTable, names_a_row_by_what_stands_in_its_key) {
  const OwnTable table = inventory(true);
  ASSERT_EQ(table.rows(), 2U);
  std::array<const char*, key_columns_max + 1> parameters = {};
  ASSERT_EQ(table.name_row(Key(0), parameters), 2U);
  EXPECT_STREQ(parameters[0], "7");
  EXPECT_STREQ(parameters[1], "a");
  EXPECT_EQ(table.row_name(Key(0)), "(7, a)");
  EXPECT_EQ(table.lists_of(Key(0), 2), (std::vector<std::string>{R"({"7","8"})", R"({"a","it's \"b\\\""})"}));
  EXPECT_EQ(table.no_such_row(Key(0)).error().detail, "the table 'inventory' has no row (7, a)");
}

TEST(OwnTable, updates_several_rows_in_one_statement) {
  const std::array<std::string, 1> types = {"integer"};
  EXPECT_EQ(inventory(false).update_of(Key(0), 2, "\"on_hand\" = o.v1", types,
                                       [](Key key) { return std::vector{std::to_string(key.index + 5)}; }),
            "UPDATE \"inventory\" AS t SET \"on_hand\" = o.v1 FROM (VALUES\n"
            "  ('7'::integer, 'a'::text, '5'::integer),\n"
            "  ('8', E'it''s \"b\\\\\"', '6')) AS o(k1, k2, v1)\n"
            "  WHERE t.\"shop\" = o.k1 AND t.\"sku\" = o.k2");
}

}  // namespace
}  // namespace stalemate
