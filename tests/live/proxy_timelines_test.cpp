// Random timelines of faults at the gates: whatever is set and taken away under load, the run behind them ends with its
// books balanced, every call is recorded once, and nothing stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "core/random.hpp"
#include "live/own_servers.hpp"
#include "living.hpp"
#include "proxy/call_log.hpp"
#include "proxy/fault_board.hpp"
#include "proxy/gate.hpp"

namespace stalemate {
namespace {

using nlohmann::json;
using Gap = std::chrono::milliseconds;

std::string random_ms(SeededRandom& random, std::uint32_t least, std::uint32_t more) {
  return std::to_string(least + random.draw_below(more)) + "ms";
}

/// A rule as a user writes it; of bytes, of connections, or of single calls.
std::string random_rule(SeededRandom& random) {
  constexpr std::array sides = {"*", "cache", "database"};
  constexpr std::array calls = {"*", "cache", "database", "GET", "SET", "DEL", "UPDATE", "SELECT", "E*"};
  constexpr std::array of_calls = {"lost-request", "lost-reply", "delay",     "delayed",  "duplicated",
                                   "refused",      "reset",      "half-open", "blackhole"};
  const std::string side = sides.at(random.draw_below(sides.size()));
  if (random.draw_below(5) == 0) {
    return random.draw_below(2) == 0 ? side + ": latency " + random_ms(random, 1, 20) + " round-trip"
                                     : side + ": bandwidth " + std::to_string(50 + random.draw_below(500)) + "KB/s";
  }
  const std::string fault = of_calls.at(random.draw_below(of_calls.size()));
  std::string rule = std::string(calls.at(random.draw_below(calls.size()))) + ": " + fault;
  if (fault == "delay" || fault == "delayed" || fault == "duplicated") {
    rule += " " + random_ms(random, 1, 60);
  } else if (fault.starts_with("lost-") && random.draw_below(2) == 0) {
    rule += " timeout=" + random_ms(random, 1, 40);
  } else if (fault == "blackhole" && random.draw_below(2) == 0) {
    rule += " " + random_ms(random, 10, 300);
  }
  rule += random.draw_below(3) == 0 ? " n=" + std::to_string(1 + random.draw_below(30))
                                    : " " + std::to_string(1 + random.draw_below(30)) + "%";
  return rule;
}

class ProxyTimelines : public OwnServersTest {
 protected:
  void open_gates(std::uint64_t seed, const std::string& record) {
    links_ = {{.store_host = cache().host, .store_port = cache().port},
              {.protocol = Protocol::postgres,
               .store_host = database().host,
               .store_port = database().port,
               .password = database().password}};
    auto log = CallLog::begin(record, links_);
    ASSERT_TRUE(log) << log.error().detail;
    log_ = std::move(*log);
    board_ = std::make_unique<FaultBoard>(links_, seed, log_.get());
    auto gates = start_gates({.links = links_, .keeper = board_.get()});
    ASSERT_TRUE(gates) << gates.error().detail;
    gates_ = std::move(*gates);
    board_->govern(gates_.get());
  }

  [[nodiscard]] std::string through_gate(const ServerAddress& address, std::size_t link) const {
    std::string url = address.url;
    const std::string port = ":" + std::to_string(address.port);
    return url.replace(url.rfind(port), port.size(), ":" + std::to_string(gates_->port_of(link)));
  }
  [[nodiscard]] std::uint64_t calls_recorded() const {
    std::uint64_t sum = 0;
    for (const LinkCounts& counts : board_->counts()) {
      sum += counts.calls + counts.late_copies;
    }
    return sum;
  }

  /// Sets and takes away rules for as long as the timeline lasts, and takes away what is left.
  std::string play_timeline(SeededRandom& random) {
    std::string told;
    std::vector<std::uint64_t> standing;
    for (auto left = Gap(700); left > Gap(0);) {
      const bool sets = standing.empty() || (standing.size() < 4 && random.draw_below(2) == 0);
      if (sets) {
        const std::string rule = random_rule(random);
        const auto set = board_->add(rule);
        EXPECT_TRUE(set) << rule << ": " << set.error().detail;
        standing.push_back(set.value_or(0));
        told += "\n  + " + rule;
      } else {
        const auto place = standing.begin() + random.draw_below(static_cast<std::uint32_t>(standing.size()));
        EXPECT_TRUE(board_->remove(*place));
        told += "\n  - the " + std::to_string(place - standing.begin() + 1) + ". of those";
        standing.erase(place);
      }
      const Gap gap(5 + random.draw_below(120));
      std::this_thread::sleep_for(gap);  // what a timeline is made of
      left -= gap;
    }
    for (const std::uint64_t rule : standing) {
      EXPECT_TRUE(board_->remove(rule));
    }
    return told;
  }

  void run_one(std::uint64_t seed) {
    constexpr std::array patterns = {"cache-aside", "lease", "lock", "update-first", "outbox", "versioned-tombstone"};
    SeededRandom random(seed);
    const OwnFolder folder;
    ASSERT_NO_FATAL_FAILURE(open_gates(seed, (folder.path() / "calls.jsonl").string()));
    const std::string pattern = patterns.at(random.draw_below(patterns.size()));
    Program program(folder.path(), {"run",        "before",
                                    "--db",       through_gate(database(), 1),
                                    "--cache",    through_gate(cache(), 0),
                                    "--pattern",  pattern,
                                    "-d",         "1500ms",
                                    "-r",         "4ms",
                                    "-w",         "8ms",
                                    "--no-live",  "--no-faults",
                                    "--op-limit", "200ms",
                                    "--seed",     std::to_string(seed)});
    // A run that cannot begin says so and ends, as it should: the timeline is for one that is under way.
    ASSERT_TRUE(test::comes_true([&] { return board_->counts()[0].calls > 200; })) << program.err();
    const std::string told = "seed " + std::to_string(seed) + ", " + pattern + play_timeline(random);
    const Ended ended = program.wait();
    ASSERT_EQ(ended.code, 0) << told << "\n" << ended.err;
    const json results = results_in(only_run(folder.path()));
    for (const char* kind : {"reads", "writes"}) {
      const json& ops = results[kind];
      EXPECT_EQ(ops["planned"], ops["sent"].get<int>() + ops["dropped"].get<int>()) << told;
      EXPECT_EQ(ops["sent"], ops["ok"].get<int>() + ops["fail"].get<int>() + ops["info"].get<int>()) << told;
    }
    EXPECT_TRUE(board_->rules().empty());
    EXPECT_EQ(output_of("redis-cli --no-auth-warning -p " + std::to_string(gates_->port_of(0)) + " -a " +
                        cache().password + " ping"),
              "PONG\n")
        << told;
    EXPECT_EQ(output_of("psql " + through_gate(database(), 1) + " -At -c 'select 7'"), "7\n") << told;
    EXPECT_TRUE(test::comes_true([&] {
      const GateTraffic traffic = gates_->traffic();
      return traffic.connections == 0 && traffic.bytes_under_way == 0;
    })) << told;
    const std::uint64_t calls = calls_recorded();
    board_->govern(nullptr);
    gates_.reset();
    ASSERT_TRUE(log_->end());
    EXPECT_EQ(log_->lines(), calls) << told << "\nevery call is recorded once";
  }

  void run_many(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t seed = first; seed < first + count && !HasFatalFailure(); ++seed) {
      run_one(seed);
    }
  }

  std::vector<LinkAddress> links_ = {};
  std::unique_ptr<CallLog> log_ = {};
  std::unique_ptr<FaultBoard> board_ = {};
  std::unique_ptr<Gates> gates_ = {};
};

TEST_F(ProxyTimelines, ten_at_random_leave_the_books_balanced_and_nothing_behind) {
  run_many(1, 10);
}

using ProxyTimelinesSoak = ProxyTimelines;

TEST_F(ProxyTimelinesSoak, two_hundred_at_random_leave_the_books_balanced_and_nothing_behind) {
  run_many(1000, 200);
}

}  // namespace
}  // namespace stalemate
