// What tables and entries of the user's own design come to that only one of the engines has.
#include "live/own_rows_fixture.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class OwnRowsOfPostgresAndRedis : public OwnRowsFixture {
 protected:
  OwnRowsOfPostgresAndRedis() : OwnRowsFixture(postgres_and_redis) {}
};

TEST_F(OwnRowsOfPostgresAndRedis, may_have_entries_that_are_fields_of_hashes) {
  const std::string text = replaced(data_text, "json:/on_hand", "hash:on_hand");
  const std::string name = "inv:0:sku2'it";
  EXPECT_EQ(redis("HSET " + shell_word(name) + " note x"), "1\n");
  expect_refused(run_with(scenario_text + text), "'" + name + "' is a hash without the field on_hand");
  remove_entry(name);
  put_entry(name, "5");
  expect_refused(run_with(scenario_text + text), "is no hash, and this form is told to be like on_hand 17");
  remove_entry(name);
  const Ended ended = run_with(scenario_text + "time_to_live = \"300ms\"\n" + text +
                                   "\n[faults]\nskip = \"invalidate=50%\"\nevict = \"cache 1s..2s\"\n",
                               {"-d", "3s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows(), found_);
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results["stale"]["stale"], 0);
  EXPECT_EQ(warnings_in(results), std::vector<std::string>());
}

TEST_F(OwnRowsOfPostgresAndRedis, are_refused_where_an_entry_is_no_string) {
  EXPECT_EQ(redis("HSET " + shell_word("inv:0:sku2'it") + " on_hand 5"), "1\n");
  expect_refused(run_with(scenario_text + data_text), "is no string but a hash, a list or the like");
}

TEST_F(OwnRowsOfPostgresAndRedis, are_refused_where_different_texts_may_be_one_key) {
  execute("CREATE COLLATION ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  execute("CREATE TABLE loose (sku text COLLATE ignoring_case PRIMARY KEY, on_hand integer, version integer)");
  const std::string one_column = replaced(replaced(data_text, "\"shop\", ", ""), "{shop}:", "");
  expect_refused(run_with(scenario_text + replaced(one_column, "inventory", "loose")),
                 "data.key: the column 'sku' of 'loose' has the collation ignoring_case, for which different texts may "
                 "be equal");
}

class OwnRowsOfMariaDbAndMemcached : public OwnRowsFixture {
 protected:
  OwnRowsOfMariaDbAndMemcached() : OwnRowsFixture(mariadb_and_memcached) {}
  [[nodiscard]] Ended run_on(const std::string& table) const {
    return run_with(scenario_text +
                    replaced(replaced(replaced(data_text, "inventory", table), "\"shop\", ", ""), "{shop}:", ""));
  }
  void fill(const std::string& table) const {
    for (int row = 0; row < 8; ++row) {
      execute("INSERT INTO " + table + " (sku, on_hand, version) VALUES ('" + std::to_string(row) + "', 5, 5)");
    }
  }
};

TEST_F(OwnRowsOfMariaDbAndMemcached, may_be_of_numbers_without_a_sign) {
  execute(
      "CREATE TABLE bare (sku BIGINT UNSIGNED PRIMARY KEY, on_hand INT UNSIGNED NOT NULL, version INT UNSIGNED NOT "
      "NULL)");
  fill("bare");
  execute("UPDATE bare SET sku = 18446744073709551610 + sku WHERE sku < 6");
  const std::string before = all_of("SELECT * FROM bare ORDER BY sku");
  const Ended ended = run_on("bare");
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_EQ(results["reads"]["fail"], 0) << "numbers that differ in their last bits are different rows";
  EXPECT_EQ(all_of("SELECT * FROM bare ORDER BY sku"), before);
  execute("UPDATE bare SET on_hand = 4000000000");
  const Ended refused = run_on("bare");
  EXPECT_EQ(refused.code, 64);
  EXPECT_THAT(refused.err, HasSubstr("is 4000000000, and values of a run have 31 bits"));
}

TEST_F(OwnRowsOfMariaDbAndMemcached, are_refused_where_the_table_is_of_a_kind_that_cannot_be_put_back) {
  execute("CREATE TABLE plain (sku INT PRIMARY KEY, on_hand INT, version INT) ENGINE = Aria");
  fill("plain");
  expect_refused(run_on("plain"), "'plain' is kept by the storage engine Aria, which knows no transactions");
  execute("CREATE TABLE old (sku INT PRIMARY KEY, on_hand INT, version INT) WITH SYSTEM VERSIONING");
  fill("old");
  expect_refused(run_on("old"), "'old' keeps a history of its rows");
}

TEST_F(OwnRowsOfMariaDbAndMemcached, are_refused_where_different_texts_may_be_one_key) {
  execute("CREATE TABLE loose (sku VARCHAR(20) PRIMARY KEY, on_hand INT, version INT) COLLATE utf8mb4_general_ci");
  fill("loose");
  expect_refused(run_on("loose"),
                 "data.key: the column 'sku' of 'loose' has the collation utf8mb4_general_ci, for which different "
                 "texts may be equal");
  execute("CREATE TABLE begun (sku VARCHAR(20) COLLATE utf8mb4_bin, on_hand INT, version INT, UNIQUE (sku(3)))");
  fill("begun");
  expect_refused(run_on("begun"), "nothing keeps (sku) unique in 'begun'");
  execute("CREATE TABLE bytes (sku VARBINARY(20) PRIMARY KEY, on_hand INT, version INT)");
  fill("bytes");
  expect_refused(run_on("bytes"), "is of type varbinary(20), and a key is made of integers, texts and uuids");
}

TEST_F(OwnRowsOfMariaDbAndMemcached, are_refused_where_the_user_may_not_lock_the_table) {
  execute("CREATE USER 'poor'@'127.0.0.1' IDENTIFIED BY 'x'");
  execute("GRANT SELECT, INSERT, UPDATE ON stalemate.* TO 'poor'@'127.0.0.1'");
  folder_.write("shop.toml", scenario_text + data_text);
  const std::string url = "mysql://poor:x@127.0.0.1:" + std::to_string(database().port) + "/stalemate";
  const Ended ended = run_stalemate(folder_.path(), {"run", "./shop.toml", "--db", url, "--cache", cache().url, "-d",
                                                     "1s", "--use-existing-rows", "--no-live"});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("a run on rows of yours needs the rights SELECT, UPDATE and LOCK TABLES"));
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
}

TEST_F(OwnRowsOfMariaDbAndMemcached, are_refused_where_memcached_has_no_such_entries) {
  expect_refused(run_with(scenario_text + replaced(data_text, "json:/on_hand", "hash:on_hand")),
                 "data.form: memcached keeps no hashes");
  expect_refused(run_with(scenario_text + replaced(data_text, "inv:{shop}", "in {shop}")),
                 "data.entry: an entry would be called 'in 0:a\\b', and memcached takes names of 1 to 250 bytes");
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsOfMariaDbAndMemcached, have_entries_that_are_evicted_and_lapse) {
  const Ended ended = run_with(scenario_text + "time_to_live = \"1s\"\n" + data_text +
                                   "\n[faults]\nevict = \"cache 1s..2s\"\nexpire = \"cache 2s..3s\"\n",
                               {"-d", "4s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(warnings_in(results_in(only_run(folder_.path()))), std::vector<std::string>());
  EXPECT_EQ(rows(), found_);
}

}  // namespace
}  // namespace stalemate
