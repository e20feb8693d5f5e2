// Our drivers against redis-benchmark and pgbench, and the one of memcached against ours of Redis: the same requests,
// turn by turn.
// Rooms: drivers servers record core
//
// bench_drivers [ROUNDS [SECONDS [redis|memcached|postgres]]], 5 rounds of 2 s each and all stores by default.
// README.md says what is claimed.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "drivers/memcached/session.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/postgres/stock/stock_table.hpp"
#include "drivers/redis/session.hpp"
#include "drivers/run_task.hpp"
#include "servers/engines/memcached_server.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "support/bench_main.hpp"
#include "support/load.hpp"
#include "support/peer.hpp"
#include "support/turns.hpp"

namespace stalemate {
namespace {

const std::string product = "93410c29-1609-484d-8662-ae2d0aa93cc4";

class RedisBenchmark {
 public:
  explicit RedisBenchmark(const ServerAddress& address)
      : address_(address), start_cpu_s_(start_cpu_seconds([this] { return run(turn_connections); })) {}

  Turn take_turn(double seconds) {
    const double ops = seconds * ops_a_second_;
    const PeerRun measured = run(ops);
    ops_a_second_ = rate_of(measured);
    return turn_of(measured, start_cpu_s_, ops, ops_a_second_);
  }

 private:
  [[nodiscard]] PeerRun run(double ops) const {
    return run_peer({"redis-benchmark", "-h", address_.host, "-p", std::to_string(address_.port), "-a",
                     address_.password, "-c", std::to_string(turn_connections), "-n",
                     std::to_string(static_cast<long>(ops)), "--csv", "GET", "stock:" + product},
                    {});
  }
  // A line such as "GET stock:...","66050.20","0.127",... below the one of titles.
  static double rate_of(const PeerRun& run) {
    const auto rate = number_after(run.output, product + "\",\"");
    if (!rate) {
      throw std::runtime_error("redis-benchmark's output has no rate");
    }
    return *rate;
  }

  ServerAddress address_;
  double start_cpu_s_;
  double ops_a_second_ = 30'000;
};

/// pgbench with one of its own scripts or with ours.
class Pgbench {
 public:
  Pgbench(const ServerAddress& address, std::vector<std::string> script)
      : address_(address),
        script_(std::move(script)),
        start_cpu_s_(start_cpu_seconds([this] { return run({"-t", "1"}); })) {}

  Turn take_turn(double seconds) {
    const PeerRun measured = run({"-T", std::to_string(static_cast<long>(seconds))});
    const auto ops = number_after(measured.output, "actually processed: ");
    const auto rate = number_after(measured.output, "\ntps = ");
    if (!ops || !rate) {
      throw std::runtime_error("pgbench's output has no rate");
    }
    return turn_of(measured, start_cpu_s_, *ops, *rate);
  }

  static void make_tables(const ServerAddress& address) {
    static_cast<void>(run_peer(command(address, {"-i", "-s", "1", "-q"}), environment(address)));
  }

 private:
  static std::vector<std::string> command(const ServerAddress& address, const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        program(), "-h", address.socket.native(), "-p", std::to_string(address.port), "-U", address.user};
    words.insert(words.end(), more.begin(), more.end());
    words.push_back(address.database);
    return words;
  }
  static std::string program() {
    const std::string packaged = "/usr/lib/postgresql/15/bin/pgbench";
    return std::filesystem::exists(packaged) ? packaged : "pgbench";
  }
  static std::vector<std::pair<std::string, std::string>> environment(const ServerAddress& address) {
    return {{"PGPASSWORD", address.password}};
  }
  [[nodiscard]] PeerRun run(const std::vector<std::string>& length) const {
    std::vector<std::string> words = {"-n", "-M", "prepared", "-c", std::to_string(turn_connections), "-j", "1"};
    words.insert(words.end(), script_.begin(), script_.end());
    words.insert(words.end(), length.begin(), length.end());
    return run_peer(command(address_, words), environment(address_));
  }

  ServerAddress address_;
  std::vector<std::string> script_;
  double start_cpu_s_;
};

bool compare_caches(const ServerAddress& address, const std::filesystem::path& folder, int rounds, double seconds) {
  Load<RedisSession, RedisOptions> load(address.url, folder / "redis.history");
  boost::asio::io_context context;
  RedisOptions options;
  options.url = address.url;
  RedisSession session(context, options);
  must(run_task(context, session.set(Key(0), initial_value, 0)));
  RedisBenchmark peer(address);
  return compare(
      {"Redis GET, 16 connections, loopback TCP, history recorded, against redis-benchmark", 1.0, 0.85}, rounds,
      seconds, [&](double length) { return load.take_turn(length); },
      [&](double length) { return peer.take_turn(length); });
}

// Both caches in turn, one session of each a connection.
bool compare_with_memcached(const ServerAddress& redis, const ServerAddress& memcached,
                            const std::filesystem::path& folder, int rounds, double seconds) {
  boost::asio::io_context context;
  MemcachedOptions options;
  options.url = memcached.url;
  MemcachedSession session(context, options);
  must(run_task(context, session.set(Key(0), initial_value, 0)));
  RedisOptions redis_options;
  redis_options.url = redis.url;
  RedisSession redis_session(context, redis_options);
  must(run_task(context, redis_session.set(Key(0), initial_value, 0)));
  Load<MemcachedSession, MemcachedOptions> load(memcached.url, folder / "memcached.history");
  Load<RedisSession, RedisOptions> peer(redis.url, folder / "peer.history");
  return compare(
      {"memcached GET, 16 connections, loopback TCP, history recorded, against ours of Redis", 0.0, 1.1}, rounds,
      seconds, [&](double length) { return load.take_turn(length); },
      [&](double length) { return peer.take_turn(length); });
}

bool compare_databases(const ServerAddress& address, const std::filesystem::path& folder, int rounds, double seconds) {
  PostgresOptions options;
  options.url = address.socket_url;
  must(prepare_stock_table(options, 1000, ForeignTable::keep));
  Pgbench::make_tables(address);
  const std::filesystem::path script = folder / "select.sql";
  std::ofstream(script) << "SELECT quantity FROM stock WHERE product_id = :id;\n";
  Load<PostgresSession, PostgresOptions> load(address.socket_url);
  Pgbench built_in(address, {"-S"});
  Pgbench same(address, {"-f", script.native(), "-D", "id=" + product});
  const auto ours = [&](double length) { return load.take_turn(length); };
  const bool holds = compare({"Postgres SELECT by primary key, 16 connections, unix socket, against pgbench -M prepared"
                              " -S",
                              1.0, 1.0},
                             rounds, seconds, ours, [&](double length) { return built_in.take_turn(length); });
  compare({"the same, against pgbench -M prepared with our statement (nothing is claimed)"}, rounds, seconds, ours,
          [&](double length) { return same.take_turn(length); });
  return holds;
}

int run(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2.0;
  const std::string only = argc > 3 ? argv[3] : "";
  if (rounds < 1 || seconds < 1 || (!only.empty() && only != "redis" && only != "memcached" && only != "postgres")) {
    std::fprintf(stderr,
                 "usage: bench_drivers [ROUNDS [SECONDS [redis|memcached|postgres]]], both numbers at least 1\n");
    return 64;
  }
  const auto servers = must(start_private_servers({.database = &postgres_kind, .cache = &redis_kind}));
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("stalemate-bench-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  bool holds = true;
  const ServerAddress redis = servers->cache()->facts().addresses.front();
  if (only.empty() || only == "redis") {
    holds &= compare_caches(redis, folder, rounds, seconds);
  }
  if (only.empty() || only == "memcached") {
    const auto memcached = must(start_private_servers({.cache = &memcached_kind}));
    holds &= compare_with_memcached(redis, memcached->cache()->facts().addresses.front(), folder, rounds, seconds);
  }
  if (only.empty() || only == "postgres") {
    holds &= compare_databases(servers->database()->facts().addresses.front(), folder, rounds, seconds);
  }
  std::filesystem::remove_all(folder);
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
