#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "living.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/postgres_text.hpp"
#include "servers/engines/probes.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/processes.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using test::comes_true;
using test::is_there;
using testing::HasSubstr;
constexpr Nanoseconds one_second_ns = 1'000'000'000;

std::string output_of(const std::string& command) {
  std::string output;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  for (int letter = 0; (letter = std::fgetc(pipe)) != EOF;) {
    output += static_cast<char>(letter);
  }
  pclose(pipe);
  return output;
}

std::string first_column(Server& server, const std::string& statement) {
  const auto row = ask_postgres(server.facts().addresses.front(), statement, one_second_ns);
  return row ? row->at(0) : "error: " + row.error().detail;
}

std::unique_ptr<PrivateServers> started(const PrivateServersOptions& options) {
  auto servers = start_private_servers(options);
  EXPECT_TRUE(servers) << servers.error().detail;
  return servers ? std::move(*servers) : nullptr;
}

/// Folders of runs below a base folder.
std::vector<std::filesystem::path> run_folders(const std::filesystem::path& base) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(base)) {
    if (entry.path().filename().native().starts_with("run-")) {
      found.push_back(entry.path());
    }
  }
  return found;
}

/// The System V shared memory of the Postgres in a run's folder.
int shared_memory_in(const std::filesystem::path& run_folder) {
  std::ifstream file(run_folder / "postgres" / "data" / "postmaster.pid");
  std::ostringstream text;
  text << file.rdbuf();
  const auto memory = parse_postmaster_file(text.str());
  EXPECT_TRUE(memory);
  return memory ? memory->id : -1;
}

bool shared_memory_is_there(int id) {
  shmid_ds segment = {};
  return shmctl(id, IPC_STAT, &segment) == 0;
}

// Whether a signal was sent to the process that it has neither taken nor ignored yet.
bool has_pending_signal(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if ((line.starts_with("SigPnd:") || line.starts_with("ShdPnd:")) &&
        line.find_first_not_of('0', line.find('\t') + 1) != std::string::npos) {
      return true;
    }
  }
  return false;
}

class PrivateServersTest : public testing::Test {
 protected:
  PrivateServersOptions options(const ServerKind* database, const ServerKind* cache) {
    return {.database = database, .cache = cache, .base_folder = base_.path()};
  }
  OwnFolder base_{OwnFolder::passable};
};

TEST_F(PrivateServersTest, answer_through_every_address_they_give) {
  const auto servers = started(options(&postgres_kind, &redis_kind));
  ASSERT_TRUE(servers);
  const ServerFacts database = servers->database()->facts();
  const ServerFacts cache = servers->cache()->facts();
  const ServerAddress& postgres = database.addresses.front();
  const ServerAddress& redis = cache.addresses.front();
  EXPECT_EQ(output_of("psql -At -c 'SELECT 40 + 2' '" + postgres.url + "'"), "42\n");
  EXPECT_EQ(output_of("psql -At -c 'SELECT 40 + 2' '" + postgres.socket_url + "'"), "42\n");
  EXPECT_EQ(output_of(postgres.client_command + " -At -c 'SELECT 40 + 2'"), "42\n");
  EXPECT_EQ(output_of(redis.client_command + " PING"), "PONG\n");
  EXPECT_EQ(redis.url, "redis://:" + redis.password + "@127.0.0.1:" + std::to_string(redis.port) + "/0");
  EXPECT_EQ(output_of("redis-cli --no-auth-warning -a " + redis.password + " -s " + redis.socket.native() + " PING"),
            "PONG\n");
  EXPECT_EQ(database.default_isolation, "read committed");
  EXPECT_THAT(database.version, testing::MatchesRegex("[0-9]+\\.[0-9]+.*"));
  EXPECT_THAT(cache.version, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

TEST_F(PrivateServersTest, require_their_passwords) {
  const auto servers = started(options(&postgres_kind, &redis_kind));
  ASSERT_TRUE(servers);
  ServerAddress postgres = servers->database()->facts().addresses.front();
  ServerAddress redis = servers->cache()->facts().addresses.front();
  postgres.password = "wrong";
  redis.password = "wrong";
  EXPECT_EQ(ask_postgres(postgres, "SELECT 1", one_second_ns).error().code, ErrorCode::authentication);
  EXPECT_EQ(ask_redis(redis, one_second_ns).error().code, ErrorCode::authentication);
  EXPECT_THAT(output_of("psql -w 'postgres://stalemate@127.0.0.1:" + std::to_string(postgres.port) + "/postgres'"),
              HasSubstr("no password supplied"));
  EXPECT_THAT(output_of("psql -w -h " + postgres.socket.native() + " -p " + std::to_string(postgres.port) +
                        " -U stalemate postgres"),
              HasSubstr("no password supplied"));
  EXPECT_THAT(output_of("redis-cli -p " + std::to_string(redis.port) + " PING"), HasSubstr("NOAUTH"));
}

TEST_F(PrivateServersTest, keep_durability_and_take_many_clients) {
  PrivateServersOptions wanted = options(&serializable_postgres_kind, nullptr);
  wanted.clients = 512;
  const auto servers = started(wanted);
  ASSERT_TRUE(servers);
  Server& database = *servers->database();
  EXPECT_EQ(first_column(database, "SHOW fsync"), "on");
  EXPECT_EQ(first_column(database, "SHOW synchronous_commit"), "on");
  EXPECT_EQ(first_column(database, "SHOW full_page_writes"), "on");
  EXPECT_GE(std::stoi(first_column(database, "SHOW max_connections")), 512);
  EXPECT_EQ(first_column(database, "SHOW transaction_isolation"), "serializable");
  EXPECT_EQ(database.facts().default_isolation, "serializable");
  EXPECT_EQ(servers->cache(), nullptr);
}

TEST_F(PrivateServersTest, answer_nothing_while_paused_and_go_on_afterwards) {
  const auto servers = started(options(&postgres_kind, &redis_kind));
  ASSERT_TRUE(servers);
  constexpr Nanoseconds short_limit = one_second_ns / 5;
  const ServerAddress postgres = servers->database()->facts().addresses.front();
  const ServerAddress redis = servers->cache()->facts().addresses.front();
  for (const Target target : {Target::database, Target::cache}) {
    ASSERT_TRUE(servers->apply(target, ServerEventKind::pause));
  }
  EXPECT_EQ(ask_postgres(postgres, "SELECT 1", short_limit).error().code, ErrorCode::timed_out);
  EXPECT_EQ(ask_redis(redis, short_limit).error().code, ErrorCode::timed_out);
  for (const Target target : {Target::database, Target::cache}) {
    ASSERT_TRUE(servers->apply(target, ServerEventKind::resume));
  }
  EXPECT_TRUE(ask_postgres(postgres, "SELECT 1", 5 * one_second_ns));
  EXPECT_TRUE(ask_redis(redis, 5 * one_second_ns));
}

TEST_F(PrivateServersTest, stop_their_backends_too_when_paused) {
  const auto servers = started(options(&postgres_kind, nullptr));
  ASSERT_TRUE(servers);
  const pid_t postmaster = servers->database()->facts().pids.front();
  ASSERT_TRUE(servers->database()->pause());
  const std::vector<pid_t> children = descendants_of(all_processes(), postmaster);
  EXPECT_GE(children.size(), 4U);
  for (const pid_t child : children) {
    // The backend of the last question may have died before the stop.
    EXPECT_THAT(process_stat(child)->state, testing::AnyOf('T', 'Z'));
  }
  ASSERT_TRUE(servers->database()->resume());
}

TEST_F(PrivateServersTest, keep_committed_rows_through_a_kill) {
  const auto servers = started(options(&postgres_kind, &redis_kind));
  ASSERT_TRUE(servers);
  Server& database = *servers->database();
  const ServerFacts before = database.facts();
  EXPECT_EQ(output_of("psql -Atq -c 'CREATE TABLE kept (n int)' -c 'INSERT INTO kept VALUES (7)' '" +
                      before.addresses.front().url + "'"),
            "");
  for (int round = 0; round < 3; ++round) {
    for (const Target target : {Target::database, Target::cache}) {
      ASSERT_TRUE(servers->apply(target, ServerEventKind::kill));
    }
    EXPECT_EQ(ask_postgres(before.addresses.front(), "SELECT 1", one_second_ns).error().code,
              ErrorCode::connection_refused);
    for (const Target target : {Target::database, Target::cache}) {
      const auto done = servers->apply(target, ServerEventKind::start);
      ASSERT_TRUE(done) << done.error().detail;
    }
    EXPECT_EQ(first_column(database, "SELECT n FROM kept"), "7");
  }
  EXPECT_EQ(database.facts().addresses.front().url, before.addresses.front().url);
  EXPECT_NE(database.facts().pids, before.pids);
  EXPECT_FALSE(servers->apply(Target::cache, ServerEventKind::start)) << "it is running already";
}

TEST_F(PrivateServersTest, come_back_after_a_kill_while_paused) {
  const auto servers = started(options(&postgres_kind, &redis_kind));
  ASSERT_TRUE(servers);
  for (Server* server : {servers->database(), servers->cache()}) {
    ASSERT_TRUE(server->pause());
    ASSERT_TRUE(server->kill_now());
    const auto again = server->start_again();
    EXPECT_TRUE(again) << again.error().detail;
  }
}

TEST_F(PrivateServersTest, leave_nothing_when_stopped) {
  const auto servers = started(options(&postgres_kind, &redis_kind));
  ASSERT_TRUE(servers);
  const pid_t postmaster = servers->database()->facts().pids.front();
  const pid_t redis = servers->cache()->facts().pids.front();
  const int memory = shared_memory_in(run_folders(base_.path()).front());
  EXPECT_TRUE(shared_memory_is_there(memory));
  ASSERT_TRUE(servers->stop());
  EXPECT_TRUE(servers->stop());
  EXPECT_FALSE(is_there(postmaster));
  EXPECT_FALSE(is_there(redis));
  EXPECT_TRUE(run_folders(base_.path()).empty());
  EXPECT_FALSE(shared_memory_is_there(memory));
}

TEST_F(PrivateServersTest, do_not_collide_when_many_start_at_once) {
  std::vector<std::unique_ptr<PrivateServers>> all(4);
  {
    std::vector<std::jthread> starting;
    starting.reserve(all.size());
    for (auto& servers : all) {
      starting.emplace_back([&] { servers = started(options(nullptr, &redis_kind)); });
    }
  }
  std::vector<std::uint16_t> ports;
  for (const auto& servers : all) {
    ASSERT_TRUE(servers);
    ports.push_back(servers->cache()->facts().addresses.front().port);
    EXPECT_TRUE(ask_redis(servers->cache()->facts().addresses.front(), one_second_ns));
  }
  std::ranges::sort(ports);
  EXPECT_EQ(std::ranges::adjacent_find(ports), ports.end());
}

TEST_F(PrivateServersTest, say_what_the_server_logged_when_it_is_not_ready_in_time) {
  PrivateServersOptions hasty = options(&postgres_kind, nullptr);
  hasty.ready_limit_ns = 1'000'000;
  const auto servers = start_private_servers(hasty);
  ASSERT_FALSE(servers);
  EXPECT_EQ(servers.error().code, ErrorCode::timed_out);
  EXPECT_THAT(servers.error().detail, HasSubstr("1 ms"));
  EXPECT_TRUE(run_folders(base_.path()).empty());
}

/// Runs in a child of the test: starts servers, tells their pids and is killed.
[[noreturn]] void start_and_hang(const PrivateServersOptions& options, int told) {
  const auto servers = start_private_servers(options);
  if (servers) {
    const std::array<pid_t, 2> pids = {(*servers)->database()->facts().pids.front(),
                                       (*servers)->cache()->facts().pids.front()};
    static_cast<void>(!write(told, pids.data(), sizeof pids));
  }
  close(told);
  pause();
  _exit(0);
}

struct HangingProgram {
  pid_t pid = -1;
  std::array<pid_t, 2> servers = {};
  pid_t keeper = -1;
};

HangingProgram program_with_servers(const PrivateServersOptions& options) {
  std::array<int, 2> ends = {};
  EXPECT_EQ(pipe(ends.data()), 0);
  HangingProgram program;
  program.pid = fork();
  if (program.pid == 0) {
    close(ends[0]);
    start_and_hang(options, ends[1]);
  }
  close(ends[1]);
  EXPECT_EQ(read(ends[0], program.servers.data(), sizeof program.servers),
            static_cast<ssize_t>(sizeof program.servers));
  close(ends[0]);
  program.keeper = process_stat(program.servers[0])->parent;
  return program;
}

void kill_and_reap(pid_t pid) {
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

TEST_F(PrivateServersTest, are_gone_with_their_folder_when_the_program_is_killed) {
  const HangingProgram program = program_with_servers(options(&postgres_kind, &redis_kind));
  ASSERT_EQ(run_folders(base_.path()).size(), 1U);
  const int memory = shared_memory_in(run_folders(base_.path()).front());
  kill_and_reap(program.pid);
  EXPECT_TRUE(comes_true([&] { return run_folders(base_.path()).empty(); }));
  EXPECT_FALSE(is_there(program.servers[0]));
  EXPECT_FALSE(is_there(program.servers[1]));
  EXPECT_TRUE(comes_true([&] { return !is_there(program.keeper); }));
  EXPECT_FALSE(shared_memory_is_there(memory));
}

TEST_F(PrivateServersTest, die_when_program_and_keeper_are_killed_and_the_next_start_sweeps_their_folder) {
  const HangingProgram program = program_with_servers(options(&postgres_kind, &redis_kind));
  const int memory = shared_memory_in(run_folders(base_.path()).front());
  kill(program.keeper, SIGKILL);
  kill_and_reap(program.pid);
  EXPECT_TRUE(comes_true([&] { return !is_there(program.servers[0]) && !is_there(program.servers[1]); }));
  ASSERT_EQ(run_folders(base_.path()).size(), 1U);
  const std::filesystem::path left = run_folders(base_.path()).front();
  const auto servers = started(options(nullptr, &redis_kind));
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_FALSE(shared_memory_is_there(memory));
}

TEST_F(PrivateServersTest, hear_nothing_of_an_interrupt_at_the_terminal) {
  const HangingProgram program = program_with_servers(options(&postgres_kind, &redis_kind));
  for (const pid_t server : program.servers) {
    EXPECT_NE(getsid(server), getsid(0));
    EXPECT_NE(getpgid(server), getpgid(0));
  }
  EXPECT_NE(getpgid(program.keeper), getpgid(0));
  kill(program.keeper, SIGINT);
  kill(program.keeper, SIGTERM);
  EXPECT_TRUE(comes_true([&] { return !has_pending_signal(program.keeper); }));
  EXPECT_TRUE(is_there(program.servers[0]));
  kill_and_reap(program.pid);
  EXPECT_TRUE(comes_true([&] { return run_folders(base_.path()).empty(); }));
}

TEST_F(PrivateServersTest, can_be_of_a_killed_keeper_without_hanging_their_program) {
  const auto servers = started(options(nullptr, &redis_kind));
  ASSERT_TRUE(servers);
  const pid_t keeper = process_stat(servers->cache()->facts().pids.front())->parent;
  kill(keeper, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return !servers->cache()->pause(); }));
  const auto stopped = servers->stop();
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().detail, HasSubstr("keeper is gone"));
  EXPECT_TRUE(run_folders(base_.path()).empty());
}

}  // namespace
}  // namespace stalemate
