// What a text of SQL asks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "wire/postgres/reading_functions.hpp"
#include "wire/postgres/sql_facts.hpp"

namespace stalemate {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

SqlStatement only(std::string_view text) {
  const auto statements = sql_facts(text);
  EXPECT_EQ(statements->size(), 1U) << text;
  return statements->empty() ? SqlStatement() : statements->front();
}

bool only_reads(std::string_view text) {
  const SqlStatement statement = only(text);
  return !statement.writes && !statement.touches_anything;
}

bool may_write_anything(std::string_view text) {
  const SqlStatement statement = only(text);
  return statement.writes && statement.touches_anything && statement.changes_untold;
}

TEST(SqlFacts, names_the_tables_without_their_schema_and_each_once) {
  EXPECT_THAT(only("select * from public.products p join orders o on o.product = p.id, orders").tables,
              UnorderedElementsAre("products", "orders"));
  EXPECT_THAT(only("update products set a = (select max(b) from prices) where id in (select id from ids)").tables,
              UnorderedElementsAre("products", "prices", "ids"));
  EXPECT_THAT(only("insert into \"Products\" select * from b").tables, UnorderedElementsAre("Products", "b"));
  EXPECT_THAT(only("delete from a using b where a.x = b.x").tables, UnorderedElementsAre("a", "b"));
  EXPECT_THAT(only("merge into a using b on a.x = b.x when matched then delete").tables,
              UnorderedElementsAre("a", "b"));
  EXPECT_THAT(only("select 1").tables, IsEmpty());
}

TEST(SqlFacts, takes_a_name_of_with_for_no_table_where_it_is_seen) {
  EXPECT_THAT(only("with recent as (select * from sales) select * from recent, other").tables,
              UnorderedElementsAre("sales", "other"));
  // The query of a name does not see that name itself, but a recursive one does.
  EXPECT_THAT(only("with sales as (select * from sales) select * from sales").tables, UnorderedElementsAre("sales"));
  EXPECT_THAT(only("with recursive t as (select 1 union all select * from t) select * from t").tables, IsEmpty());
  EXPECT_THAT(only("select * from (with a as (select 1) select * from a) x, a").tables, UnorderedElementsAre("a"));
}

TEST(SqlFacts, tells_reading_from_writing) {
  EXPECT_TRUE(only_reads("select lower(name), count(*), now(), coalesce(a, 1) from products where id = $1"));
  EXPECT_TRUE(only_reads("select pg_catalog.lower(name) from products"));
  EXPECT_TRUE(only_reads("explain select * from a"));
  EXPECT_TRUE(only_reads("copy a to stdout"));
  EXPECT_TRUE(only_reads("set application_name = 'x'"));
  EXPECT_TRUE(only_reads("show all"));
  EXPECT_TRUE(only_reads("begin"));
  EXPECT_TRUE(only_reads("savepoint x"));
  EXPECT_TRUE(only_reads("declare c cursor for select * from a"));
  for (const std::string_view text : {"update a set b = 1", "insert into a values (1)", "delete from a", "truncate a",
                                      "select * from a for update", "select * from a for share", "lock table a",
                                      "copy a from stdin", "with x as (delete from a returning *) select * from x",
                                      "explain analyze update a set b = 1", "select * into b from a", "notify a"}) {
    EXPECT_TRUE(only(text).writes) << text;
    EXPECT_FALSE(only(text).touches_anything) << text;
  }
}

TEST(SqlFacts, what_cannot_be_looked_into_may_write_anything) {
  for (const std::string_view text :
       {"select take_stock(7)", "select shop.lower('a')", "select nextval('s')", "call do_it()", "do $$ begin end $$",
        "create table a (b int)", "drop table a", "this is no SQL", "select * from a where", "copy a to program 'cat'",
        "fetch all from c", "vacuum", "commit prepared 'x'", "execute unheard_of", "values (take_stock(7))"}) {
    const bool is_execute = text.starts_with("execute");
    EXPECT_TRUE(is_execute ? only(text).executes == "unheard_of" : may_write_anything(text)) << text;
  }
  EXPECT_TRUE(may_write_anything("select '" + std::string(sql_bytes_max, 'a') + "'"));
}

TEST(SqlFacts, bears_deep_and_long_expressions) {
  std::string sum = "select 1";
  std::string nested = "select ";
  std::string negated = "select ";
  while (sum.size() < sql_bytes_max - 8) {
    sum += "+1";
    nested += nested.size() < sql_bytes_max / 2 ? "(" : "";
    negated += "not ";
  }
  nested += "1" + std::string(nested.size() - 7, ')');
  EXPECT_TRUE(may_write_anything(sum));
  EXPECT_TRUE(sql_facts(nested)->size() == 1);
  EXPECT_TRUE(may_write_anything(negated + "true"));
}

TEST(SqlFacts, says_whose_command_tag_counts_rows) {
  EXPECT_TRUE(only("update a set b = 1").changes_rows);
  EXPECT_FALSE(only("update a set b = 1").changes_untold);
  EXPECT_TRUE(only("with x as (update a set b = 1 returning *) select * from x").changes_untold);
  EXPECT_FALSE(only("select * from a for update").changes_untold);
  EXPECT_FALSE(only("select * from a for update").changes_rows);
  EXPECT_TRUE(only("truncate a").changes_untold);
  EXPECT_TRUE(only("copy a from stdin").changes_rows);
  EXPECT_TRUE(only("copy a from stdin").copies_in);
  EXPECT_FALSE(only("copy a from '/tmp/x'").copies_in);
}

TEST(SqlFacts, names_statements_by_what_they_do) {
  EXPECT_EQ(only("with x as (select 1) update a set b = 1").name, "UPDATE");
  EXPECT_EQ(only("(select 1)").name, "SELECT");
  EXPECT_EQ(only(" -- a comment\n /* another */ create table a (b int)").name, "CREATE");
  EXPECT_EQ(only("start transaction").name, "BEGIN");
  EXPECT_EQ(only("end").name, "COMMIT");
  EXPECT_EQ(only("abort").name, "ROLLBACK");
  EXPECT_EQ(only("rollback to x").transaction, TransactionStep::none);
  EXPECT_EQ(only("selekt 1").name, "SELEKT");
  EXPECT_EQ(only("listen a").tables, std::vector<std::string>{"channel a"});
  EXPECT_EQ(only("select pg_advisory_xact_lock(7)").tables, std::vector<std::string>{"advisory locks"});
}

TEST(SqlFacts, keeps_literals_as_text) {
  EXPECT_THAT(only("update a set b = 100023, c = 'it''s', d = true, e = 1.50, f = null, g = 0, h = false, i = '' "
                   "where id = -7")
                  .literals,
              ElementsAre("100023", "it's", "true", "1.50", "0", "false", "", "-7"));
}

TEST(SqlFacts, keeps_apart_several_statements) {
  const auto statements = sql_facts("begin; update a set b = 1;; commit");
  ASSERT_EQ(statements->size(), 3U);
  EXPECT_EQ((*statements)[1].name, "UPDATE");
  EXPECT_EQ((*statements)[2].transaction, TransactionStep::commits);
  EXPECT_THAT(*sql_facts(" ; -- nothing"), IsEmpty());
}

TEST(SqlFacts, finds_what_asks_for_one_instant) {
  EXPECT_TRUE(only("begin isolation level repeatable read").takes_snapshot);
  EXPECT_TRUE(only("set transaction isolation level SERIALIZABLE").takes_snapshot);
  EXPECT_TRUE(only("set default_transaction_isolation = 'Serializable'").takes_snapshot);
  EXPECT_FALSE(only("begin isolation level read committed").takes_snapshot);
}

TEST(OnOneLine, cuts_at_the_end_of_a_character) {
  EXPECT_EQ(on_one_line("select\n\t 1\r\n  ;\n", 100), "select 1");
  EXPECT_EQ(on_one_line("aäöü", 4), "aä");
  EXPECT_EQ(on_one_line("aäöü", 5), "aäö");
  EXPECT_EQ(on_one_line("aäöü", 7), "aäöü");
  EXPECT_EQ(on_one_line("abc", 2), "ab");
}

TEST(ReadingFunctions, are_sorted_and_hold_nothing_that_writes) {
  EXPECT_TRUE(std::ranges::is_sorted(reading_functions()));
  for (const std::string_view name : {"nextval", "setval", "pg_notify", "lo_unlink", "set_config",
                                      "pg_terminate_backend", "query_to_xml", "pg_advisory_lock"}) {
    EXPECT_FALSE(is_reading_function(name)) << name;
  }
}

}  // namespace
}  // namespace stalemate
