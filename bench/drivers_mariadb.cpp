// Our MariaDB driver against sysbench: a row by its primary key from the same server, turn by turn.
// Rooms: drivers servers record core
//
// bench_drivers_mariadb [ROUNDS [SECONDS]], 5 rounds of 2 s each by default. README.md says what is claimed.
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "drivers/mariadb/session.hpp"
#include "drivers/mariadb/stock/stock_table.hpp"
#include "servers/engines/mariadb_server.hpp"
#include "servers/private_servers.hpp"
#include "support/bench_main.hpp"
#include "support/load.hpp"
#include "support/peer.hpp"
#include "support/turns.hpp"

namespace stalemate {
namespace {

/// sysbench's test oltp_point_select on a table of its own.
class Sysbench {
 public:
  explicit Sysbench(const ServerAddress& address) : address_(address) {
    static_cast<void>(run_peer(command({"prepare"}), {}));
    start_cpu_s_ = start_cpu_seconds(
        [this] { return run_peer(command({"--events=" + std::to_string(turn_connections), "--time=0", "run"}), {}); });
  }

  Turn take_turn(double seconds) {
    const PeerRun measured =
        run_peer(command({"--time=" + std::to_string(static_cast<long>(seconds)), "--events=0", "run"}), {});
    // Such as "    transactions:                        88261  (44109.31 per sec.)".
    const auto ops = number_after(measured.output, "transactions:");
    const auto rate = ops ? number_after(measured.output.substr(measured.output.find("transactions:")), "(") : ops;
    if (!ops || !rate) {
      throw std::runtime_error("sysbench's output has no rate");
    }
    return turn_of(measured, start_cpu_s_, *ops, *rate);
  }

 private:
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"sysbench",
                                      "oltp_point_select",
                                      "--mysql-socket=" + address_.socket.native(),
                                      "--mysql-user=" + address_.user,
                                      "--mysql-password=" + address_.password,
                                      "--mysql-db=" + address_.database,
                                      "--tables=1",
                                      "--table-size=1000",
                                      "--skip-trx",
                                      "--threads=" + std::to_string(turn_connections)};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  ServerAddress address_;
  double start_cpu_s_ = 0;
};

int run(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2.0;
  if (rounds < 1 || seconds < 1) {
    std::fprintf(stderr, "usage: bench_drivers_mariadb [ROUNDS [SECONDS]], both numbers at least 1\n");
    return 64;
  }
  const auto servers = must(start_private_servers({.database = &mariadb_kind}));
  const ServerAddress address = servers->database()->facts().addresses.front();
  MariaDbOptions options;
  options.url = address.socket_url;
  must(prepare_mariadb_stock(options, 1000, ForeignTable::keep));
  Sysbench peer(address);
  Load<MariaDbSession, MariaDbOptions> load(address.socket_url);
  const bool holds = compare(
      {"MariaDB SELECT by primary key, 16 connections, unix socket, against sysbench oltp_point_select", 0, 0.8},
      rounds, seconds, [&](double length) { return load.take_turn(length); },
      [&](double length) { return peer.take_turn(length); });
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
