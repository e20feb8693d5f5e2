#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "live/loopback.hpp"
#include "live/own_servers.hpp"
#include "record/history_reader.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// One sentence on standard error, nothing else said, nothing made, nothing running.
void expect_one_sentence(const Ended& ended, int code, const std::string& part, const OwnFolder& folder) {
  EXPECT_EQ(ended.code, code) << ended.err;
  EXPECT_EQ(ended.out, "");
  EXPECT_THAT(ended.err, HasSubstr(part));
  EXPECT_EQ(std::ranges::count(without_start_up(ended.err), '\n'), 1) << ended.err;
  EXPECT_TRUE(run_folders(folder.path()).empty());
}

TEST(Unreachable, is_said_of_a_server_that_does_not_answer) {
  const OwnFolder folder;
  const Ended database =
      run_stalemate(folder.path(), {"run", "after", "--db", "postgres://me:hushhush@127.0.0.1:1/shop"});
  expect_one_sentence(database, 69, "postgres://me:***@127.0.0.1:1/shop cannot be reached", folder);
  EXPECT_THAT(database.err, Not(HasSubstr("hushhush")));
  const Ended cache = run_stalemate(folder.path(), {"run", "before", "--cache", "redis://:hushhush@127.0.0.1:1/0"});
  expect_one_sentence(cache, 69, "redis://:***@127.0.0.1:1/0 cannot be reached", folder);
  EXPECT_EQ(left_running(), "") << "the private database that was started for it is gone";
}

TEST(Unreachable, is_said_of_a_server_that_takes_the_connection_and_says_nothing) {
  const OwnFolder folder;
  const SilentServer silent;
  const std::string place = "@127.0.0.1:" + std::to_string(silent.port());
  folder.write("hasty.toml", "pattern = \"none\"\ndatabase = \"postgres\"\nconnect_limit = \"100ms\"\n");
  const Ended ended =
      run_stalemate(folder.path(), {"run", "./hasty.toml", "--db", "postgres://me:hushhush" + place + "/shop"});
  expect_one_sentence(ended, 69, "postgres://me:***" + place + "/shop cannot be reached", folder);
  EXPECT_THAT(ended.err, HasSubstr("did not answer within the time limit"));
}

TEST(MissingBinary, is_named_with_its_package) {
  if (geteuid() != 0 || output_of("unshare -m true") != "") {
    GTEST_SKIP() << "hiding a program needs a mount namespace, which this machine does not allow";
  }
  const OwnFolder folder;
  const auto without = [&folder](const std::string& hide) {
    return Program(folder.path(), {"run", "before", "-d", "200ms"},
                   {"unshare", "-m", "sh", "-c", hide + " && exec \"$@\"", "sh"})
        .wait();
  };
  const Ended postgres = without("PATH=/usr/bin:/bin mount -t tmpfs tmpfs /usr/lib/postgresql");
  expect_one_sentence(postgres, 69, "install the Debian package postgresql", folder);
  const Ended redis = without("mount --bind /dev/null \"$(readlink -f /usr/bin/redis-server)\"");
  expect_one_sentence(redis, 69, "install the Debian package redis-server", folder);
  EXPECT_EQ(left_running(), "");
}

class Trouble : public OwnServersTest {};

TEST_F(Trouble, with_a_password_or_a_database_is_told_without_the_password) {
  const ServerAddress postgres = database();
  const std::string place = "@127.0.0.1:" + std::to_string(postgres.port) + "/";
  const Ended password =
      run_stalemate(folder_.path(), {"run", "after", "--db", "postgres://" + postgres.user + ":hushhush" + place});
  expect_one_sentence(password, 69, "password", folder_);
  EXPECT_THAT(password.err, Not(HasSubstr("hushhush")));
  const Ended name = run_stalemate(folder_.path(), {"run", "after", "--db", postgres.url + "_nowhere"});
  expect_one_sentence(name, 69, "does not exist", folder_);
  EXPECT_THAT(name.err, Not(HasSubstr(postgres.password)));
  const Ended cache_password =
      run_stalemate(folder_.path(), {"run", "before", "--db", postgres.url, "--cache",
                                     "redis://:hushhush@127.0.0.1:" + std::to_string(cache().port) + "/0"});
  expect_one_sentence(cache_password, 69, "password", folder_);
  EXPECT_THAT(cache_password.err, Not(HasSubstr("hushhush")));
  const ServerAddress redis = cache();
  const Ended number = run_stalemate(folder_.path(), {"run", "before", "--db", postgres.url, "--cache",
                                                      redis.url.substr(0, redis.url.rfind('/')) + "/99"});
  expect_one_sentence(number, 69, "DB index is out of range", folder_);
  EXPECT_THAT(number.err, Not(HasSubstr(redis.password)));
  const Ended fine = run("before", {"-d", "200ms"});
  ASSERT_EQ(fine.code, 0) << fine.err;
  const std::string kept = output_of("cat " + (only_run(folder_.path()) / "*").native());
  for (const std::string& printed : {fine.out, fine.err, kept}) {
    EXPECT_THAT(printed, Not(HasSubstr(postgres.password)));
    EXPECT_THAT(printed, Not(HasSubstr(cache().password)));
  }
}

TEST_F(Trouble, with_a_table_that_is_not_ours_leaves_it_as_it_is_unless_told_otherwise) {
  ASSERT_EQ(sql("CREATE TABLE stock (product_id VARCHAR(36) PRIMARY KEY, quantity INT NOT NULL);"
                "INSERT INTO stock VALUES ('mine', 7), ('mine too', 8)"),
            "CREATE TABLE\nINSERT 0 2\n");
  expect_one_sentence(run("before", {"-d", "200ms"}), 69, "a table 'stock' exists that stalemate did not make",
                      folder_);
  EXPECT_EQ(sql("SELECT * FROM stock ORDER BY quantity"), "mine|7\nmine too|8\n");
  const Ended replaced = run("before", {"-d", "200ms", "--replace"});
  EXPECT_EQ(replaced.code, 0) << replaced.err;
  EXPECT_EQ(sql("SELECT count(*) FROM stock"), "6\n");
  EXPECT_EQ(run("before", {"-d", "200ms", "--keys", "4"}).code, 0) << "our own table needs no --replace";
  EXPECT_EQ(sql("SELECT count(*) FROM stock"), "10\n");

  std::filesystem::remove_all(folder_.path() / "runs");
  ASSERT_EQ(sql("ALTER TABLE stock ADD COLUMN price INT"), "ALTER TABLE\n");
  expect_one_sentence(run("before", {"-d", "200ms"}), 69, "price integer", folder_);
  EXPECT_EQ(sql("SELECT count(price), count(*) FROM stock"), "0|10\n");
  EXPECT_EQ(run("before", {"-d", "200ms", "--replace"}).code, 0);
}

TEST_F(Trouble, with_server_faults_on_servers_that_are_not_ours_is_told_before_anything_begins) {
  expect_one_sentence(run("before", {"-d", "2s", "--fault", "restart=db@1s+200ms"}), 64, "--db", folder_);
  const Ended half = run_stalemate(
      folder_.path(), {"run", "before", "-d", "2s", "--fault", "stall=db@1s+200ms", "--db", database().url});
  expect_one_sentence(half, 64, "--db", folder_);
}

// What every run must leave that could not record all of its history.
void expect_truncated_but_readable(const Ended& ended, const OwnFolder& folder) {
  EXPECT_EQ(ended.code, 70) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("the history is truncated: "));
  EXPECT_THAT(ended.out, HasSubstr("Results: "));
  const std::filesystem::path run_folder = only_run(folder.path());
  const json results = results_in(run_folder);
  EXPECT_EQ(results["history"]["truncated"], true);
  EXPECT_EQ(results["interrupted"], true);
  EXPECT_GT(results["reads"]["not_reached"], 0) << "the run ends when its history cannot be kept";
  const Result<History> history = read_history(run_folder / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  EXPECT_FALSE(history->is_complete());
  EXPECT_GT(history->ops().size(), 100U);
  const Ended checked = run_stalemate(folder.path(), {"check", run_folder});
  EXPECT_NE(checked.code, 64) << checked.err;
  EXPECT_THAT(checked.err, HasSubstr(history->truncation));
  EXPECT_THAT(checked.out, HasSubstr("stale-reads"));
}

TEST_F(Trouble, with_a_file_that_may_not_grow_ends_the_run_with_a_readable_history) {
  const Ended ended = Program(folder_.path(), command("before", {"-r", "200us", "-w", "2ms", "-d", "20s", "--no-live"}),
                              {"prlimit", "--fsize=200000"})
                          .wait();
  expect_truncated_but_readable(ended, folder_);
}

TEST_F(Trouble, with_a_full_disk_ends_the_run_with_its_results_and_a_readable_history) {
  const std::filesystem::path disk = folder_.path() / "runs";
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=400k") != 0) {
    GTEST_SKIP() << "mounting a small disk needs root, and a machine that allows it";
  }
  const Ended ended = run("before", {"-r", "200us", "-w", "2ms", "-d", "20s", "--no-live"});
  expect_truncated_but_readable(ended, folder_);
  EXPECT_THAT(ended.err, HasSubstr("No space left on device"));
  EXPECT_EQ(umount2(disk.c_str(), MNT_DETACH), 0);
}

// The servers are not the program's own, and it is not told what happens to them.
TEST_F(Trouble, with_servers_that_die_in_mid_run_ends_no_run_whether_they_come_back_or_not) {
  Program program(folder_.path(), command("before", {"-r", "5ms", "-w", "20ms", "-d", "6s", "--no-faults"}));
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::kill));
  ASSERT_TRUE(servers_->apply(Target::cache, ServerEventKind::start));
  ASSERT_TRUE(program.says_lines(3)) << program.err();
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::kill));
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  const std::filesystem::path run_folder = only_run(folder_.path());
  const json results = results_in(run_folder);
  EXPECT_EQ(results["interrupted"], false);
  for (const char* store : {"cache", "database"}) {
    EXPECT_TRUE(std::ranges::any_of(results["outages"], [store](const json& gap) { return gap["role"] == store; }))
        << store << results["outages"];
  }
  for (const char* kind : {"reads", "writes"}) {
    EXPECT_EQ(results[kind]["sent"], results[kind]["planned"]) << "an open loop goes on sending";
    EXPECT_GT(results[kind]["fail"].get<int>(), 0);
    EXPECT_GT(results[kind]["ok"].get<int>(), 0);
  }
  EXPECT_THAT(results["warnings"].dump(), HasSubstr("could not be compared after the run"));
  EXPECT_THAT(results["warnings"].dump(), HasSubstr("whether this run kept its claim"));
  const Result<History> history = read_history(run_folder / "history.stale");
  ASSERT_TRUE(history) << history.error().detail;
  EXPECT_TRUE(history->is_complete());
  EXPECT_EQ(history->ops().size(), results["history"]["ops"]);
}

TEST_F(Trouble, with_the_folder_for_runs_is_told) {
  folder_.write("file", "");
  const Ended ended = run("before", {"-d", "200ms", "--out", "file/runs"});
  expect_one_sentence(ended, 64, "cannot make the folder file/runs/before: Not a directory", folder_);
}

TEST(StandardOutput, that_cannot_be_written_is_told) {
  const std::string program = STALEMATE_PROGRAM;
  EXPECT_EQ(output_of(program + " list > /dev/full; echo $?"),
            "stalemate: standard output cannot be written: No space left on device\n70\n");
  EXPECT_EQ(output_of(program + " rnu 2> /dev/full; echo $?"), "64\n") << "the exit code still tells";
}

}  // namespace
}  // namespace stalemate
