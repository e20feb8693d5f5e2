// The SQL and the names of a table of the user's.
#include "drivers/sql/own_table/own_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "drivers/mariadb/own_table/own_statements.hpp"
#include "drivers/postgres/own_table/own_statements.hpp"
#include "drivers/sql/own_table/own_columns.hpp"
#include "drivers/sql/stock_rows.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;

std::shared_ptr<const OwnTable> inventory(const SqlStyle& style, bool has_version) {
  OwnTableParts parts;
  parts.style = style;
  parts.table = "inventory";
  const bool is_postgres = style.name_quote == '"';
  parts.key = {{"shop", is_postgres ? "integer" : "BIGINT", true},
               {"sku", is_postgres ? "text" : "varchar(9) CHARACTER SET ascii COLLATE ascii_bin", false}};
  parts.value = "on_hand";
  parts.version = has_version ? "version" : "";
  parts.ids = {"7", "a", "8", "it's \"b\\\""};
  return std::make_shared<const OwnTable>(parts);
}

TEST(OwnTable, quotes_names_and_texts_so_that_they_stay_what_they_are) {
  EXPECT_EQ(postgres_style.name("on_hand"), "\"on_hand\"");
  EXPECT_EQ(postgres_style.name("a\"b; DROP TABLE c"), "\"a\"\"b; DROP TABLE c\"");
  EXPECT_EQ(postgres_style.table("My Shop.the \"stock\""), "\"My Shop\".\"the \"\"stock\"\"\"");
  EXPECT_EQ(postgres_style.text("it's"), "'it''s'");
  EXPECT_EQ(postgres_style.text("a\\'b"), "E'a\\\\''b'");
  EXPECT_EQ(mariadb_style.name("a`b\"; DROP TABLE c"), "`a``b\"; DROP TABLE c`");
  EXPECT_EQ(mariadb_style.text("it's"), "'it''s'");
  EXPECT_EQ(mariadb_style.text("a\\"), "_utf8mb4 X'615C'") << "in no sql_mode is this anything else";
}

TEST(OwnTable, is_read_and_written_by_statements_with_a_parameter_for_each_column_of_the_key) {
  const PostgresOwnTable postgres(inventory(postgres_style, true));
  EXPECT_STREQ(postgres.texts().read,
               "SELECT \"on_hand\", \"version\" FROM \"inventory\" WHERE \"shop\" = $1 AND \"sku\" = $2");
  EXPECT_STREQ(postgres.texts().write,
               "UPDATE \"inventory\" SET \"on_hand\" = $3, \"version\" = \"version\" + 1 WHERE \"shop\" = $1 AND "
               "\"sku\" = $2 RETURNING pg_current_wal_insert_lsn(), \"version\"");
  EXPECT_STREQ(postgres.texts().survey,
               "SELECT k.place, s.\"on_hand\" FROM unnest($1::integer[], $2::text[]) WITH ORDINALITY AS k(c1, c2, "
               "place) JOIN \"inventory\" s ON s.\"shop\" = k.c1 AND s.\"sku\" = k.c2");
  const MariaDbOwnTable mariadb(inventory(mariadb_style, true));
  EXPECT_EQ(mariadb.read(),
            "SELECT `on_hand`, `version` FROM `inventory` WHERE `shop` = CAST(? AS SIGNED) AND `sku` = ?");
  EXPECT_EQ(mariadb.write(),
            "UPDATE `inventory` SET `on_hand` = ?, `version` = LAST_INSERT_ID(`version` + 1) WHERE `shop` = CAST(? AS "
            "SIGNED) AND `sku` = ?");
  EXPECT_EQ(mariadb.survey(),
            "SELECT k.place, s.`on_hand` FROM JSON_TABLE(?, '$[*]' COLUMNS (place FOR ORDINALITY, c0 BIGINT PATH "
            "'$[0]', c1 varchar(9) CHARACTER SET ascii COLLATE ascii_bin PATH '$[1]')) k STRAIGHT_JOIN `inventory` s "
            "ON s.`shop` = k.c0 AND s.`sku` = k.c1");
}

TEST(OwnTable, without_a_version_has_statements_without_one) {
  const PostgresOwnTable postgres(inventory(postgres_style, false));
  EXPECT_STREQ(postgres.texts().read, "SELECT \"on_hand\" FROM \"inventory\" WHERE \"shop\" = $1 AND \"sku\" = $2");
  EXPECT_STREQ(postgres.texts().write,
               "UPDATE \"inventory\" SET \"on_hand\" = $3 WHERE \"shop\" = $1 AND \"sku\" = $2 RETURNING "
               "pg_current_wal_insert_lsn()");
  const MariaDbOwnTable mariadb(inventory(mariadb_style, false));
  EXPECT_EQ(mariadb.write_of(Key(0), 5),
            "UPDATE `inventory` SET `on_hand` = IF(LAST_INSERT_ID(UUID_SHORT()) IS NULL, NULL, 5) WHERE `shop` = 7 "
            "AND `sku` = 'a'");
}

TEST(OwnTable, names_a_row_by_what_stands_in_its_key) {
  const std::shared_ptr<const OwnTable> rows = inventory(postgres_style, true);
  ASSERT_EQ(rows->rows(), 2U);
  EXPECT_EQ(rows->row_name(Key(0)), "(7, a)");
  EXPECT_EQ(no_such_row(Key(0), rows.get()).error().detail, "the table 'inventory' has no row (7, a)");
  EXPECT_EQ(not_a_quantity(Key(0), "x", rows.get()).error().detail,
            "the column 'on_hand' of the row (7, a) of 'inventory' is 'x', which is not a whole number of 32 bits");
  const PostgresOwnTable postgres(rows);
  std::array<const char*, key_columns_max + 1> parameters = {};
  ASSERT_EQ(postgres.name_row(Key(0), parameters), 2U);
  EXPECT_STREQ(parameters[0], "7");
  EXPECT_STREQ(parameters[1], "a");
  EXPECT_EQ(postgres.lists_of(Key(0), 2), (std::vector<std::string>{R"({"7","8"})", R"({"a","it's \"b\\\""})"}));
  EXPECT_EQ(MariaDbOwnTable(inventory(mariadb_style, true)).list_of(Key(0), 2), R"([["7","a"],["8","it's \"b\\\""]])");
}

TEST(OwnTable, keeps_columns_as_they_are_that_the_database_would_change_with_every_update) {
  OwnTableParts parts = inventory(mariadb_style, true)->parts();
  parts.kept = {"changed_at"};
  const OwnTable table(parts);
  EXPECT_EQ(table.update_text("5", table.next_version(), table.where_row(Key(0))),
            "UPDATE `inventory` SET `on_hand` = 5, `version` = `version` + 1, `changed_at` = `changed_at` WHERE `shop` "
            "= 7 AND `sku` = 'a'");
}

Dataset inventory_data() {
  return {.table = "inventory", .key = {"shop", "sku"}, .value = "on_hand", .version = {}, .entry = "{shop}:{sku}"};
}

OwnTableFacts found_inventory() {
  OwnTableFacts found = {.style = postgres_style, .number_types = "integer or bigint"};
  found.columns = {{.name = "shop", .kind = ColumnKind::small_number, .type = "smallint", .type_in_sql = "smallint"},
                   {.name = "sku", .kind = ColumnKind::text, .type = "text", .type_in_sql = "text"},
                   {.name = "on_hand", .kind = ColumnKind::number, .type = "integer", .type_in_sql = "integer"}};
  found.unique = {{"by_shop", "shop"}, {"both", "sku"}, {"both", "shop"}};
  return found;
}

std::string refusal_of(const OwnTableFacts& found, const Dataset& data) {
  const Result<OwnTableParts> parts = own_table_parts(found, data);
  return parts ? "" : parts.error().detail;
}

TEST(OwnTableFacts, that_fits_gives_the_columns_of_the_key_in_the_order_of_the_dataset) {
  const Result<OwnTableParts> parts = own_table_parts(found_inventory(), inventory_data());
  ASSERT_TRUE(parts) << parts.error().detail;
  ASSERT_EQ(parts->key.size(), 2U);
  EXPECT_TRUE(parts->key[0].is_number);
  EXPECT_EQ(parts->key[1].name, "sku");
}

TEST(OwnTableFacts, is_refused_where_keys_may_be_several_rows_or_several_entries) {
  OwnTableFacts found = found_inventory();
  found.unique = {{"by_shop", "shop"}, {"half", "sku"}, {"half", ""}};
  EXPECT_THAT(refusal_of(found, inventory_data()), HasSubstr("nothing keeps (shop, sku) unique in 'inventory'"));
  found = found_inventory();
  found.columns[1].loose_collation = "utf8mb4_general_ci";
  EXPECT_THAT(refusal_of(found, inventory_data()),
              HasSubstr("data.key: the column 'sku' of 'inventory' has the collation utf8mb4_general_ci, for which "
                        "different texts may be equal"));
}

TEST(OwnTableFacts, is_refused_where_values_cannot_be_written_or_more_than_they_would_change) {
  Dataset data = inventory_data();
  data.value = "shop";
  data.key = {"sku"};
  EXPECT_EQ(refusal_of(found_inventory(), data),
            "data.value: the column 'shop' of 'inventory' is of type smallint, and it must be of type integer or "
            "bigint");
  OwnTableFacts found = found_inventory();
  found.columns[2].is_generated = true;
  EXPECT_THAT(refusal_of(found, inventory_data()), HasSubstr("is generated from others, so it cannot be written"));
  found = found_inventory();
  found.effects = {"the trigger a", "the rule b"};
  EXPECT_THAT(refusal_of(found, inventory_data()),
              HasSubstr("writes to 'inventory' set off the trigger a, the rule b"));
}

}  // namespace
}  // namespace stalemate
