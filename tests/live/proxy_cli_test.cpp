// stalemate proxy as users run it: faults by rule, changed while it runs, calls recorded, a clean end.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <thread>

#include "live/loopback.hpp"
#include "live/program.hpp"
#include "live/proxy_fixture.hpp"

namespace stalemate {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A port that nobody listens on, as far as can be told beforehand.
std::uint16_t unused_port() {
  const auto gates = start_gates({.links = {{.store_port = 1}}});
  return gates ? (*gates)->port_of(0) : 0;
}

class ProxyCliTest : public ProxyRedisTest {
 protected:
  void run(std::vector<std::string> arguments) {
    port_ = unused_port();
    control_ = unused_port();
    const std::string link = std::to_string(port_) + "=127.0.0.1:" + std::to_string(cache().port);
    arguments.insert(arguments.begin(), {"proxy", "--cache", link, "--control", std::to_string(control_)});
    program_ = std::make_unique<Program>(folder_.path(), arguments);
    for (int attempt = 0; attempt < 500 && !ask_control("GET", "/status").starts_with("{"); ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  [[nodiscard]] RedisClient client() const { return RedisClient(port_, cache().password); }
  /// The body of the answer; empty where nobody answers.
  [[nodiscard]] std::string ask_control(const std::string& method, const std::string& target,
                                        const std::string& body = {}) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_in address = loopback(control_);
    std::string answer;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      const std::string request =
          method + " " + target + " HTTP/1.0\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      EXPECT_EQ(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
      std::array<char, 4096> piece = {};
      for (ssize_t count = 1; count > 0;) {
        count = ::recv(socket, piece.data(), piece.size(), 0);
        answer.append(piece.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
      }
    }
    ::close(socket);
    return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
  }
  Ended ended() {
    program_->send(SIGINT);
    return program_->wait();
  }

  OwnFolder folder_{};
  std::uint16_t port_ = 0;
  std::uint16_t control_ = 0;
  std::unique_ptr<Program> program_ = {};
};

TEST_F(ProxyCliTest, does_what_its_rules_say_and_counts_it) {
  run({"--fault", "DEL product:*: lost-reply n=2", "--fault", "cache GET: refused"});
  EXPECT_EQ(client().ask({"DEL", "product:1"}), "0");
  EXPECT_EQ(client().ask({"DEL", "other"}), "0");
  EXPECT_THAT(client().ask({"DEL", "product:2"}), StartsWith("lost:"));
  EXPECT_EQ(client().ask({"DEL", "product:3"}), "0");
  EXPECT_EQ(client().ask({"GET", "a"}), "ERR refused by a fault of stalemate");
  const Ended end = ended();
  EXPECT_EQ(end.code, 0);
  EXPECT_THAT(end.out, HasSubstr("fault 1: DEL product:*: lost-reply n=2: hit 1 of 3 calls"));
  EXPECT_THAT(end.out, HasSubstr("10 calls, 9 answered (0 with an error)"));
  EXPECT_EQ(left_running(), "");
}

TEST_F(ProxyCliTest, changes_faults_while_it_runs_and_frees_what_they_hold) {
  run({});
  RedisClient held = client();
  EXPECT_THAT(ask_control("POST", "/faults", "GET: blackhole"), HasSubstr("\"id\": 1"));
  held.send({"GET", "a"});
  EXPECT_THAT(ask_control("POST", "/faults", "GET: blackhol"), HasSubstr("did you mean 'blackhole'"));
  for (int attempt = 0; attempt < 250 && ask_control("GET", "/faults").find("\"hit\": 1") == std::string::npos;
       ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_THAT(ask_control("GET", "/faults"), HasSubstr("\"hit\": 1"));
  EXPECT_THAT(ask_control("DELETE", "/faults/1"), HasSubstr("\"removed\": 1"));
  EXPECT_EQ(held.receive(), "(nil)");
  EXPECT_THAT(ask_control("DELETE", "/faults/1"), HasSubstr("there is no fault 1"));
  EXPECT_THAT(ask_control("POST", "/faults", "cache: latency 100ms round-trip"), HasSubstr("\"id\": 2"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(held.ask({"GET", "a"}), "(nil)");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100));
  EXPECT_THAT(ask_control("GET", "/status"), HasSubstr("\"latency_to_store_ns\": 50000000"));
}

TEST_F(ProxyCliTest, hits_the_same_calls_with_the_same_seed) {
  const auto outcomes = [this](const std::string& seed) {
    run({"--seed", seed, "--fault", "INCR: refused 50%"});
    RedisClient one = client();
    std::string told;
    for (int call = 0; call < 40; ++call) {
      told += one.ask({"INCR", "n"}).starts_with("ERR") ? 'x' : '.';
    }
    EXPECT_EQ(ended().code, 0);
    return told;
  };
  const std::string first = outcomes("7");
  EXPECT_THAT(first, HasSubstr("x"));
  EXPECT_THAT(first, HasSubstr("."));
  EXPECT_EQ(first, outcomes("7"));
  EXPECT_NE(first, outcomes("8"));
}

TEST_F(ProxyCliTest, records_every_call_with_its_fault) {
  run({"--record", "calls.jsonl", "--fault", "DEL: lost-request", "--fault", "INCR: duplicated 1ms"});
  RedisClient one = client();
  EXPECT_EQ(one.ask({"SET", "a", "say \"hi\"\n"}), "OK");
  EXPECT_EQ(one.ask({"INCR", "n"}), "1");
  EXPECT_THAT(one.ask({"DEL", "a"}), StartsWith("lost:"));
  RedisClient two = client();
  for (int attempt = 0; attempt < 250 && two.ask({"GET", "n"}) != "2"; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(ended().code, 0);
  std::ifstream file(folder_.path() / "calls.jsonl");
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(file, line);) {
    lines.push_back(nlohmann::json::parse(line));
  }
  ASSERT_GE(lines.size(), 6U);
  EXPECT_EQ(lines[0]["format"], "stalemate calls 1");
  const auto with_name = [&lines](const std::string& name, bool late) {
    for (const nlohmann::json& line : lines) {
      if (line.value("name", "") == name && line.contains("late_copy") == late) {
        return line;
      }
    }
    return nlohmann::json::object();
  };
  EXPECT_EQ(with_name("AUTH", false)["text"], "AUTH");
  EXPECT_EQ(with_name("SET", false)["outcome"], "ok");
  EXPECT_EQ(with_name("SET", false)["text"], "SET a 'say \"hi\"\\u000a'");
  EXPECT_EQ(with_name("DEL", false)["outcome"], "info");
  EXPECT_EQ(with_name("DEL", false)["reaches_store"], false);
  EXPECT_EQ(with_name("DEL", false)["fault"], "DEL: lost-request");
  EXPECT_EQ(with_name("INCR", true)["reply"], "2");
}

TEST_F(ProxyCliTest, refuses_what_is_wrong_in_one_sentence) {
  const auto said = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "proxy");
    const Ended end = run_stalemate(folder_.path(), arguments);
    EXPECT_EQ(end.code, 64) << end.out;
    return end.err;
  };
  EXPECT_THAT(said({}), HasSubstr("proxy needs a store, such as --cache"));
  EXPECT_THAT(said({"--cache", "6380"}), HasSubstr("'6380' is not PORT=HOST:PORT, such as 6380=127.0.0.1:6379"));
  EXPECT_THAT(said({"--cache", "x=127.0.0.1:1"}), HasSubstr("'x' is no port"));
  EXPECT_THAT(said({"--cache", "0=127.0.0.1"}), HasSubstr("'127.0.0.1' is no HOST:PORT"));
  EXPECT_THAT(said({"--cache", "0=127.0.0.1:1", "--fault", "GET: lose-reply"}), HasSubstr("is called lost-reply here"));
  EXPECT_THAT(said({"--cache", "0=127.0.0.1:1", "--fault", "database: reset"}), HasSubstr("there is no --database"));
  EXPECT_THAT(said({"--cache", "0=127.0.0.1:1", "--seed", "3", "--fault", "GET: reset"}),
              HasSubstr("--seed would decide nothing"));
  std::ofstream(folder_.path() / "faults") << "# ours\n\nGET: reset\nGTE: reset\n";
  EXPECT_THAT(said({"--cache", "0=127.0.0.1:1", "--faults", "faults"}), HasSubstr("faults:4: "));
}

}  // namespace
}  // namespace stalemate
