// Gates before Redis against haproxy and socat: the same redis-benchmark through each, turn by turn.
// Rooms: proxy wire servers record core
//
// bench_proxy_redis [ROUNDS [REQUESTS]], 5 rounds of 200,000 requests by default. README.md says what is claimed.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "proxy/call_log.hpp"
#include "proxy/fault_board.hpp"
#include "proxy/gate.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "support/bench_main.hpp"
#include "support/peer.hpp"
#include "support/peer_server.hpp"

namespace stalemate {
namespace {

/// How redis-benchmark asks.
struct Load {
  unsigned connections = 50;
  unsigned pipelined = 1;
  unsigned requests = 200'000;
};

struct Turn {
  double requests_a_second = 0;
  double latency_us = 0;         // the mean
  double median_latency_us = 0;  // in steps of 8 us
};

Turn take_turn(const ServerAddress& server, std::uint16_t port, const Load& load) {
  const PeerRun run = run_peer({"redis-benchmark", "-h", "127.0.0.1", "-p", std::to_string(port), "-a", server.password,
                                "-t", "get", "-c", std::to_string(load.connections), "-P",
                                std::to_string(load.pipelined), "-n", std::to_string(load.requests), "--csv"},
                               {});
  // "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms",...
  std::vector<double> figures;
  std::string_view rest = run.output;
  for (std::string_view before = "\"GET\",\""; figures.size() < 4; before = "\",\"") {
    const auto figure = number_after(rest, before);
    if (!figure) {
      throw std::runtime_error("redis-benchmark's output has no rate");
    }
    figures.push_back(*figure);
    rest.remove_prefix(rest.find(before) + before.size());
  }
  return {figures[0], figures[1] * 1e3, figures[3] * 1e3};
}

/// Gates as `stalemate proxy --record` opens them.
class RecordingGates {
 public:
  RecordingGates(std::uint16_t store_port, const std::string& file) {
    const std::vector<LinkAddress> links = {{.protocol = Protocol::redis, .store_port = store_port}};
    auto log = CallLog::begin(file, links);
    if (!log) {
      throw std::runtime_error(log.error().detail);
    }
    log_ = std::move(*log);
    board_ = std::make_unique<FaultBoard>(links, 1, log_.get());
    auto gates = start_gates({.links = links, .keeper = board_.get()});
    if (!gates) {
      throw std::runtime_error(gates.error().detail);
    }
    gates_ = std::move(*gates);
    board_->govern(gates_.get());
  }
  [[nodiscard]] std::uint16_t port() const { return gates_->port_of(0); }

 private:
  std::unique_ptr<CallLog> log_;
  std::unique_ptr<FaultBoard> board_;
  std::unique_ptr<Gates> gates_;
};

std::uint16_t free_port(std::uint16_t store_port, const std::string& file) {
  return RecordingGates(store_port, file).port();
}

/// redis-benchmark would try for ever.
void wait_until_it_listens(std::uint16_t port, const char* name) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int attempt = 0; attempt < 200; ++attempt) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int refused = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    ::close(socket);
    if (refused == 0) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error(std::string(name) + " does not listen; is its package installed?");
}

std::vector<std::string> haproxy_words(const std::filesystem::path& folder, std::uint16_t port, std::uint16_t store) {
  const std::filesystem::path settings = folder / "haproxy.cfg";
  std::ofstream(settings) << "global\n  nbthread 1\n  maxconn 300\ndefaults\n  mode tcp\n  timeout connect 5s\n"
                             "  timeout client 1m\n  timeout server 1m\nlisten redis\n  bind 127.0.0.1:"
                          << port << "\n  server redis 127.0.0.1:" << store << "\n";
  return {"haproxy", "-db", "-f", settings.string()};
}

/// Resident memory of this process.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0;
  double resident_pages = 0;
  file >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

const char* told(bool holds) {
  return holds ? "holds" : "DOES NOT HOLD";
}

/// With 50 connections. Ours are CPU of this whole process, the file of calls included.
bool compare_cpu(const ServerAddress& server, const RecordingGates& gates, const PeerServer& haproxy,
                 std::uint16_t haproxy_port, int rounds, const Load& load, double ratio_max) {
  std::vector<double> ours_us, peer_us, ratio, ours_rate, peer_rate, direct_rate, share;
  for (int round = 0; round < rounds; ++round) {
    const double ours_before = own_cpu_seconds();
    ours_rate.push_back(take_turn(server, gates.port(), load).requests_a_second);
    ours_us.push_back((own_cpu_seconds() - ours_before) * 1e6 / load.requests);
    const double peer_before = haproxy.cpu_seconds();
    peer_rate.push_back(take_turn(server, haproxy_port, load).requests_a_second);
    peer_us.push_back((haproxy.cpu_seconds() - peer_before) * 1e6 / load.requests);
    direct_rate.push_back(take_turn(server, server.port, load).requests_a_second);
    ratio.push_back(ours_us.back() / peer_us.back());
    share.push_back(ours_rate.back() / direct_rate.back());
  }
  const bool cpu_holds = median_of(ratio) <= ratio_max;
  std::printf("redis-benchmark GET, %u connections, %u pipelined, recorded, against haproxy in TCP mode\n",
              load.connections, load.pipelined);
  std::printf("  CPU us a request      ours %8.2f  peer %8.2f  ratio %.2f (at most %.2f)  %s\n", median_of(ours_us),
              median_of(peer_us), median_of(ratio), ratio_max, told(cpu_holds));
  const bool share_holds = load.pipelined > 1 || median_of(share) >= 0.58;
  std::printf("  requests a second     ours %8.0f  peer %8.0f  direct %8.0f", median_of(ours_rate),
              median_of(peer_rate), median_of(direct_rate));
  std::printf(load.pipelined > 1 ? "  share of direct %.2f\n" : "  share of direct %.2f (at least 0.58)  %s\n",
              median_of(share), told(share_holds));
  return cpu_holds && share_holds;
}

bool compare_latency(const ServerAddress& server, const RecordingGates& gates, std::uint16_t socat_port, int rounds) {
  const Load load{.connections = 1, .requests = 20'000};
  std::vector<Turn> ours, peer, direct;
  for (int round = 0; round < rounds; ++round) {
    ours.push_back(take_turn(server, gates.port(), load));
    peer.push_back(take_turn(server, socat_port, load));
    direct.push_back(take_turn(server, server.port, load));
  }
  std::printf("one connection, against socat\n");
  const auto print = [&](const char* name, double Turn::* latency_us) {
    std::vector<double> ours_us, peer_us, direct_us, more_us;
    for (std::size_t round = 0; round < ours.size(); ++round) {
      ours_us.push_back(ours[round].*latency_us);
      peer_us.push_back(peer[round].*latency_us);
      direct_us.push_back(direct[round].*latency_us);
      more_us.push_back(ours_us.back() - peer_us.back());
    }
    std::printf("%s latency us     ours %8.1f  peer %8.1f  direct %8.1f  ours - peer %.1f", name, median_of(ours_us),
                median_of(peer_us), median_of(direct_us), median_of(more_us));
    return median_of(more_us);
  };
  static_cast<void>(print("  mean  ", &Turn::latency_us));
  const bool holds = print("\n  median", &Turn::median_latency_us) <= 10;
  std::printf(" (at most 10)  %s\n", told(holds));
  return holds;
}

bool watch_memory(const ServerAddress& server, const RecordingGates& gates, unsigned requests) {
  const double before = resident_bytes();
  static_cast<void>(take_turn(server, gates.port(), {.pipelined = 16, .requests = requests}));
  const double more = resident_bytes() - before;
  const bool holds = more < 8e6;
  std::printf("memory after %u more requests: %.1f MB more (less than 8)  %s\n", requests, more / 1e6, told(holds));
  return holds;
}

int run(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const unsigned requests = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 200'000;
  auto servers = start_private_servers({.cache = &redis_kind});
  if (!servers) {
    throw std::runtime_error(servers.error().detail);
  }
  const ServerAddress server = (*servers)->cache()->facts().addresses.front();
  std::string folder = "/tmp/stalemate-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error("no folder can be made in /tmp");
  }
  bool holds = true;
  {
    const std::uint16_t haproxy_port = free_port(server.port, folder + "/none");
    const PeerServer haproxy(haproxy_words(folder, haproxy_port, server.port), folder + "/haproxy.log");
    wait_until_it_listens(haproxy_port, "haproxy");
    const std::uint16_t socat_port = free_port(server.port, folder + "/none");
    const PeerServer socat({"socat", "TCP-LISTEN:" + std::to_string(socat_port) + ",bind=127.0.0.1,fork,nodelay",
                            "TCP:127.0.0.1:" + std::to_string(server.port) + ",nodelay"},
                           folder + "/socat.log");
    wait_until_it_listens(socat_port, "socat");
    const RecordingGates gates(server.port, folder + "/calls.jsonl");
    holds &= compare_cpu(server, gates, haproxy, haproxy_port, rounds, {.requests = requests}, 1.3);
    holds &=
        compare_cpu(server, gates, haproxy, haproxy_port, rounds, {.pipelined = 16, .requests = requests * 5}, 3.5);
    holds &= compare_latency(server, gates, socat_port, rounds);
    holds &= watch_memory(server, gates, requests * 10);
  }
  std::filesystem::remove_all(folder);
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
