// CockroachDB: against the real binary where there is one, and the order of events (version, start, join, init, wait)
// against a stand-in of ours, because Debian has no package of it and most machines have no binary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <span>
#include <string>
#include <thread>

#include "live/loopback.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/engines/cockroach_cluster.hpp"
#include "servers/engines/cockroach_program.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/processes.hpp"
#include "servers/private_servers.hpp"
#include "servers/standing_servers.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
constexpr std::string_view stand_in_argument = "--stand-in-for-cockroach";
constexpr Nanoseconds second = 1'000'000'000;

/// The value of "--name=value" among the arguments.
std::string flag(std::span<char*> arguments, std::string_view name) {
  for (const std::string_view argument : arguments) {
    if (argument.starts_with(name) && argument.substr(name.size()).starts_with('=')) {
      return std::string(argument.substr(name.size() + 1));
    }
  }
  return {};
}

std::uint16_t port_of(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

std::string big_endian(std::uint32_t number, int bytes) {
  std::string text;
  for (int byte = bytes - 1; byte >= 0; --byte) {
    text += static_cast<char>((number >> (8 * byte)) & 0xffU);
  }
  return text;
}

std::string message(char type, const std::string& body) {
  return type + big_endian(static_cast<std::uint32_t>(body.size() + 4), 4) + body;
}

std::string ready_for_query() {
  return message('Z', "I");
}

std::string answer_to(const std::string& statement) {
  const std::string value =
      statement.contains("version()") ? "CockroachDB CCL v20.1.17 (x86_64-unknown-linux-gnu)" : "serializable";
  const std::string column = std::string("answer\0", 7) + big_endian(0, 4) + big_endian(0, 2) + big_endian(25, 4) +
                             big_endian(0xffff, 2) + big_endian(0xffffffff, 4) + big_endian(0, 2);
  return message('T', big_endian(1, 2) + column) +
         message('D', big_endian(1, 2) + big_endian(static_cast<std::uint32_t>(value.size()), 4) + value) +
         message('C', std::string("SHOW 1\0", 7)) + ready_for_query();
}

/// One session: start-up without a password, then one statement after another.
void serve_session(int session) {
  std::array<char, 4096> bytes = {};
  const auto say = [&](const std::string& text) { static_cast<void>(!write(session, text.data(), text.size())); };
  if (read(session, bytes.data(), bytes.size()) > 0) {
    say(message('R', big_endian(0, 4)) + ready_for_query());
  }
  for (ssize_t got = 0; (got = read(session, bytes.data(), bytes.size())) > 0 && bytes[0] == 'Q';) {
    say(answer_to(std::string(bytes.data() + 5, static_cast<std::size_t>(got - 5))));
  }
  close(session);
}

/// A node: joins nobody, but turns sessions away until some `init` has left its mark, as a node does.
int stand_in_start(std::span<char*> arguments) {
  const std::filesystem::path store = flag(arguments, "--store").substr(std::string("path=").size());
  const std::string join = flag(arguments, "--join");
  if (std::ranges::count(join, ',') != 2 || !join.contains(flag(arguments, "--listen-addr"))) {
    std::cerr << "ERROR: wrong --join\n";
    return 1;
  }
  std::filesystem::create_directory(store);
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  const sockaddr_in address = loopback(port_of(flag(arguments, "--listen-addr")));
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(listener, 10) != 0) {
    std::cerr << "ERROR: cockroach server exited with error: bind: address already in use\n";
    return 1;
  }
  while (true) {
    const int session = accept(listener, nullptr, nullptr);
    if (!std::filesystem::exists(store.parent_path() / "initialised")) {
      close(session);
      continue;
    }
    std::thread(serve_session, session).detach();
  }
}

int stand_in_init(std::span<char*> arguments) {
  const sockaddr_in address = loopback(port_of(flag(arguments, "--host")));
  const int caller = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(caller, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    std::cerr << "ERROR: cannot dial server.\n";
    return 1;
  }
  if (std::filesystem::exists("initialised")) {
    std::cerr << "ERROR: cluster has already been initialized\n";
    return 1;
  }
  std::ofstream("initialised") << "yes";
  std::cout << "Cluster successfully initialized\n";
  return 0;
}

__attribute__((constructor)) void stand_in_if_asked(int argc, char** argv) {
  if (argc < 4 || argv[1] != stand_in_argument) {
    return;
  }
  const std::ios_base::Init streams;
  const std::string_view version = argv[2];
  const std::string_view command = argv[3];
  const std::span<char*> arguments(argv + 4, static_cast<std::size_t>(argc - 4));
  int code = 1;
  if (command == "version") {
    std::cout << "Build Tag:        " << version << "\nPlatform:         linux amd64\n";
    code = 0;
  } else if (command == "start") {
    code = stand_in_start(arguments);
  } else if (command == "init") {
    code = stand_in_init(arguments);
  }
  std::cout.flush();
  _exit(code);
}

/// A `cockroach` that is this program.
std::filesystem::path stand_in(const OwnFolder& folder, const std::string& version) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").native();
  std::filesystem::path script = folder.write(
      "cockroach", "#!/bin/sh\nexec '" + self + "' " + std::string(stand_in_argument) + " " + version + " \"$@\"\n");
  chmod(script.c_str(), 0755);
  return script;
}

void expect_a_cluster_that_survives_a_kill(const PrivateServersOptions& options) {
  const auto servers = start_private_servers(options);
  ASSERT_TRUE(servers) << servers.error().detail;
  Server& cluster = *(*servers)->database();
  const ServerFacts facts = cluster.facts();
  EXPECT_EQ(facts.engine, "CockroachDB");
  EXPECT_EQ(facts.default_isolation, "serializable");
  EXPECT_THAT(facts.version, testing::MatchesRegex("v[0-9]+\\.[0-9]+\\.[0-9]+"));
  ASSERT_EQ(facts.addresses.size(), 3U);
  ASSERT_EQ(facts.pids.size(), 3U);
  ASSERT_TRUE(cluster.pause());
  EXPECT_FALSE(ask_postgres(facts.addresses[1], "SHOW default_transaction_isolation", second / 5));
  ASSERT_TRUE(cluster.resume());
  ASSERT_TRUE(cluster.kill_now());
  for (const ServerAddress& address : facts.addresses) {
    EXPECT_FALSE(ask_postgres(address, "SHOW default_transaction_isolation", second));
  }
  const auto again = cluster.start_again();
  ASSERT_TRUE(again) << again.error().detail;
  for (const ServerAddress& address : facts.addresses) {
    EXPECT_TRUE(ask_postgres(address, "SHOW default_transaction_isolation", second));
  }
  EXPECT_TRUE((*servers)->stop());
  for (const pid_t pid : cluster.facts().pids) {
    EXPECT_FALSE(process_stat(pid));
  }
}

TEST(CockroachCluster, starts_joins_and_comes_back) {
  const auto binary = find_cockroach({});
  if (!binary) {
    std::cerr << "\n*** SKIPPED: no real CockroachDB was tested: " << binary.error().detail << " ***\n\n";
    GTEST_SKIP() << binary.error().detail;
  }
  const OwnFolder base(OwnFolder::passable);
  expect_a_cluster_that_survives_a_kill({.database = &cockroach_kind, .base_folder = base.path()});
}

TEST(CockroachStandIn, is_started_joined_and_waited_for_like_the_real_one) {
  const OwnFolder base(OwnFolder::passable);
  const OwnFolder programs;
  expect_a_cluster_that_survives_a_kill(
      {.database = &cockroach_kind, .database_program = stand_in(programs, "v20.1.17"), .base_folder = base.path()});
}

TEST(CockroachStandIn, serves_as_long_as_most_of_its_nodes_live_and_the_dead_ones_are_named) {
  const OwnFolder base(OwnFolder::passable);
  const OwnFolder programs;
  const PrivateServersOptions options = {
      .database = &cockroach_kind, .database_program = stand_in(programs, "v20.1.17"), .base_folder = base.path()};
  const auto up = bring_up("after", options);
  ASSERT_TRUE(up) << up.error().detail;
  const auto after_the_death_of = [&](std::size_t node) {
    const pid_t pid = up->servers.front().facts.pids[node];
    kill(pid, SIGKILL);
    StandingServer server = standing_servers(base.path())->front().servers.front();
    for (int attempt = 0; attempt < 500 && std::ranges::count(server.dead_nodes, node) == 0; ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      server = standing_servers(base.path())->front().servers.front();
    }
    return server;
  };
  const StandingServer two_left = after_the_death_of(1);
  EXPECT_EQ(two_left.dead_nodes, std::vector<std::size_t>{1});
  EXPECT_TRUE(two_left.serves());
  const StandingServer one_left = after_the_death_of(0);
  EXPECT_EQ(one_left.dead_nodes, (std::vector<std::size_t>{0, 1}));
  EXPECT_FALSE(one_left.serves());
  const auto again = bring_up("after", options);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_FALSE(again->was_up_already) << "ready means whole";
  EXPECT_TRUE(again->servers.front().dead_nodes.empty());
  EXPECT_TRUE(take_down("after", base.path()));
}

TEST(CockroachStandIn, is_refused_when_it_is_too_old) {
  const OwnFolder base(OwnFolder::passable);
  const OwnFolder programs;
  const auto servers = start_private_servers(
      {.database = &cockroach_kind, .database_program = stand_in(programs, "v19.2.12"), .base_folder = base.path()});
  ASSERT_FALSE(servers);
  EXPECT_THAT(servers.error().detail, HasSubstr("is v19.2.12; it takes v20.1.0 or later"));
}

TEST(CockroachStandIn, is_refused_when_it_is_no_cockroach) {
  const OwnFolder base(OwnFolder::passable);
  const auto servers =
      start_private_servers({.database = &cockroach_kind, .database_program = "/bin/echo", .base_folder = base.path()});
  ASSERT_FALSE(servers);
  EXPECT_THAT(servers.error().detail, HasSubstr("names no version"));
}

TEST(CockroachProgram, is_judged_before_anything_is_started) {
  const OwnFolder programs;
  EXPECT_TRUE(check_cockroach_program(stand_in(programs, "v20.1.17")));
  const auto refusal = [](const std::filesystem::path& program) {
    const Result<void> checked = check_cockroach_program(program);
    return checked ? std::string("accepted") : checked.error().detail;
  };
  EXPECT_THAT(refusal("/nonexistent"), HasSubstr("'/nonexistent' is not a program"));
  EXPECT_THAT(refusal("/bin/echo"), HasSubstr("names no version"));
  EXPECT_THAT(refusal(stand_in(programs, "v19.2.12")), HasSubstr("is v19.2.12; it takes v20.1.0 or later"));
}

TEST(CockroachProgram, that_does_not_answer_is_not_waited_for) {
  const OwnFolder programs;
  const std::filesystem::path script = programs.write("cockroach", "#!/bin/sh\nexec sleep 1000\n");
  chmod(script.c_str(), 0755);
  EXPECT_FALSE(check_cockroach_program(script, second / 10));
}

TEST(CockroachStandIn, shows_every_node_with_its_console_and_log) {
  const OwnFolder base(OwnFolder::passable);
  const OwnFolder programs;
  const auto servers = start_private_servers(
      {.database = &cockroach_kind, .database_program = stand_in(programs, "v20.1.17"), .base_folder = base.path()});
  ASSERT_TRUE(servers) << servers.error().detail;
  std::set<std::string> consoles;
  std::set<std::filesystem::path> logs;
  for (const ServerAddress& address : (*servers)->database()->facts().addresses) {
    EXPECT_THAT(address.console_url, testing::MatchesRegex("http://127.0.0.1:[0-9]+"));
    EXPECT_TRUE(std::filesystem::exists(address.log_path)) << address.log_path;
    consoles.insert(address.console_url);
    logs.insert(address.log_path);
  }
  EXPECT_EQ(consoles.size(), 3U);
  EXPECT_EQ(logs.size(), 3U);
}

TEST(CockroachIfFound, is_serializable_postgres_where_there_is_none) {
  if (find_cockroach({})) {
    GTEST_SKIP() << "there is one";
  }
  const OwnFolder base(OwnFolder::passable);
  const auto servers = start_private_servers({.database = &cockroach_or_postgres_kind, .base_folder = base.path()});
  ASSERT_TRUE(servers) << servers.error().detail;
  EXPECT_EQ((*servers)->database()->facts().engine, "PostgreSQL");
  EXPECT_EQ((*servers)->database()->facts().default_isolation, "serializable");
}

}  // namespace
}  // namespace stalemate
