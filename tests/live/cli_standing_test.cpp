#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <sstream>
#include <string>

#include "cli/text/standing_text.hpp"
#include "data_files.hpp"
#include "live/program.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

// What is printed behind the first line's `beginning`, or that line itself from there on.
std::string line_with(const std::string& text, const std::string& beginning, bool keep_beginning) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto place = line.find(beginning);
    if (place != std::string::npos) {
      return line.substr(keep_beginning ? place : place + beginning.size());
    }
  }
  ADD_FAILURE() << "no '" << beginning << "' in\n" << text;
  return "false";
}

TEST(StandingText, shows_the_console_and_the_log_of_every_node) {
  StandingServers servers{.name = "after", .folder = "/tmp/x/up-after"};
  servers.servers.push_back({.role = "database", .facts = {.engine = "CockroachDB", .version = "v20.1.5"}});
  for (const char* node : {"1", "2", "3"}) {
    ServerAddress address;
    address.console_url = std::string("http://127.0.0.1:808") + node;
    address.log_path = std::string("/tmp/x/up-after/cockroach/node") + node + ".log";
    servers.servers.front().facts.addresses.push_back(address);
  }
  const std::string text = describe(servers);
  for (const char* node : {"1", "2", "3"}) {
    EXPECT_THAT(text, HasSubstr(std::string("console: http://127.0.0.1:808") + node + "\n"));
    EXPECT_THAT(text, HasSubstr(std::string("log: /tmp/x/up-after/cockroach/node") + node + ".log\n"));
  }
}

TEST(StandingText, mentions_no_console_of_a_server_that_has_none) {
  StandingServers servers{.name = "before", .folder = "/tmp/x/up-before"};
  servers.servers.push_back({.role = "cache", .facts = {.engine = "Redis", .version = "7.0.15"}});
  servers.servers.front().facts.addresses.push_back({.log_path = "/tmp/x/up-before/redis/redis.log"});
  EXPECT_THAT(describe(servers), Not(HasSubstr("console")));
  EXPECT_THAT(describe(servers), HasSubstr("log: /tmp/x/up-before/redis/redis.log\n"));
}

// memcached has no client program, and looks for no password in the environment.
TEST(StandingText, gives_the_password_in_the_url_where_an_engine_takes_it_from_nowhere_else) {
  StandingServers servers{.name = "before", .folder = "/tmp/x/up-before"};
  servers.servers.push_back({.role = "cache", .facts = {.engine = "memcached", .version = "1.6.18"}});
  const std::string url = "memcached://stalemate:abc@127.0.0.1:7001";
  servers.servers.front().facts.addresses.push_back(
      {.user = "stalemate", .password = "abc", .url = url, .log_path = "/tmp/x/up-before/memcached.log"});
  EXPECT_EQ(run_command("before", servers), "stalemate run before --cache '" + url + "'");
  EXPECT_THAT(describe(servers), HasSubstr("    " + url + "\n    log: "));
}

// A name of its own keeps a developer's `up before` out of it.
class StandingServersByHand : public testing::Test {
 protected:
  void SetUp() override { folder_.write(name_ + ".toml", "pattern = \"cache-aside\"\nread_every = \"10ms\"\n"); }
  void TearDown() override { static_cast<void>(stalemate({"down", name_})); }
  [[nodiscard]] Ended stalemate(const std::vector<std::string>& words) const {
    return run_stalemate(folder_.path(), words);
  }

  std::string name_ = "test-" + std::to_string(getpid());
  OwnFolder folder_{};
};

TEST_F(StandingServersByHand, are_reached_by_the_very_commands_that_are_printed_until_they_are_taken_down) {
  const Ended up = stalemate({"up", "./" + name_ + ".toml"});
  ASSERT_EQ(up.code, 0) << up.err;
  EXPECT_EQ(without_start_up(up.err), "");
  EXPECT_THAT(up.out, HasSubstr("PostgreSQL"));
  EXPECT_THAT(up.out, HasSubstr("Redis"));
  EXPECT_NE(running_with("up-" + name_), "") << "they stay after the program has ended";

  const std::string in_folder = "cd " + folder_.path().native() +
                                " && PATH=$PATH:" + std::filesystem::path(STALEMATE_PROGRAM).parent_path().native() +
                                " && ";
  const std::string run = output_of(in_folder + line_with(up.out, "Run against them:", false) + " -d 500ms");
  EXPECT_THAT(run, HasSubstr("Results: runs/" + name_));
  EXPECT_EQ(output_of(line_with(up.out, "PGPASSWORD=", true) + " -At -c 'SELECT count(*) FROM stock'"), "6\n");
  EXPECT_EQ(output_of(line_with(up.out, "REDISCLI_AUTH=", true) + " PING"), "PONG\n");
  EXPECT_EQ(results_in(only_run(folder_.path()))["reads"]["ok"], 50);

  const Ended status = stalemate({"status"});
  EXPECT_EQ(status.code, 0);
  EXPECT_THAT(status.out, HasSubstr(name_));
  const Ended again = stalemate({"up", "./" + name_ + ".toml"});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, HasSubstr("Already up: " + name_));
  EXPECT_EQ(line_with(again.out, "PGPASSWORD=", true), line_with(up.out, "PGPASSWORD=", true));

  const std::string down = output_of(in_folder + line_with(up.out, "Remove them:", false));
  EXPECT_THAT(down, HasSubstr("2 servers stopped"));
  EXPECT_EQ(left_running(), "");
  EXPECT_EQ(left_running_with("up-" + name_), "");
  EXPECT_THAT(stalemate({"status"}).out, Not(HasSubstr(name_)));
  const Ended nothing = stalemate({"down", name_});
  EXPECT_EQ(nothing.code, 64);
  EXPECT_THAT(nothing.err, HasSubstr("nothing is up under the name '" + name_ + "'"));
}

TEST_F(StandingServersByHand, are_run_against_on_a_table_made_there_by_the_command_that_is_printed) {
  folder_.write(
      name_ + ".toml",
      "pattern = \"cache-aside\"\n[data]\ntable = \"shelf\"\nkey = \"id\"\nvalue = \"n\"\nentry = \"{id}\"\n");
  const Ended up = stalemate({"up", "./" + name_ + ".toml"});
  ASSERT_EQ(up.code, 0) << up.err;
  const std::string in_folder = "cd " + folder_.path().native() +
                                " && PATH=$PATH:" + std::filesystem::path(STALEMATE_PROGRAM).parent_path().native() +
                                " && ";
  EXPECT_EQ(output_of(line_with(up.out, "PGPASSWORD=", true) +
                      " -Atq -c 'CREATE TABLE shelf AS SELECT id, 5 AS n FROM generate_series(1, 9) id' -c 'ALTER "
                      "TABLE shelf ADD PRIMARY KEY (id)'"),
            "");
  EXPECT_THAT(output_of(in_folder + line_with(up.out, "Run against them:", false) + " -d 500ms"),
              HasSubstr("Results: runs/" + name_));
  EXPECT_EQ(output_of(line_with(up.out, "PGPASSWORD=", true) + " -At -c 'SELECT sum(n) FROM shelf'"), "45\n");
}

// A list of processes shows the words of a command, and not its environment.
TEST_F(StandingServersByHand, are_reached_by_commands_without_a_password_among_their_words) {
  const Ended up = stalemate({"up", "./" + name_ + ".toml"});
  ASSERT_EQ(up.code, 0) << up.err;
  int commands = 0;
  std::istringstream lines(up.out);
  for (std::string line; std::getline(lines, line);) {
    for (const std::string program : {" psql ", " redis-cli ", " stalemate run "}) {
      const std::size_t place = line.find(program);
      if (place == std::string::npos) {
        continue;
      }
      ++commands;
      for (const char* variable : {"PGPASSWORD=", "REDISCLI_AUTH="}) {
        const std::string password = line_with(up.out, variable, false);
        EXPECT_THAT(line.substr(place), Not(HasSubstr(password.substr(0, password.find(' '))))) << line;
      }
    }
  }
  EXPECT_EQ(commands, 3) << up.out;
}

// README says what stays in the folder of the servers.
TEST_F(StandingServersByHand, leave_no_file_but_those_that_the_readme_names) {
  const Ended up = stalemate({"up", "./" + name_ + ".toml"});
  ASSERT_EQ(up.code, 0) << up.err;
  ASSERT_EQ(stalemate({"down", name_}).code, 0);
  const std::string readme = test::project_text("README.md");
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/tmp/stalemate-" + std::to_string(geteuid()))) {
    if (entry.is_regular_file()) {
      ++files;
      EXPECT_THAT(readme, HasSubstr("`" + entry.path().filename().native() + "`")) << entry.path();
      EXPECT_EQ(entry.file_size(), 0U) << entry.path();
    }
  }
  EXPECT_GE(files, 1);
}

TEST_F(StandingServersByHand, that_died_are_told_with_an_exit_code) {
  const Ended up = stalemate({"up", "./" + name_ + ".toml"});
  ASSERT_EQ(up.code, 0) << up.err;
  static_cast<void>(output_of(line_with(up.out, "REDISCLI_AUTH=", true) + " SHUTDOWN NOSAVE"));
  Ended status = stalemate({"status"});
  for (int attempt = 0; attempt < 100 && status.code == 0; ++attempt) {
    status = stalemate({"status"});  // a server that was told to go may take a moment
  }
  EXPECT_EQ(status.code, 69) << status.out;
  EXPECT_THAT(status.err, HasSubstr(name_ + ": 1 of 2 servers dead; 'stalemate up " + name_ + "'"));
  EXPECT_EQ(stalemate({"down", name_}).code, 0);
}

}  // namespace
}  // namespace stalemate
