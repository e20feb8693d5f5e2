// Runs on a table of the user's own design, with a composite key and entries in JSON; it is left as it was found.
#include <signal.h>

#include "live/own_rows_fixture.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OwnRowsTest : public OwnRowsFixture, public testing::WithParamInterface<OwnRowsEngines> {
 protected:
  OwnRowsTest() : OwnRowsFixture(GetParam()) {}
};

TEST_P(OwnRowsTest, show_stale_reads_of_lost_invalidations_and_are_left_as_they_were) {
  const Ended ended = run_with(scenario_text + data_text + "\n[faults]\nskip = \"invalidate=50%\"\n",
                               {"-d", "3s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
  EXPECT_EQ(all_entries(), "") << "entries of the run hold values that no row has";
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results["stale"]["stale"], 0);
  EXPECT_GT(results["reads"]["sent"], 1000);
  EXPECT_EQ(warnings_in(results), std::vector<std::string>());
  const Result<History> history = read_history(only_run(folder_.path()) / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  ASSERT_EQ(history->header.key_names.size(), 6U);
  EXPECT_EQ(history->header.key_names[1], "inv:0:sku1'it") << "the second in the order of keys";
}

TEST_P(OwnRowsTest, are_never_stale_without_a_cache) {
  folder_.write("shop.toml", replaced(scenario_text, "cache-aside", "none") + data_text);
  const Ended ended = run_stalemate(
      folder_.path(), {"run", "./shop.toml", "--db", database().url, "--no-live", "-d", "1s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  const json results = results_in(only_run(folder_.path()));
  EXPECT_EQ(results["verdict"], "valid") << results["checks"];
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, may_have_entries_of_plain_text_and_no_version_and_are_judged_all_the_same) {
  execute("ALTER TABLE inventory DROP COLUMN version");
  const std::string before = rows();
  const std::string text =
      replaced(replaced(data_text, "version = \"version\"\n", ""), "form = \"json:/on_hand\"\n", "");
  const Ended ended =
      run_with(scenario_text + text + "\n[faults]\nskip = \"invalidate=50%\"\nrefused = \"update=5%\"\n",
               {"-d", "2s", "--use-existing-rows"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(rows(), before);
  const json results = results_in(only_run(folder_.path()));
  EXPECT_GT(results["stale"]["stale"], 0);
  for (const json& check : results["checks"]) {
    EXPECT_EQ(check["unjudged"], 0) << "the database tells the order of writes: " << check;
  }
  EXPECT_EQ(warnings_in(results), std::vector<std::string>());
}

TEST_P(OwnRowsTest, may_have_any_name) {
  const std::string table = quoted("My Shop") + "." + quoted("the 'stock\\");
  execute("CREATE SCHEMA " + quoted("My Shop"));
  execute("CREATE TABLE " + table + " (" + quoted("No.") + " uuid PRIMARY KEY, " + quoted("How many?") + " bigint)");
  for (int row = 1; row <= 8; ++row) {
    execute("INSERT INTO " + table + " VALUES ('0123456" + std::to_string(row) + "-89ab-4cde-8f01-23456789abcd', " +
            std::to_string(row) + ")");
  }
  const std::string before = all_of("SELECT * FROM " + table + " ORDER BY 1");
  ASSERT_EQ(std::ranges::count(before, '\n'), 8) << before;
  const Ended ended = run_with(scenario_text +
                               "[data]\ntable = \"My Shop.the 'stock\\\\\"\nkey = \"No.\"\nvalue = \"How many?\"\n"
                               "entry = \"{No.}\"\n");
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_GT(results_in(only_run(folder_.path()))["samples"]["taken"], 0);
  EXPECT_EQ(all_of("SELECT * FROM " + table + " ORDER BY 1"), before);
}

TEST_P(OwnRowsTest, are_put_back_by_a_run_that_is_interrupted) {
  const auto program = begin_run();
  EXPECT_NE(rows(), found_);
  EXPECT_TRUE(std::filesystem::exists(rows_file()));
  program->send(SIGINT);
  const Ended ended = program->wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
}

TEST_P(OwnRowsTest, are_put_back_after_the_database_has_crashed_and_come_up_again) {
  const auto program = begin_run();
  ASSERT_TRUE(servers_->database()->kill_now());
  ASSERT_TRUE(servers_->database()->start_again());
  EXPECT_NE(rows(), found_);
  program->send(SIGINT);
  const Ended ended = program->wait();
  EXPECT_EQ(ended.code, 130) << ended.err;
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
}

TEST_P(OwnRowsTest, are_put_back_where_their_entries_cannot_be_taken_out_which_is_told) {
  const auto program = begin_run();
  ASSERT_TRUE(servers_->cache()->kill_now());
  program->send(SIGINT);
  const Ended ended = program->wait();
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("entries of the run could not be taken out of the cache"));
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, of_a_run_that_was_killed_are_put_back_by_the_command_that_the_next_one_names) {
  const auto program = begin_run();
  program->send(SIGKILL);
  EXPECT_EQ(program->wait().signal, SIGKILL);
  ASSERT_TRUE(std::filesystem::exists(rows_file()));
  const Ended next = run_with(scenario_text + data_text);
  EXPECT_EQ(next.code, 64) << next.err;
  EXPECT_THAT(next.err, AllOf(HasSubstr("data.table: runs/inventory.rows.sql is there, so another run uses the rows of "
                                        "'inventory', or could not put them back; if none does, do that ("),
                              Not(HasSubstr(database().password))));
  put_back_as_told(next.err, "do that (", ") and remove");
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, that_cannot_be_put_back_are_told_with_what_does_it) {
  const auto program = begin_run();
  execute("ALTER TABLE inventory RENAME TO moved");
  program->send(SIGINT);
  const Ended ended = program->wait();
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the rows of 'inventory' hold values of the run, as they could not be put back"));
  ASSERT_TRUE(std::filesystem::exists(rows_file()));
  execute("ALTER TABLE moved RENAME TO inventory");
  put_back_as_told(ended.err, "this does it: ", "\n");
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, that_were_removed_during_the_run_are_counted) {
  const auto program = begin_run();
  execute("DELETE FROM inventory WHERE sku LIKE 'sku1%'");
  program->send(SIGINT);
  const Ended ended = program->wait();
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("1 of the rows of 'inventory' that the run used are not there any more"));
  EXPECT_EQ(std::ranges::count(rows(), '\n'), 9);
}

TEST_P(OwnRowsTest, are_used_only_with_leave_and_in_a_database_that_is_named) {
  const std::string text = scenario_text + data_text;
  expect_refused(run_with(text, {"-d", "1s"}), "say that it may, with --use-existing-rows");
  expect_refused(run_with(scenario_text), "--use-existing-rows is for a scenario that names a table of yours");
  expect_refused(run_with(text, {"-d", "1s", "--use-existing-rows", "--replace"}),
                 "--replace is for the table 'stock'");
  expect_refused(run_stalemate(folder_.path(), {"run", "./shop.toml", "-d", "1s", "--use-existing-rows"}),
                 "'inventory' is a table of a database of yours; name that with --db URL");
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, are_refused_where_the_table_is_not_as_told) {
  const std::string text = scenario_text + data_text;
  expect_refused(run_with(replaced(text, "\"inventory\"", "\"inventry\"")), "the database has no table 'inventry'");
  expect_refused(run_with(replaced(text, "value = \"on_hand\"", "value = \"on_hnd\"")),
                 "data.value: the table 'inventory' has no column 'on_hnd' (did you mean 'on_hand'?)");
  expect_refused(run_with(replaced(text, "value = \"on_hand\"", "value = \"note\"")),
                 "data.value: the column 'note' of 'inventory' is of type text, and it must be of type int");
  expect_refused(run_with(replaced(text, "version = \"version\"", "version = \"note\"")),
                 "data.version: the column 'note'");
  expect_refused(run_with(replaced(replaced(text, "\"shop\", \"sku\"", "\"shop\""), ":{sku}", "")),
                 "nothing keeps (shop) unique in 'inventory'");
  expect_refused(run_with("keys = 5\n" + text),
                 "keys: the table 'inventory' has 10 rows, and this run wants 11 (six more than keys says)");
  execute("CREATE VIEW seen AS SELECT * FROM inventory");
  expect_refused(run_with(replaced(text, "\"inventory\"", "\"seen\"")), "'seen' is not a table but a view or the like");
  execute("ALTER TABLE inventory ADD twice integer GENERATED ALWAYS AS (on_hand - 1) STORED");
  expect_refused(run_with(replaced(text, "value = \"on_hand\"", "value = \"twice\"")),
                 "data.value: the column 'twice' of 'inventory' is generated from others");
  execute("ALTER TABLE inventory DROP COLUMN twice");
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, are_refused_where_a_row_does_not_fit) {
  execute("CREATE TABLE odd (shop integer, sku " + engines_.text_type +
          ", on_hand bigint, version bigint, UNIQUE (shop, sku))");
  for (int row = 0; row < 6; ++row) {
    execute("INSERT INTO odd VALUES (1, 'sku" + std::to_string(row) + "', 5, 5)");
  }
  const auto refused_after = [&](const std::string& set, const std::string& undo, const std::string& why) {
    execute("UPDATE odd SET " + set + " WHERE sku = 'sku2'");
    expect_refused(run_with(scenario_text + replaced(data_text, "inventory", "odd")), why);
    execute("UPDATE odd SET " + undo + " WHERE sku = 'sku2'");
  };
  refused_after("on_hand = NULL", "on_hand = 5", "the column 'on_hand' of the row (1, sku2) of 'odd' is NULL");
  refused_after("version = -1", "version = 5", "is -1, and versions count up from 0");
  refused_after("on_hand = 5000000000", "on_hand = 5", "is 5000000000, and values of a run have 31 bits");
  execute("UPDATE odd SET shop = NULL");
  expect_refused(run_with(scenario_text + replaced(data_text, "inventory", "odd")), "'shop' of 'odd' is NULL in row 1");
}

TEST_P(OwnRowsTest, are_refused_where_an_update_would_change_more) {
  execute(engines_.trigger);
  expect_refused(run_with(scenario_text + data_text), "set off the trigger noting");
  EXPECT_EQ(rows(), found_);
}

TEST_P(OwnRowsTest, are_refused_where_two_of_them_have_one_entry) {
  execute("CREATE TABLE pairs (shop integer, sku " + engines_.text_type +
          ", on_hand integer, version integer, PRIMARY KEY (shop, sku))");
  for (int row = 0; row < 8; ++row) {
    execute("INSERT INTO pairs VALUES (" + std::string(row % 2 == 0 ? "1, '1" : "11, '") + std::to_string(row / 2) +
            "', 1, 1)");
  }
  expect_refused(
      run_with(scenario_text + replaced(replaced(data_text, "inventory", "pairs"), "{shop}:{sku}", "{shop}{sku}")),
      "would share the entry 'inv:11");
}

TEST_P(OwnRowsTest, are_refused_where_the_database_would_refuse_the_runs_values) {
  execute("ALTER TABLE inventory ADD CONSTRAINT never_so CHECK (on_hand <> 1000)");
  put_entry("inv:0:sku1'it", "{\"on_hand\":5}");
  const Ended ended = run_with(scenario_text + data_text);
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("never_so"));
  EXPECT_EQ(rows(), found_);
  EXPECT_FALSE(std::filesystem::exists(rows_file()));
  EXPECT_THAT(entry("inv:0:sku1'it"), HasSubstr("on_hand")) << "nor are entries taken out";
}

TEST_P(OwnRowsTest, are_refused_where_an_entry_has_another_form) {
  const std::string name = "inv:0:sku1'it";
  put_entry(name, "{\"qty\":5}");
  expect_refused(run_with(scenario_text + data_text),
                 "data.form: the cache's entry '" + name +
                     "' holds {\"qty\":5}, and this form is told to be like {\"on_hand\":17}");
  put_entry(name, "5");
  expect_refused(run_with(scenario_text + data_text), "holds 5, and this form is told to be like {\"on_hand\":17}");
  put_entry(name, "{\"sku\": \"" + std::string(5000, 'x') + "\", \"on_hand\": 5}");
  EXPECT_EQ(run_with(scenario_text + data_text).code, 0) << "an application writes more into an entry than a run";
  EXPECT_EQ(rows(), found_);
}

INSTANTIATE_TEST_SUITE_P(Pairs, OwnRowsTest, testing::Values(postgres_and_redis, mariadb_and_memcached),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace stalemate
