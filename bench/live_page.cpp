// What --ui with a browser that listens costs a run: CPU, and ops that begin late.
// Rooms: servers core
//
// bench_live_page [ROUNDS [SECONDS]], 11 rounds of 6 s by default, from the project's folder: runs the built
// `stalemate`. README.md says what is claimed.
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "servers/engines/postgres_server.hpp"
#include "servers/engines/redis_server.hpp"
#include "servers/private_servers.hpp"
#include "support/bench_main.hpp"
#include "support/loopback.hpp"
#include "support/peer.hpp"

namespace stalemate {
namespace {

constexpr double ratio_max = 1.01;
const std::string program = "build/release/stalemate";

/// Listens to the events of the page at `port`, once it is there, until they end. Returns how many came.
std::size_t listen_to_page(unsigned port) {
  const sockaddr_in address = loopback(port);
  int browser = -1;
  for (int tries = 0; tries < 1000; ++tries) {
    browser = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(browser, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
      break;
    }
    ::close(browser);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const std::string ask = "GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  static_cast<void>(::send(browser, ask.data(), ask.size(), MSG_NOSIGNAL));
  std::array<char, 4096> bytes = {};
  std::size_t events = 0;
  for (ssize_t count = 0; (count = ::recv(browser, bytes.data(), bytes.size(), 0)) > 0;) {
    const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t at = text.find("event:"); at != std::string_view::npos; at = text.find("event:", at + 1)) {
      ++events;
    }
  }
  ::close(browser);
  return events;
}

struct Use {
  double cpu_seconds = 0;
  double late = 0;    ///< ops
  double events = 0;  ///< that a browser heard
};

struct Place {
  std::filesystem::path folder;  ///< for runs
  std::string database;          ///< URL
  std::string cache;             ///< URL
  unsigned seconds = 0;          ///< of a run
};

Use run_once(const Place& place, bool with_page) {
  std::vector<std::string> words = {program,
                                    "run",
                                    "before",
                                    "--db",
                                    place.database,
                                    "--cache",
                                    place.cache,
                                    "--read-rate",
                                    "4000",
                                    "--write-rate",
                                    "200",
                                    "--threads",
                                    "1",
                                    "--no-live",
                                    "-d",
                                    std::to_string(place.seconds) + "s",
                                    "--out",
                                    place.folder.string()};
  std::size_t events = 0;
  std::jthread browser;
  if (with_page) {
    unsigned port = 0;
    ::close(listen_somewhere(port));
    words.push_back("--ui=" + std::to_string(port));
    browser = std::jthread([port, &events] { events = listen_to_page(port); });
  }
  const PeerRun run = run_peer(words, {});
  if (with_page) {
    browser.join();
  }
  std::ifstream file(place.folder / "before" / "latest" / "results.json");
  const nlohmann::json results = nlohmann::json::parse(file);
  return {run.cpu_seconds, results.at("reads").at("late").get<double>() + results.at("writes").at("late").get<double>(),
          static_cast<double>(events)};
}

int run(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 11;
  std::string folder = "/tmp/stalemate-bench-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) {
    throw std::runtime_error("no folder can be made in /tmp");
  }
  auto servers = start_private_servers({.database = &postgres_kind, .cache = &redis_kind});
  if (!servers) {
    throw std::runtime_error(servers.error().detail);
  }
  const Place place{.folder = folder,
                    .database = (*servers)->database()->facts().addresses.front().url,
                    .cache = (*servers)->cache()->facts().addresses.front().url,
                    .seconds = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 6};
  std::vector<double> ratio, without_cpu, with_cpu, without_late, with_late, events;
  for (int round = 0; round < rounds; ++round) {
    // Each is first in every other round.
    const Use first = run_once(place, round % 2 == 1);
    const Use second = run_once(place, round % 2 == 0);
    const Use& without = round % 2 == 0 ? first : second;
    const Use& with = round % 2 == 0 ? second : first;
    ratio.push_back(with.cpu_seconds / without.cpu_seconds);
    without_cpu.push_back(without.cpu_seconds);
    with_cpu.push_back(with.cpu_seconds);
    without_late.push_back(without.late);
    with_late.push_back(with.late);
    events.push_back(with.events);
  }
  std::filesystem::remove_all(folder);
  const bool holds = median_of(ratio) <= ratio_max && median_of(events) > place.seconds;
  std::printf("a run of %u s, 4000 reads and 200 writes a second, with --ui and a browser that listens, and without\n",
              place.seconds);
  std::printf("  CPU s     with %6.2f  without %6.2f  ratio %.3f (at most %.2f)  %s\n", median_of(with_cpu),
              median_of(without_cpu), median_of(ratio), ratio_max, holds ? "holds" : "DOES NOT HOLD");
  std::printf("  late ops  with %6.0f  without %6.0f; events heard %.0f\n", median_of(with_late),
              median_of(without_late), median_of(events));
  return holds ? 0 : 99;
}

}  // namespace
}  // namespace stalemate

int main(int argc, char** argv) {
  return stalemate::bench_main(argc, argv, stalemate::run);
}
