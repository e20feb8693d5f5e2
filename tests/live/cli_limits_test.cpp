// What the machine, its user or the reader of the output refuses: one sentence each, or none where it is no trouble.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "live/own_servers.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A user whom nobody else is, since a limit of processes counts all of one user, and binds no root.
const passwd* spare_user() {
  const passwd* const user = getpwnam("games");  // NOLINT(concurrency-mt-unsafe): no other thread asks
  return geteuid() == 0 ? user : nullptr;
}

TEST(FewProcesses, end_a_run_with_a_sentence_that_says_what_could_not_be_started) {
  const passwd* const user = spare_user();
  const std::vector<std::string> as_user = {"setpriv", "--reuid=games", "--regid=games", "--clear-groups"};
  const OwnFolder folder(OwnFolder::passable);
  if (user == nullptr || Program(folder.path(), {"--version"}, as_user).wait().code != 0) {
    GTEST_SKIP() << "it takes root, who is bound by no limit, and another user who may run the program";
  }
  ASSERT_EQ(chown(folder.path().c_str(), user->pw_uid, user->pw_gid), 0);
  int failed = 0;
  for (const char* limit : {"1", "2", "3", "6", "8", "18", "30"}) {
    std::vector<std::string> limited = as_user;
    limited.insert(limited.end(), {"prlimit", std::string("--nproc=") + limit});
    const Ended ended = Program(folder.path(), {"run", "before", "-d", "200ms", "--no-live"}, limited).wait();
    EXPECT_EQ(ended.signal, 0) << limit << ": " << ended.err;
    EXPECT_THAT(ended.code, AnyOf(0, 69, 70)) << limit << ": " << ended.err;
    if (ended.code != 0) {
      ++failed;
      EXPECT_THAT(ended.err, StartsWith("stalemate: "));
      EXPECT_THAT(ended.err, Not(StartsWith("stalemate: Resource temporarily unavailable")));
      EXPECT_THAT(ended.err, AnyOf(HasSubstr("cannot start"), HasSubstr("ended ("), HasSubstr("failed ("),
                                   HasSubstr("was not ready"), HasSubstr("cannot be reached")))
          << limit;
    }
  }
  EXPECT_GE(failed, 3) << "three processes are not enough";
  EXPECT_EQ(left_running(), "");
  std::filesystem::remove_all("/tmp/stalemate-" + std::to_string(user->pw_uid));
}

TEST(ClosedOutput, is_no_trouble_and_the_exit_code_is_that_of_the_job) {
  const OwnFolder folder;
  folder.write("stale.csv", "");
  const std::string unread = "cd '" + folder.path().native() + "' && mkfifo unread && exec 4<>unread 5>unread 4<&-; " +
                             std::string(STALEMATE_PROGRAM);
  EXPECT_EQ(output_of(unread + " list >&5; echo $?"), "0\n");
  EXPECT_EQ(output_of("cd '" + folder.path().native() + "' && rm unread; " + unread + " --help >&5; echo $?"), "0\n");
  folder.write("stale.jsonl",
               "{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":1}\n"
               "{\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":1}\n"
               "{\"process\":1,\"type\":\"invoke\",\"f\":\"read\",\"value\":null}\n"
               "{\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"value\":0}\n");
  const std::string again = "cd '" + folder.path().native() + "' && rm -f unread; " + unread;
  EXPECT_EQ(output_of(again + " check stale.jsonl >&5; echo $?"), "1\n") << "the verdict still tells";
  EXPECT_EQ(output_of(again + " export stale.jsonl --to csv >&5; echo $?"), "0\n");
  EXPECT_EQ(output_of(again + " rnu 2>&5 >&5; echo $?"), "64\n");
}

TEST(StandStill, of_the_program_itself_is_told_and_not_taken_for_a_servers) {
  const OwnFolder folder;
  Program program(folder.path(), {"run", "before", "-r", "10ms", "-w", "50ms", "-d", "3s", "--no-faults"});
  ASSERT_TRUE(program.says_lines(1)) << program.err();
  program.send(SIGSTOP);
  const OwnFolder other;
  EXPECT_EQ(run_stalemate(other.path(), {"run", "after", "-d", "500ms", "--no-live"}).code, 0) << "takes half a second";
  program.send(SIGCONT);
  const Ended ended = program.wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("stalemate itself stood still"));
  const json results = results_in(only_run(folder.path()));
  EXPECT_GE(results["standstills"]["count"], 1);
  EXPECT_GE(results["standstills"]["longest_ns"].get<std::int64_t>(), 400'000'000);
  EXPECT_THAT(results["warnings"].dump(), HasSubstr("no fault of a server"));
}

TEST(BadFolderForRuns, is_found_before_any_server_is_started) {
  const OwnFolder folder;
  folder.write("file", "");
  const Ended ended = run_stalemate(folder.path(), {"run", "before", "-d", "200ms", "--out", "file/runs"});
  EXPECT_EQ(ended.code, 64);
  EXPECT_EQ(ended.err,
            "stalemate: cannot make the folder file/runs/before: Not a directory; name another place for the runs with "
            "--out\n");
}

// Root may write everywhere, but not everywhere can a folder be made.
TEST(FolderForRuns, that_not_even_root_can_make_is_told_before_a_server_is_started) {
  const OwnFolder folder;
  for (const char* command : {"run", "demo"}) {
    std::vector<std::string> words = {command, "-d", "200ms", "--out", "/proc/x"};
    if (words.front() == "run") {
      words.insert(words.begin() + 1, "before");
    }
    const Ended ended = run_stalemate(folder.path(), words);
    EXPECT_EQ(ended.code, 64) << ended.err;
    EXPECT_THAT(ended.err,
                HasSubstr("stalemate: cannot make the folder /proc/x/" + words[words.front() == "run" ? 1 : 0] + ": "));
    EXPECT_THAT(ended.err, Not(HasSubstr("starting")));
  }
}

TEST(FolderForRuns, is_not_left_behind_where_nothing_was_run) {
  const OwnFolder folder;
  const Ended ended = run_stalemate(folder.path(), {"run", "before", "-d", "200ms", "--out", "a/b", "--db",
                                                    "postgres://u@127.0.0.1:1/d", "--no-live"});
  EXPECT_EQ(ended.code, 69) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a"));
}

TEST(PatternWithoutCache, starts_no_cache_and_judges_none) {
  const OwnFolder folder;
  const Ended ended =
      run_stalemate(folder.path(), {"run", "before", "--pattern", "none", "--no-faults", "-d", "200ms"});
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("starting PostgreSQL ..."));
  const json results = results_in(only_run(folder.path()));
  EXPECT_TRUE(results["cache"].is_null());
  EXPECT_TRUE(results["samples"].is_null());
  EXPECT_EQ(results["engines"].size(), 1U);
  folder.write("plain.toml", "pattern = \"none\"\nduration = \"200ms\"\n");
  const Ended plain = run_stalemate(folder.path(), {"run", "./plain.toml"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_THAT(plain.err, Not(HasSubstr("Redis")));
}

class Rights : public OwnServersTest {};

TEST_F(Rights, that_are_missing_on_the_table_are_told_as_missing_rights) {
  ASSERT_EQ(run("before", {"-d", "200ms", "--no-live"}).code, 0);
  ASSERT_EQ(sql("CREATE ROLE poor LOGIN PASSWORD 'poor'"), "CREATE ROLE\n");
  const std::string place = "@127.0.0.1:" + std::to_string(database().port) + "/" + database().database;
  const auto run_as_poor = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "run", "after", "-d", "200ms", "--no-live", "--db", "postgres://poor:poor" + place};
    words.insert(words.end(), more.begin(), more.end());
    return run_stalemate(folder_.path(), words);
  };
  const Ended none = run_as_poor({});
  EXPECT_EQ(none.code, 69);
  EXPECT_THAT(none.err, HasSubstr("user 'poor' lacks rights on the table 'stock': SELECT, INSERT, UPDATE, TRUNCATE"));
  ASSERT_EQ(sql("GRANT SELECT, INSERT ON stock TO poor"), "GRANT\n");
  EXPECT_THAT(run_as_poor({}).err, HasSubstr("rights on the table 'stock': UPDATE, TRUNCATE; grant them"));
  EXPECT_THAT(run_as_poor({"--replace"}).err, HasSubstr("'stock' has to be made anew for this run, and it belongs to"));
  ASSERT_EQ(sql("GRANT UPDATE, TRUNCATE ON stock TO poor"), "GRANT\n");
  EXPECT_EQ(run_as_poor({}).code, 0);
  ASSERT_EQ(sql("DROP TABLE stock"), "DROP TABLE\n");
  EXPECT_THAT(run_as_poor({}).err,
              HasSubstr("the database's user 'poor' may not make tables in the schema 'public'; grant it (GRANT CREATE "
                        "ON SCHEMA \"public\" TO \"poor\"), or name another user in the URL"));
  ASSERT_EQ(sql("GRANT CREATE ON SCHEMA public TO poor"), "GRANT\n");
  EXPECT_EQ(run_as_poor({}).code, 0);
  ASSERT_EQ(sql("ALTER ROLE poor SET search_path = nowhere"), "ALTER ROLE\n");
  EXPECT_THAT(run_as_poor({}).err, HasSubstr("no schema in which the tables of 'poor' could be made"));
}

// It arrived as the server's bare words: must be owner of table stock_outbox.
TEST_F(Rights, to_drop_what_another_user_made_are_told_with_that_user) {
  ASSERT_EQ(run("before", {"-d", "200ms", "--no-live", "--no-faults", "--pattern", "outbox"}).code, 0);
  ASSERT_EQ(sql("CREATE ROLE poor LOGIN PASSWORD 'poor'"), "CREATE ROLE\n");
  ASSERT_EQ(sql("GRANT CREATE ON SCHEMA public TO poor"), "GRANT\n");
  ASSERT_EQ(sql("GRANT ALL ON stock, stock_outbox TO poor"), "GRANT\n");
  const std::string place = "@127.0.0.1:" + std::to_string(database().port) + "/" + database().database;
  const auto run_as_poor = [&](const std::string& pattern) {
    return run_stalemate(folder_.path(), {"run", "before", "-d", "200ms", "--no-live", "--no-faults", "--pattern",
                                          pattern, "--cache", cache().url, "--db", "postgres://poor:poor" + place});
  };
  const Ended outbox = run_as_poor("outbox");
  EXPECT_EQ(outbox.code, 69);
  EXPECT_THAT(outbox.err, HasSubstr("the table 'stock_outbox' has to be made anew for this run, and it belongs to the "
                                    "database's user 'stalemate', so 'poor' may not drop it; name 'stalemate' in the "
                                    "URL, or drop the table as that user\n"));
  EXPECT_THAT(run_as_poor("versioned-fill").err, HasSubstr("the table 'stock' has to be made anew for this run"));
  EXPECT_EQ(run_as_poor("cache-aside").code, 0) << "which has no use for it";
  ASSERT_EQ(sql("ALTER SYSTEM SET wal_level = logical"), "ALTER SYSTEM\n");
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::kill));
  ASSERT_TRUE(servers_->apply(Target::database, ServerEventKind::start));
  EXPECT_THAT(run_as_poor("cdc-invalidate").err,
              HasSubstr("; the pattern follows the log of changes, for which the user needs the right REPLICATION"));
}

// Redis says WRONGPASS, NOAUTH or ERR AUTH; whoever reads it has to find the password that was meant.
TEST_F(Rights, of_a_login_that_is_refused_come_with_where_its_password_was_taken_from) {
  const std::string place = "127.0.0.1:" + std::to_string(cache().port) + "/0";
  const auto said = [&](const std::string& cache_url, const std::string& database_url,
                        const std::vector<std::string>& environment) {
    const Ended ended =
        Program(folder_.path(),
                {"run", "before", "-d", "200ms", "--no-live", "--db", database_url, "--cache", cache_url}, environment)
            .wait();
    EXPECT_EQ(ended.code, 69);
    EXPECT_THAT(ended.err, Not(HasSubstr("hunter2")));
    return ended.err;
  };
  EXPECT_THAT(said("redis://:hunter2@" + place, database().url, {}),
              HasSubstr("user is disabled; the password was the one in its URL\n"));
  EXPECT_THAT(said("redis://" + place, database().url, {"env", "REDISCLI_AUTH=hunter2"}),
              HasSubstr("user is disabled; its URL has no password, so the one in REDISCLI_AUTH was taken\n"));
  EXPECT_THAT(said("redis://" + place, database().url, {}),
              HasSubstr("Authentication required; give the password in its URL, or in REDISCLI_AUTH in the "
                        "environment\n"));
  const std::string database_place = "@127.0.0.1:" + std::to_string(database().port) + "/" + database().database;
  EXPECT_THAT(said(cache().url, "postgres://stalemate:hunter2" + database_place, {}),
              HasSubstr("; the password was the one in its URL\n"));
  EXPECT_THAT(said(cache().url, "postgres://stalemate" + database_place, {"env", "PGPASSWORD=hunter2"}),
              HasSubstr("; its URL has no password, so the one in PGPASSWORD was taken\n"));
  EXPECT_THAT(said(cache().url, "postgres://stalemate" + database_place, {}),
              HasSubstr("; give the password in its URL, or in PGPASSWORD in the environment\n"));
  ASSERT_EQ(output_of(cache().client_command + " CONFIG SET requirepass ''"), "OK\n");
  EXPECT_THAT(said(cache().url, database().url, {}),
              HasSubstr("; the server wants no password: leave it out of its URL\n"));
}

TEST_F(Rights, may_come_from_the_environment_so_that_no_list_of_processes_shows_a_password) {
  const std::string database_url =
      "postgres://" + database().user + "@127.0.0.1:" + std::to_string(database().port) + "/" + database().database;
  const std::vector<std::string> words = {
      "run",        "before",    "-d",
      "200ms",      "--no-live", "--db",
      database_url, "--cache",   "redis://127.0.0.1:" + std::to_string(cache().port) + "/0"};
  const Ended without = Program(folder_.path(), words, {"env", "PGPASSWORD=" + database().password}).wait();
  EXPECT_EQ(without.code, 69);
  EXPECT_THAT(without.err, HasSubstr("REDISCLI_AUTH")) << without.err;
  const Ended with =
      Program(folder_.path(), words, {"env", "PGPASSWORD=" + database().password, "REDISCLI_AUTH=" + cache().password})
          .wait();
  EXPECT_EQ(with.code, 0) << with.err;
}

}  // namespace
}  // namespace stalemate
