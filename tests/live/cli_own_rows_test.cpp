// Runs on a table of the user's own design, with a composite key and entries in JSON; it is left as it was found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "live/own_servers.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Words = std::vector<std::string>;

const std::string scenario_text = "pattern = \"cache-aside\"\nread_rate = 400\nwrite_rate = 60\nclients = 4\n";
const std::string data_text =
    "\n[data]\ntable = \"inventory\"\nkey = [\"shop\", \"sku\"]\nvalue = \"on_hand\"\nversion = \"version\"\n"
    "entry = \"inv:{shop}:{sku}\"\nform = \"json:/on_hand\"\n";

std::string replaced(std::string text, const std::string& part, const std::string& with) {
  const std::size_t place = text.find(part);
  EXPECT_NE(place, std::string::npos) << part;
  return text.replace(place, part.size(), with);
}

class OwnRowsTest : public OwnServersTest {
 protected:
  void SetUp() override {
    OwnServersTest::SetUp();
    execute(
        "CREATE TABLE inventory (shop integer, sku text, on_hand integer NOT NULL, version bigint NOT NULL, "
        "note text, PRIMARY KEY (shop, sku))");
    execute(
        "INSERT INTO inventory SELECT n / 4, 'sku ' || n || ' it''s', n * 10 - 5, n, 'untouched' FROM "
        "generate_series(1, 9) n");
    execute("INSERT INTO inventory VALUES (0, E'a\\\\\\\\b', 2147483647, 9, NULL)");
    found_ = rows();
    ASSERT_EQ(std::ranges::count(found_, '\n'), 10) << found_;
  }

  // Byte for byte, also the rows that the run does not use.
  [[nodiscard]] std::string rows() const { return sql("COPY (SELECT * FROM inventory ORDER BY shop, sku) TO STDOUT"); }
  void execute(const std::string& statements) const { EXPECT_THAT(sql(statements), Not(HasSubstr("ERROR"))); }
  void put_back() const {
    EXPECT_THAT(output_of(database().client_command + " -f " + rows_file().string()), Not(HasSubstr("ERROR")));
  }
  void remove_entry(const std::string& command) const { EXPECT_EQ(redis(command), "1\n"); }
  [[nodiscard]] std::string redis(const std::string& words) const {
    return output_of(cache().client_command + " --no-auth-warning " + words);
  }
  [[nodiscard]] Words words(const Words& more = {}) const {
    Words all = {"run", "./shop.toml", "--db", database().url, "--cache", cache().url, "--no-live"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  [[nodiscard]] Ended run_with(const std::string& text, const Words& more = {"-d", "1s", "--use-existing-rows"}) const {
    folder_.write("shop.toml", text);
    return run_stalemate(folder_.path(), words(more));
  }
  [[nodiscard]] std::filesystem::path rows_file() const { return folder_.path() / "runs/inventory.rows.sql"; }
  // One sentence, before anything was changed.
  void expect_refused(const Ended& ended, const std::string& why) const {
    EXPECT_EQ(ended.code, 64) << ended.err;
    EXPECT_THAT(ended.err, AllOf(StartsWith("stalemate: "), HasSubstr(why)));
    EXPECT_EQ(std::ranges::count(ended.err, '\n'), 1) << ended.err;
    EXPECT_FALSE(std::filesystem::exists(rows_file()));
    EXPECT_TRUE(run_folders(folder_.path()).empty());
  }

  std::string found_ = {};
};

TEST_F(OwnRowsTest, show_stale_reads_of_lost_invalidations_and_are_left_as_they_were) {
  const Ended ended = run_with(scenario_text + data_text + "\n[faults]\nskip = \"invalidate=50%\"\n",
                               {"-d", "3s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
  EXPECT_EQ(redis("--scan --pattern 'inv:*'"), "") << "entries of the run hold values that no row has";
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results["stale"]["stale"], 0);
  EXPECT_GT(results["reads"]["sent"], 1000);
  EXPECT_EQ(warnings_in(results), std::vector<std::string>());
  const Result<History> history = read_history(only_run(folder_.path()) / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  ASSERT_EQ(history->header.key_names.size(), 6U);
  EXPECT_EQ(history->header.key_names[1], "inv:0:sku 1 it's") << "the second in the order of keys";
}

TEST_F(OwnRowsTest, are_never_stale_without_a_cache) {
  folder_.write("shop.toml", replaced(scenario_text, "cache-aside", "none") + data_text);
  const Ended ended = run_stalemate(
      folder_.path(), {"run", "./shop.toml", "--db", database().url, "--no-live", "-d", "1s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(results_in(only_run(folder_.path()))["stale"]["stale"], 0);
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsTest, may_have_entries_of_plain_text_and_no_version) {
  execute("ALTER TABLE inventory DROP COLUMN version");
  const std::string before = rows();
  const std::string text =
      replaced(replaced(data_text, "version = \"version\"\n", ""), "form = \"json:/on_hand\"\n", "");
  const Ended ended = run_with(scenario_text + text);
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(warnings_in(results_in(only_run(folder_.path()))), std::vector<std::string>());
}

TEST_F(OwnRowsTest, may_have_entries_that_are_fields_of_hashes) {
  const std::string text = replaced(data_text, "json:/on_hand", "hash:on_hand");
  EXPECT_EQ(redis("HSET 'inv:0:sku 2 it'\\''s' note x"), "1\n");
  expect_refused(run_with(scenario_text + text), "'inv:0:sku 2 it's' is a hash without the field on_hand");
  EXPECT_EQ(redis("SET 'inv:0:sku 2 it'\\''s' 5"), "OK\n");
  expect_refused(run_with(scenario_text + text), "is no hash, and this form is told to be like on_hand 17");
  remove_entry("DEL 'inv:0:sku 2 it'\\''s'");
  const Ended ended = run_with(scenario_text + "time_to_live = \"300ms\"\n" + text +
                                   "\n[faults]\nskip = \"invalidate=50%\"\nevict = \"cache 1s..2s\"\n",
                               {"-d", "3s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows(), found_);
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results["stale"]["stale"], 0);
  EXPECT_EQ(warnings_in(results), std::vector<std::string>());
}

TEST_F(OwnRowsTest, may_have_any_name) {
  execute("CREATE SCHEMA \\\"My Shop\\\"");
  execute(
      "CREATE TABLE \\\"My Shop\\\".\\\"the \\\"\\\"stock\\\"\\\"\\\" (\\\"No.\\\" uuid PRIMARY KEY, \\\"How many?\\\" "
      "bigint)");
  execute(
      "INSERT INTO \\\"My Shop\\\".\\\"the \\\"\\\"stock\\\"\\\"\\\" SELECT gen_random_uuid(), n FROM "
      "generate_series(1, 8) n");
  const auto all = [&] {
    return sql("COPY (SELECT * FROM \\\"My Shop\\\".\\\"the \\\"\\\"stock\\\"\\\"\\\" ORDER BY 1) TO STDOUT");
  };
  const std::string before = all();
  ASSERT_EQ(std::ranges::count(before, '\n'), 8) << before;
  const Ended ended = run_with(scenario_text +
                               "[data]\ntable = \"My Shop.the \\\"stock\\\"\"\nkey = \"No.\"\nvalue = \"How many?\"\n"
                               "entry = \"{No.}\"\n");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(all(), before);
}

TEST_F(OwnRowsTest, are_put_back_by_a_run_that_is_interrupted) {
  folder_.write("shop.toml", scenario_text + data_text);
  Program program(folder_.path(), {"run", "./shop.toml", "--db", database().url, "--cache", cache().url, "-d", "5m",
                                   "--use-existing-rows"});
  ASSERT_TRUE(program.says_lines(2)) << program.err();
  EXPECT_NE(rows(), found_);
  EXPECT_TRUE(std::filesystem::exists(rows_file()));
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
}

TEST_F(OwnRowsTest, of_a_run_that_was_killed_are_put_back_by_the_file_that_it_left) {
  folder_.write("shop.toml", scenario_text + data_text);
  Program program(folder_.path(), {"run", "./shop.toml", "--db", database().url, "--cache", cache().url, "-d", "5m",
                                   "--use-existing-rows"});
  ASSERT_TRUE(program.says_lines(2)) << program.err();
  program.send(SIGKILL);
  EXPECT_EQ(program.wait().signal, SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(rows_file()));
  const Ended next = run_with(scenario_text + data_text);
  EXPECT_EQ(next.code, 64) << next.err;
  EXPECT_THAT(next.err, AllOf(HasSubstr("data.table: runs/inventory.rows.sql is there, so another run uses the rows of "
                                        "'inventory', or could not put them back; if none does, do that (psql "),
                              Not(HasSubstr(database().password))));
  put_back();
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsTest, that_cannot_be_put_back_are_told_with_what_does_it) {
  folder_.write("shop.toml", scenario_text + data_text);
  Program program(folder_.path(), {"run", "./shop.toml", "--db", database().url, "--cache", cache().url, "-d", "5m",
                                   "--use-existing-rows"});
  ASSERT_TRUE(program.says_lines(2)) << program.err();
  execute("ALTER TABLE inventory RENAME TO moved");
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err,
              AllOf(HasSubstr("the rows of 'inventory' hold values of the run, as they could not be put back"),
                    HasSubstr("this does it: psql "), HasSubstr("runs/inventory.rows.sql")));
  ASSERT_TRUE(std::filesystem::exists(rows_file()));
  execute("ALTER TABLE moved RENAME TO inventory");
  put_back();
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsTest, that_were_removed_during_the_run_are_counted) {
  folder_.write("shop.toml", scenario_text + data_text);
  Program program(folder_.path(), {"run", "./shop.toml", "--db", database().url, "--cache", cache().url, "-d", "5m",
                                   "--use-existing-rows"});
  ASSERT_TRUE(program.says_lines(2)) << program.err();
  execute("DELETE FROM inventory WHERE sku LIKE 'sku 1%'");
  program.send(SIGINT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("1 of the rows of 'inventory' that the run used are not there any more"));
  EXPECT_EQ(std::ranges::count(rows(), '\n'), 9);
}

TEST_F(OwnRowsTest, are_used_only_with_leave_and_in_a_database_that_is_named) {
  const std::string text = scenario_text + data_text;
  expect_refused(run_with(text, {"-d", "1s"}), "say that it may, with --use-existing-rows");
  expect_refused(run_with(scenario_text, {"-d", "1s", "--use-existing-rows"}),
                 "--use-existing-rows is for a scenario that names a table of yours in a section [data]");
  expect_refused(run_with(text, {"-d", "1s", "--use-existing-rows", "--replace"}),
                 "--replace is for the table 'stock'");
  expect_refused(run_stalemate(folder_.path(), {"run", "./shop.toml", "-d", "1s", "--use-existing-rows"}),
                 "'inventory' is a table of a database of yours; name that with --db URL");
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsTest, are_refused_where_the_table_is_not_as_told) {
  const std::string text = scenario_text + data_text;
  expect_refused(run_with(replaced(text, "\"inventory\"", "\"inventry\"")), "the database has no table 'inventry'");
  expect_refused(run_with(replaced(text, "value = \"on_hand\"", "value = \"on_hnd\"")),
                 "data.value: the table 'inventory' has no column 'on_hnd' (did you mean 'on_hand'?)");
  expect_refused(
      run_with(replaced(text, "value = \"on_hand\"", "value = \"note\"")),
      "data.value: the column 'note' of 'inventory' is of type text, and it must be of type integer or bigint");
  expect_refused(run_with(replaced(text, "version = \"version\"", "version = \"note\"")),
                 "data.version: the column 'note'");
  expect_refused(run_with(replaced(replaced(text, "\"shop\", \"sku\"", "\"shop\""), ":{sku}", "")),
                 "nothing keeps (shop) unique in 'inventory'");
  expect_refused(run_with("keys = 5\n" + text),
                 "keys: the table 'inventory' has 10 rows, and this run wants 11 (six more than keys says)");
  execute("CREATE VIEW seen AS SELECT * FROM inventory");
  expect_refused(run_with(replaced(text, "\"inventory\"", "\"seen\"")), "'seen' is not a table but a view or the like");
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsTest, are_refused_where_a_row_or_its_key_does_not_fit) {
  const std::string text = scenario_text + data_text;
  const auto refused_after = [&](const std::string& change, const std::string& undo, const std::string& why) {
    execute(change);
    expect_refused(run_with(text), why);
    execute(undo);
  };
  refused_after(
      "ALTER TABLE inventory ALTER on_hand DROP NOT NULL; UPDATE inventory SET on_hand = NULL WHERE sku LIKE 'sku 2%'",
      "UPDATE inventory SET on_hand = 15 WHERE on_hand IS NULL",
      "the column 'on_hand' of the row (0, sku 2 it's) of 'inventory' is NULL");
  refused_after("UPDATE inventory SET version = -1 WHERE sku LIKE 'sku 2%'",
                "UPDATE inventory SET version = 2 WHERE version = -1", "is -1, and versions count up from 0");
  refused_after(
      "ALTER TABLE inventory ALTER on_hand TYPE bigint; UPDATE inventory SET on_hand = 5000000000 WHERE sku LIKE 'sku "
      "2%'",
      "UPDATE inventory SET on_hand = 15 WHERE on_hand = 5000000000; ALTER TABLE inventory ALTER on_hand TYPE integer",
      "is 5000000000, and values of a run have 31 bits");
  refused_after(
      "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
      "CREATE TRIGGER noting BEFORE UPDATE ON inventory FOR EACH ROW EXECUTE FUNCTION noted()",
      "DROP TRIGGER noting ON inventory", "set off the trigger noting");
  EXPECT_EQ(rows(), found_);
}

TEST_F(OwnRowsTest, are_refused_where_two_texts_may_be_one_key_or_one_entry) {
  execute("CREATE COLLATION ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
  execute("CREATE TABLE loose (sku text COLLATE ignoring_case PRIMARY KEY, on_hand integer, version integer)");
  const std::string one_column = replaced(replaced(data_text, "\"shop\", ", ""), "{shop}:", "");
  expect_refused(run_with(scenario_text + replaced(one_column, "inventory", "loose")),
                 "data.key: the collation of the column 'sku' of 'loose' is not deterministic");
  execute("CREATE TABLE pairs (shop integer, sku text, on_hand integer, version integer, PRIMARY KEY (shop, sku))");
  execute(
      "INSERT INTO pairs SELECT n % 2 * 10 + 1, CASE n % 2 WHEN 0 THEN '1' ELSE '' END || n / 2, 1, 1 FROM "
      "generate_series(0, 7) n");
  expect_refused(
      run_with(scenario_text + replaced(replaced(data_text, "inventory", "pairs"), "{shop}:{sku}", "{shop}{sku}")),
      "would share the entry 'inv:11");
}

TEST_F(OwnRowsTest, are_refused_where_the_database_would_refuse_the_runs_values) {
  execute("ALTER TABLE inventory ADD CHECK (on_hand <> 1000)");
  const Ended ended = run_with(scenario_text + data_text);
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("violates check constraint"));
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
}

TEST_F(OwnRowsTest, are_put_back_where_an_entry_turns_out_to_have_another_form) {
  const auto refused_with_entry = [&](const std::string& command, const std::string& why) {
    EXPECT_EQ(redis(command).substr(0, 3), command.starts_with("HSET") ? "1\n" : "OK\n");
    expect_refused(run_with(scenario_text + data_text), why);
    EXPECT_EQ(rows(), found_);
    remove_entry("DEL 'inv:0:sku 1 it'\\''s'");
  };
  refused_with_entry(
      "SET 'inv:0:sku 1 it'\\''s' '{\"qty\":5}'",
      "data.form: the cache's entry 'inv:0:sku 1 it's' holds {\"qty\":5}, and this form is told to be like "
      "{\"on_hand\":17}");
  refused_with_entry("SET 'inv:0:sku 1 it'\\''s' 5", "holds 5, and this form is told to be like {\"on_hand\":17}");
  refused_with_entry("HSET 'inv:0:sku 1 it'\\''s' on_hand 5", "is no string but a hash, a list or the like");
  EXPECT_EQ(redis("SET 'inv:0:sku 1 it'\\''s' '{\"sku\": \"x\", \"on_hand\": 5}'"), "OK\n");
  EXPECT_EQ(run_with(scenario_text + data_text).code, 0) << "an application writes more into an entry than a run";
  EXPECT_EQ(rows(), found_);
}

}  // namespace
}  // namespace stalemate
