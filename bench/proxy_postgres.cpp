// Gates before PostgreSQL against pgbouncer: the same pgbench through either, turn by turn.
// Rooms: proxy wire servers record core
//
// bench_proxy_postgres [ROUNDS [SECONDS]], 5 rounds of 2 s by default. README.md says what is claimed.
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

#include "proxy/gate.hpp"
#include "servers/engines/postgres_server.hpp"
#include "servers/private_servers.hpp"
#include "support/bench_main.hpp"
#include "support/peer.hpp"
#include "support/peer_server.hpp"

namespace stalemate {
namespace {

constexpr unsigned connections = 50;

/// Sees each call and each answer, as a recorder does.
class SeeingKeeper final : public GateKeeper {
 public:
  Passage arrived(const GateCall& call) override {
    bytes_ += call.request.text.size();
    return {};
  }
  void answered(const GateCall& /*call*/, const StoreReply& reply) override { bytes_ += reply.text.size(); }
  void closed(std::size_t /*link*/, std::uint64_t /*connection*/) override {}

 private:
  std::uint64_t bytes_ = 0;
};

std::uint16_t free_port(GateKeeper& keeper) {
  auto gates = start_gates({.links = {{.protocol = Protocol::postgres}}, .keeper = &keeper});
  if (!gates) {
    throw std::runtime_error(gates.error().detail);
  }
  return (*gates)->port_of(0);
}

/// pgbouncer before a server, one server connection for each of a client.
std::vector<std::string> pgbouncer_words(const ServerAddress& server, const std::filesystem::path& folder,
                                         std::uint16_t port) {
  const std::filesystem::path settings = folder / "pgbouncer.ini";
  std::ofstream(settings) << "[databases]\n"
                          << server.database << " = host=" << server.host << " port=" << server.port
                          << " user=" << server.user << " password=" << server.password << "\n[pgbouncer]\n"
                          << "listen_addr = 127.0.0.1\nlisten_port = " << port
                          << "\nauth_type = any\npool_mode = session\nmax_client_conn = 200\n"
                             "default_pool_size = 100\nunix_socket_dir =\n";
  std::vector<std::string> words = {"pgbouncer", "-q"};
  // It does not run as root.
  if (::geteuid() == 0) {
    words.insert(words.end(), {"-u", "nobody"});
  }
  words.push_back(settings.string());
  return words;
}

struct Turn {
  double statements_a_second = 0;
  double statements = 0;
};

/// pgbench -S through a port.
Turn take_turn(const ServerAddress& server, std::uint16_t port, const std::vector<std::string>& length) {
  std::vector<std::string> words = {
      "pgbench", "-h", "127.0.0.1", "-p", std::to_string(port),        "-U", server.user, "-n",
      "-S",      "-M", "prepared",  "-c", std::to_string(connections), "-j", "1"};
  words.insert(words.end(), length.begin(), length.end());
  words.push_back(server.database);
  const PeerRun run = run_peer(words, {{"PGPASSWORD", server.password}});
  const auto statements = number_after(run.output, "actually processed: ");
  const auto rate = number_after(run.output, "\ntps = ");
  if (!statements || !rate) {
    throw std::runtime_error("pgbench's output has no rate");
  }
  return {*rate, *statements};
}

void wait_until_it_answers(const ServerAddress& server, std::uint16_t port) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    try {
      static_cast<void>(take_turn(server, port, {"-t", "1"}));
      return;
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  throw std::runtime_error("pgbouncer does not answer; is the package pgbouncer installed?");
}

bool compare(const ServerAddress& server, const std::filesystem::path& folder, int rounds, const std::string& seconds) {
  SeeingKeeper keeper;
  auto gates = start_gates({.links = {{.protocol = Protocol::postgres, .store_port = server.port}}, .keeper = &keeper});
  if (!gates) {
    throw std::runtime_error(gates.error().detail);
  }
  const std::uint16_t peer_port = free_port(keeper);
  const PeerServer peer(pgbouncer_words(server, folder, peer_port), folder / "pgbouncer.log");
  wait_until_it_answers(server, peer_port);
  std::vector<double> ours_us, peer_us, ratio, ours_rate, peer_rate, direct_rate;
  for (int round = 0; round < rounds; ++round) {
    const double ours_before = own_cpu_seconds();
    const Turn ours = take_turn(server, (*gates)->port_of(0), {"-T", seconds});
    ours_us.push_back((own_cpu_seconds() - ours_before) * 1e6 / ours.statements);
    const double peer_before = peer.cpu_seconds();
    const Turn theirs = take_turn(server, peer_port, {"-T", seconds});
    peer_us.push_back((peer.cpu_seconds() - peer_before) * 1e6 / theirs.statements);
    ratio.push_back(ours_us.back() / peer_us.back());
    ours_rate.push_back(ours.statements_a_second);
    peer_rate.push_back(theirs.statements_a_second);
    direct_rate.push_back(take_turn(server, server.port, {"-T", seconds}).statements_a_second);
  }
  const bool holds = median_of(ratio) <= 1.4;
  std::printf("pgbench -S -M prepared, %u connections, through gates that see every call, against pgbouncer\n",
              connections);
  std::printf("  CPU us a statement      ours %8.2f  peer %8.2f  ratio %.2f (at most 1.40)  %s\n", median_of(ours_us),
              median_of(peer_us), median_of(ratio), holds ? "holds" : "DOES NOT HOLD");
  std::printf("  statements a second     ours %8.0f  peer %8.0f  direct %8.0f\n", median_of(ours_rate),
              median_of(peer_rate), median_of(direct_rate));
  return holds;
}

int run(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const std::string seconds = argc > 2 ? argv[2] : "2";
  auto servers = start_private_servers({.database = &postgres_kind});
  if (!servers) {
    throw std::runtime_error(servers.error().detail);
  }
  const ServerAddress server = (*servers)->database()->facts().addresses.front();
  static_cast<void>(run_peer({"pgbench", "-h", server.host, "-p", std::to_string(server.port), "-U", server.user, "-i",
                              "-q", "-s", "1", server.database},
                             {{"PGPASSWORD", server.password}}));
  std::string folder = "/tmp/stalemate-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error("no folder can be made in /tmp");
  }
  const bool holds = compare(server, folder, rounds, seconds);
  std::filesystem::remove_all(folder);
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
