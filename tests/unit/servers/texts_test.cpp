#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "servers/engines/cockroach_text.hpp"
#include "servers/engines/mariadb_server.hpp"
#include "servers/engines/postgres_text.hpp"
#include "servers/engines/probes.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/keeper/launch.hpp"
#include "servers/keeper/spawn.hpp"
#include "unit/servers/own_folder.hpp"

#include <nlohmann/json.hpp>

namespace stalemate {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(CockroachVersion, is_found_in_what_the_binary_prints) {
  constexpr std::string_view printed =
      "Build Tag:        v20.1.17\nBuild Time:       2021/05/17 16:30:22\nDistribution:     CCL\n"
      "Platform:         linux amd64 (x86_64-unknown-linux-gnu)\nGo Version:       go1.13.9\n";
  EXPECT_EQ(parse_cockroach_version(printed), (CockroachVersion{.year = 20, .release = 1, .patch = 17}));
}

TEST(CockroachVersion, is_found_in_what_the_server_says) {
  EXPECT_EQ(parse_cockroach_version("CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023/09/27 01:53:43)"),
            (CockroachVersion{.year = 23, .release = 1, .patch = 11}));
  EXPECT_EQ(parse_cockroach_version("CockroachDB CCL v25.2.0-rc.1 (aarch64)"),
            (CockroachVersion{.year = 25, .release = 2, .patch = 0}));
}

TEST(CockroachVersion, is_absent_where_there_is_none) {
  for (const char* const text : {"", "v", "v20", "v20.1", "vv20.1.", "version 20.1.17", "v99999999999.1.1"}) {
    EXPECT_FALSE(parse_cockroach_version(text)) << text;
  }
}

TEST(CockroachVersion, has_the_order_of_releases) {
  EXPECT_LT((CockroachVersion{.year = 19, .release = 2, .patch = 12}), oldest_cockroach);
  EXPECT_LT((CockroachVersion{.year = 20, .release = 2, .patch = 0}),
            (CockroachVersion{.year = 20, .release = 10, .patch = 0}));
}

RC_GTEST_PROP(CockroachVersion, survives_being_written, (unsigned short year, unsigned char release)) {
  const CockroachVersion version{.year = year, .release = release, .patch = 3};
  RC_ASSERT(parse_cockroach_version("x " + to_text(version) + "-alpha") == version);
}

TEST(CockroachArguments, name_every_node_and_only_flags_known_since_v20_1) {
  const std::array<CockroachNode, 3> nodes = {{{.port = 11001, .http_port = 11011, .store = "/d/node1"},
                                               {.port = 11002, .http_port = 11012, .store = "/d/node2"},
                                               {.port = 11003, .http_port = 11013, .store = "/d/node3"}}};
  EXPECT_THAT(
      cockroach_start_arguments("/opt/cockroach", nodes, 1),
      ElementsAre("/opt/cockroach", "start", "--insecure", "--store=path=/d/node2", "--listen-addr=127.0.0.1:11002",
                  "--http-addr=127.0.0.1:11012", "--join=127.0.0.1:11001,127.0.0.1:11002,127.0.0.1:11003",
                  "--cache=128MiB", "--max-sql-memory=128MiB"));
  EXPECT_THAT(cockroach_init_arguments("/opt/cockroach", 11001),
              ElementsAre("/opt/cockroach", "init", "--insecure", "--host=127.0.0.1:11001"));
  EXPECT_EQ(cockroach_url(11001), "postgres://root@127.0.0.1:11001/defaultdb?sslmode=disable");
}

TEST(CockroachInit, counts_as_done_when_it_had_been_done) {
  EXPECT_TRUE(says_initialised_already("ERROR: cluster has already been initialized"));
  EXPECT_FALSE(says_initialised_already("ERROR: cannot dial server.\nIs the server running?"));
}

TEST(PostgresSettings, keep_durability_and_stay_in_the_data_folder) {
  const std::string settings = postgres_settings(15, 512, "");
  for (const char* const line :
       {"\nfsync = on\n", "\nsynchronous_commit = on\n", "\nfull_page_writes = on\n",
        "\ndynamic_shared_memory_type = mmap\n", "\nmax_connections = 552\n", "\nwal_level = logical\n"}) {
    EXPECT_THAT(settings, HasSubstr(line));
  }
  EXPECT_THAT(settings, Not(HasSubstr("default_transaction_isolation")));
  EXPECT_THAT(postgres_settings(15, 1, "serializable"),
              HasSubstr("\ndefault_transaction_isolation = 'serializable'\n"));
}

TEST(PostgresSettings, ask_for_syncfs_only_where_it_is_known) {
  EXPECT_THAT(postgres_settings(14, 1, ""), HasSubstr("syncfs"));
  EXPECT_THAT(postgres_settings(13, 1, ""), Not(HasSubstr("syncfs")));
  EXPECT_EQ(parse_postgres_major("15\n"), 15U);
  EXPECT_EQ(parse_postgres_major("9.6\n"), 9U);
  EXPECT_EQ(parse_postgres_major(""), 0U);
}

TEST(PostgresArguments, hold_no_password) {
  EXPECT_THAT(initdb_arguments("/b/initdb", "/d/data", "/d/password"), Contains("--pwfile=/d/password"));
  EXPECT_THAT(initdb_arguments("/b/initdb", "/d/data", "/d/password"), Contains("--auth=scram-sha-256"));
  EXPECT_THAT(postgres_arguments("/b/postgres", "/d/data", "/d", 11001),
              ElementsAre("/b/postgres", "-D", "/d/data", "-k", "/d", "-p", "11001"));
}

TEST(PostgresUrl, encodes_what_a_url_cannot_hold) {
  EXPECT_EQ(postgres_url("us er", "p@ss:w/rd", 5432, "d?b"), "postgres://us%20er:p%40ss%3Aw%2Frd@127.0.0.1:5432/d%3Fb");
  EXPECT_EQ(postgres_socket_url("u", "p", "/tmp/a b", 5432, "d"), "postgres://u:p@/d?host=%2Ftmp%2Fa%20b&port=5432");
}

TEST(SocketPath, fits_up_to_107_bytes) {
  EXPECT_TRUE(socket_path_fits(std::string(107, 'x')));
  EXPECT_FALSE(socket_path_fits(std::string(108, 'x')));
  EXPECT_EQ(postgres_socket("/f", 5432), "/f/.s.PGSQL.5432");
}

TEST(PostmasterFile, names_its_shared_memory_in_line_seven) {
  const auto memory = parse_postmaster_file(
      "8520\n/tmp/pgm/d\n1795353798\n25555\n/tmp/pgm\nlocalhost\n 10960990        37\nready   \n");
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->key, 10960990U);
  EXPECT_EQ(memory->id, 37);
}

TEST(PostmasterFile, names_none_when_cut_short) {
  for (const char* const text : {"", "8520\n", "1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n6\n\nready\n"}) {
    EXPECT_FALSE(parse_postmaster_file(text)) << text;
  }
}

TEST(RedisSettings, protect_it_and_keep_nothing_unless_asked) {
  const std::string settings = redis_settings(11001, "secret", "/r/redis.sock", "/r/data", false);
  for (const char* const line : {"bind 127.0.0.1\n", "\nprotected-mode yes\n", "\nport 11001\n",
                                 "\nrequirepass \"secret\"\n", "\nsave \"\"\n", "\nappendonly no\n"}) {
    EXPECT_THAT(settings, HasSubstr(line));
  }
  EXPECT_THAT(redis_settings(11001, "secret", "/r/redis.sock", "/r/data", true), HasSubstr("\nappendonly yes\n"));
}

TEST(RedisInfo, gives_a_value_by_its_whole_name) {
  constexpr std::string_view info = "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nversion:no\r\n";
  EXPECT_EQ(info_value(info, "redis_version"), "7.0.15");
  EXPECT_EQ(info_value(info, "redis_mode"), "standalone");
  EXPECT_EQ(info_value(info, "version"), "no");
  EXPECT_EQ(info_value(info, "absent"), "");
  EXPECT_EQ(info_value("redis_version:7", "redis_version"), "7");
}

TEST(ServerPorts, lie_outside_the_range_for_outgoing_connections) {
  const PortRange below = server_ports(parse_port_range("32768\t60999\n"));
  EXPECT_EQ(below.first, 10'000);
  EXPECT_EQ(below.last, 32'767);
  const PortRange above = server_ports(parse_port_range("1024 40000"));
  EXPECT_EQ(above.first, 40'001);
  EXPECT_EQ(above.last, 65'535);
  const PortRange nowhere_else = server_ports(parse_port_range("1024 65535"));
  EXPECT_EQ(nowhere_else.first, 10'000);
  EXPECT_EQ(nowhere_else.last, 65'535);
}

RC_GTEST_PROP(ServerPorts, are_never_empty_and_avoid_what_they_can, (unsigned short one, unsigned short other)) {
  const std::uint16_t low = std::min(one, other);
  const std::uint16_t high = std::max(one, other);
  const PortRange range = server_ports(std::pair(low, high));
  RC_ASSERT(range.first >= 10'000);
  RC_ASSERT(range.first <= range.last);
  const bool all = range.first == 10'000 && range.last == 65'535;
  RC_ASSERT(all || range.last < low || range.first > high);
}

TEST(PortRange, is_not_read_from_anything_else) {
  for (const char* const text : {"", "x", "32768", "60999 32768", "1 70000"}) {
    EXPECT_FALSE(parse_port_range(text)) << text;
  }
}

TEST(LogTail, is_the_last_lines_of_this_start) {
  const OwnFolder folder;
  const auto log = folder.write("log", "old one\nold two\na\nb\nc\n");
  EXPECT_EQ(log_tail(log, 16, 12), "a\nb\nc");
  EXPECT_EQ(log_tail(log, 16, 2), "b\nc");
  EXPECT_EQ(log_tail(log, 0, 12), "old one\nold two\na\nb\nc");
  EXPECT_EQ(log_tail(log, 1'000, 12), "");
  EXPECT_EQ(log_tail(folder.path() / "absent", 0, 12), "");
}

TEST(LogPhrase, never_announces_lines_that_are_not_there) {
  EXPECT_EQ(log_phrase("a\nb"), "; the end of its log:\na\nb");
  EXPECT_EQ(log_phrase(""), "; it logged nothing");
}

TEST(PortTaken, is_told_by_each_servers_own_words) {
  for (const char* const log :
       {"LOG:  could not bind IPv4 address \"127.0.0.1\": Address already in use",
        "Warning: Could not create server TCP listening socket 127.0.0.1:6379: bind: Address already in use",
        "ERROR: cockroach server exited with error: unable to listen: listen tcp 127.0.0.1:26257: bind: address "
        "already in use"}) {
    EXPECT_TRUE(says_port_taken(log)) << log;
  }
  EXPECT_FALSE(says_port_taken("FATAL:  could not create lock file: Permission denied"));
}

TEST(SpawnOrder, survives_the_link_to_the_keeper) {
  const SpawnOrder order{.arguments = {"/b/x", "-a b"},
                         .environment = {"A=1"},
                         .folder = "/f",
                         .log = "/f/log",
                         .account = Account{.name = "nobody", .user = 65534, .group = 65534}};
  const SpawnOrder copy = spawn_order_from(nlohmann::json::parse(to_json(order).dump()));
  EXPECT_EQ(copy.arguments, order.arguments);
  EXPECT_EQ(copy.environment, order.environment);
  EXPECT_EQ(copy.folder, order.folder);
  EXPECT_EQ(copy.log, order.log);
  ASSERT_TRUE(copy.account);
  EXPECT_EQ(copy.account->user, 65534U);
  EXPECT_EQ(copy.account->group, 65534U);
}

TEST(MariaDbArguments, keep_everything_in_the_servers_folder_and_on_loopback) {
  const std::vector<std::string> arguments =
      mariadb_arguments({.programs = {.server = "/usr/sbin/mariadbd"}, .clients = 100}, "/base/run/mariadb", 12345);
  EXPECT_EQ(arguments.at(0), "/usr/sbin/mariadbd");
  EXPECT_EQ(arguments.at(1), "--no-defaults") << "only as the first option no file of the system's is read";
  for (const char* const wanted :
       {"--datadir=/base/run/mariadb/data", "--socket=/base/run/mariadb/mariadb.sock", "--bind-address=127.0.0.1",
        "--port=12345", "--max-connections=140", "--innodb-flush-log-at-trx-commit=1"}) {
    EXPECT_THAT(arguments, Contains(wanted));
  }
}

// In one folder for all of them, a server that starts removes the temporary tables of another that runs.
TEST(MariaDbArguments, give_every_server_a_folder_of_its_own_for_temporary_tables) {
  EXPECT_THAT(mariadb_arguments({}, "/base/run/mariadb", 1), Contains("--tmpdir=/base/run/mariadb/tmp"));
  EXPECT_THAT(mariadb_install_arguments({}, "/base/run/mariadb"), Contains("--tmpdir=/base/run/mariadb/tmp"));
}

TEST(MariaDbArguments, make_the_user_and_the_database_again_at_every_start_where_they_are_gone) {
  const std::string text = mariadb_first_statements("hush");
  EXPECT_THAT(text, HasSubstr("CREATE DATABASE IF NOT EXISTS stalemate;\n"));
  for (const char* const host : {"127.0.0.1", "localhost"}) {
    EXPECT_THAT(text,
                HasSubstr("CREATE USER IF NOT EXISTS 'stalemate'@'" + std::string(host) + "' IDENTIFIED BY 'hush';\n"));
  }
}

}  // namespace
}  // namespace stalemate
