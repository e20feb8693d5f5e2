// The requests of a service's run against wrk: CPU a request, everything recorded.
// Rooms: servers core
//
// bench_http_client [ROUNDS [SECONDS]], 5 rounds of 4 s by default, from the project's folder: runs the built
// `stalemate`. README.md says what is claimed.
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "support/bench_main.hpp"
#include "support/loopback.hpp"
#include "support/peer.hpp"

namespace stalemate {
namespace {

constexpr double ratio_max = 1.5;
constexpr unsigned connections = 16;
const std::string program = "build/release/stalemate";

/// Answers GET and PUT of /products/KEY from its memory, a thread a connection; asks its cache once a connection, since
/// a service must have a store. It lives as long as the process.
class Server {
 public:
  Server() {
    listener_ = listen_somewhere(port_);
    ::close(listen_somewhere(cache_port_));
    std::thread([this] {
      while (true) {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        std::thread([this, client] { serve(client); }).detach();
      }
    }).detach();
  }
  [[nodiscard]] unsigned port() const { return port_; }
  /// Where it looks for its cache.
  [[nodiscard]] unsigned cache_port() const { return cache_port_; }

 private:
  void serve(int client) {
    const int cache = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(cache_port_);
    std::array<char, 4096> bytes = {};
    constexpr std::string_view ask = "GET product:0\r\n";
    if (::connect(cache, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
        ::send(cache, ask.data(), ask.size(), MSG_NOSIGNAL) > 0) {
      static_cast<void>(::recv(cache, bytes.data(), bytes.size(), 0));
    }
    ::close(cache);
    const int yes = 1;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    std::string came;
    for (ssize_t count = 0; (count = ::recv(client, bytes.data(), bytes.size(), 0)) > 0;) {
      came.append(bytes.data(), static_cast<std::size_t>(count));
      while (answer_first(client, came)) {
      }
    }
    ::close(client);
  }

  /// False where it is not there to its end.
  bool answer_first(int client, std::string& came) {
    const std::size_t head = came.find("\r\n\r\n");
    if (head == std::string::npos) {
      return false;
    }
    const std::size_t length_at = came.find("Content-Length: ");
    const std::size_t length = length_at < head ? std::strtoul(came.c_str() + length_at + 16, nullptr, 10) : 0;
    if (came.size() < head + 4 + length) {
      return false;
    }
    const std::string body =
        answer_to(came.substr(0, came.find(' ', came.find(' ') + 1)), came.substr(head + 4, length));
    came.erase(0, head + 4 + length);
    const std::string text =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n\r\n" + body;
    return ::send(client, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  }

  std::string answer_to(const std::string& request, const std::string& body) {
    const std::string key = request.substr(request.rfind('/') + 1);
    const std::lock_guard lock(mutex_);
    if (!body.empty()) {
      rows_[key] = body;
    }
    const auto row = rows_.find(key);
    return row == rows_.end() ? R"({"quantity": 1000})" : row->second;
  }

  int listener_ = -1;
  unsigned port_ = 0;
  unsigned cache_port_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::string> rows_ = {};
};

/// CPU and requests of one program that was run.
struct Use {
  double cpu_seconds = 0;
  double requests = 0;
  double a_second = 0;
};

Use wrk(const Server& server, unsigned seconds) {
  const PeerRun run = run_peer({"wrk", "-t1", "-c" + std::to_string(connections), "-d" + std::to_string(seconds) + "s",
                                "http://127.0.0.1:" + std::to_string(server.port()) + "/products/100001"},
                               {});
  std::string output = run.output;
  std::erase(output, ' ');
  const auto rate = number_after(output, "Requests/sec:");
  if (!rate) {
    throw std::runtime_error("wrk's output has no rate");
  }
  return {run.cpu_seconds, *rate * run.elapsed_seconds, *rate};
}

/// On one thread, as the peer; half as many again are due as the peer did, so that no connection ever waits for its
/// next request, as none of the peer's does.
Use ours(const std::filesystem::path& folder, unsigned seconds, double peer_a_second) {
  const std::filesystem::path out = folder / "runs";
  const auto interval_ns = std::to_string(static_cast<long>(1e9 / (1.5 * peer_a_second))) + "ns";
  const PeerRun run = run_peer({program, "run", (folder / "bench.toml").string(), "-r", interval_ns, "-w", "1ms", "-d",
                                std::to_string(seconds) + "s", "--keys", "100", "--clients",
                                std::to_string(connections), "--threads", "1", "--no-live", "--out", out.string()},
                               {});
  std::ifstream file(out / "bench" / "latest" / "results.json");
  const nlohmann::json results = nlohmann::json::parse(file);
  const double done = results.at("reads").at("ok").get<double>() + results.at("writes").at("ok").get<double>();
  return {run.cpu_seconds, done, done / results.at("elapsed_s").get<double>()};
}

int run(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
  const unsigned seconds = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 4;
  std::string folder = "/tmp/stalemate-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error("no folder can be made in /tmp");
  }
  auto servers = start_private_servers({.cache = &redis_kind});
  if (!servers) {
    throw std::runtime_error(servers.error().detail);
  }
  const ServerAddress cache = (*servers)->cache()->facts().addresses.front();
  const Server server;
  std::ofstream(folder + "/bench.toml") << "[application]\nurl = [\"http://127.0.0.1:" << server.port()
                                        << "\"]\n[stores]\ndatabase = \"none\"\ncache = \"redis://:" << cache.password
                                        << "@127.0.0.1:" << cache.port << "\"\ncache_gates = [" << server.cache_port()
                                        << "]\n"
                                        << R"([requests]
read = { request = "GET /products/{key}", value = "/quantity" }
write = { request = "PUT /products/{key}", body = '{"quantity": {value}}' }
)";
  std::vector<double> ours_us, peer_us, ratio, ours_rate, peer_rate;
  for (int round = 0; round < rounds; ++round) {
    const Use peer = wrk(server, seconds);
    // What a run costs besides its requests is what a short one costs more than its share.
    const Use brief = ours(folder, 1, peer.a_second);
    const Use whole = ours(folder, 1 + seconds, peer.a_second);
    ours_us.push_back((whole.cpu_seconds - brief.cpu_seconds) * 1e6 / (whole.requests - brief.requests));
    peer_us.push_back(peer.cpu_seconds * 1e6 / peer.requests);
    ratio.push_back(ours_us.back() / peer_us.back());
    ours_rate.push_back(whole.a_second);
    peer_rate.push_back(peer.a_second);
  }
  std::filesystem::remove_all(folder);
  const bool holds = median_of(ratio) <= ratio_max;
  std::printf("requests of a service's run, %u connections, all recorded, against wrk\n", connections);
  std::printf("  CPU us a request   ours %8.2f  peer %8.2f  ratio %.2f (at most %.2f)  %s\n", median_of(ours_us),
              median_of(peer_us), median_of(ratio), ratio_max, holds ? "holds" : "DOES NOT HOLD");
  std::printf("  requests a second  ours %8.0f  peer %8.0f\n", median_of(ours_rate), median_of(peer_rate));
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
