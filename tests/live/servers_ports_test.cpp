#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "live/loopback.hpp"
#include "servers/engines/binaries.hpp"
#include "servers/engines/probes.hpp"
#include "servers/keeper/folders.hpp"
#include "servers/keeper/kept_server.hpp"
#include "servers/keeper/launch.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
constexpr Nanoseconds ready_limit_ns = 30'000'000'000;

// Somebody else who holds a port, and listens to nobody.
class TakenPort {
 public:
  explicit TakenPort(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), port_(port) {
    const sockaddr_in address = loopback(port);
    // While it binds, connections that ended a moment ago are no hindrance; afterwards nobody else may have the port.
    for (const int reuse : {1, 0}) {
      EXPECT_EQ(setsockopt(socket_.number(), SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse), 0);
      if (reuse == 1) {
        EXPECT_EQ(bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
      }
    }
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Descriptor socket_;
  std::uint16_t port_;
};

// A Redis that believes the ports it is given to be free, in their order; the last it believes in for ever.
class CredulousRedis final : public KeptServer {
 public:
  CredulousRedis(const std::shared_ptr<KeeperLink>& link, std::deque<std::uint16_t> ports, std::string password)
      : KeptServer(link, link->folder() / password, ready_limit_ns),
        ports_(std::move(ports)),
        password_(std::move(password)) {
    facts_.engine = "Redis";
    std::filesystem::create_directory(folder());
  }
  [[nodiscard]] std::uint16_t port() const { return facts().addresses.front().port; }
  [[nodiscard]] int starts() const { return starts_; }

 protected:
  Result<void> choose_ports() override {
    ++starts_;
    facts_.addresses = {ServerAddress{.port = ports_.front(), .password = password_, .database = "0"}};
    if (ports_.size() > 1) {
      ports_.pop_front();
    }
    return {};
  }
  [[nodiscard]] std::vector<SpawnOrder> orders() const override {
    return {SpawnOrder{.arguments = {find_redis()->native(), "--bind", "127.0.0.1", "--save", "", "--port",
                                     std::to_string(facts_.addresses.front().port), "--requirepass", password_},
                       .folder = folder(),
                       .log = folder() / "log"}};
  }
  Result<void> answer(Nanoseconds limit_ns) override {
    const Result<std::string> version = ask_redis(facts_.addresses.front(), limit_ns);
    return version ? Result<void>() : std::unexpected(version.error());
  }
  [[nodiscard]] int stop_signal() const override { return SIGTERM; }

 private:
  std::deque<std::uint16_t> ports_;
  std::string password_;
  int starts_ = 0;
};

class ServerPortsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = make_run_folder(base_.path());
    ASSERT_TRUE(folder) << folder.error().detail;
    auto link = KeeperLink::start(std::move(*folder), KeeperMode::servers_die);
    ASSERT_TRUE(link) << link.error().detail;
    link_ = *link;
  }
  static std::uint16_t some_free_port() {
    const auto port = free_port();
    EXPECT_TRUE(port) << port.error().detail;
    return port.value_or(0);
  }

  OwnFolder base_{OwnFolder::passable};
  std::shared_ptr<KeeperLink> link_ = {};
};

TEST_F(ServerPortsTest, that_were_taken_meanwhile_are_left_for_others) {
  const TakenPort taken(some_free_port());
  const std::uint16_t good = some_free_port();
  CredulousRedis server(link_, {taken.port(), taken.port(), good}, "secret");
  const Result<void> started = server.start_first();
  ASSERT_TRUE(started) << started.error().detail;
  EXPECT_EQ(server.port(), good);
  EXPECT_EQ(server.starts(), 3);
  EXPECT_TRUE(ask_redis(server.facts().addresses.front(), ready_limit_ns));
}

TEST_F(ServerPortsTest, that_are_all_taken_are_told_in_the_servers_own_words_and_nothing_runs_on) {
  const TakenPort taken(some_free_port());
  CredulousRedis server(link_, {taken.port()}, "secret");
  const Result<void> started = server.start_first();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::unavailable);
  EXPECT_THAT(started.error().detail, HasSubstr("Redis ended (exit status 1)"));
  EXPECT_THAT(started.error().detail, HasSubstr("Address already in use"));
  EXPECT_THAT(started.error().detail, HasSubstr(std::to_string(taken.port())));
  EXPECT_GT(server.starts(), 1) << "it tried other ports first";
  for (const pid_t pid : server.facts().pids) {
    const Result<KeptProcess> process = link_->look_at(pid);
    EXPECT_TRUE(!process || !process->running);
  }
}

TEST_F(ServerPortsTest, where_a_strangers_server_answers_are_not_mistaken_for_ours) {
  CredulousRedis stranger(link_, {some_free_port()}, "strangers");
  const Result<void> there = stranger.start_first();
  ASSERT_TRUE(there) << there.error().detail;
  const std::uint16_t good = some_free_port();
  CredulousRedis server(link_, {stranger.port(), good}, "ours");
  const Result<void> started = server.start_first();
  ASSERT_TRUE(started) << started.error().detail;
  EXPECT_EQ(server.port(), good);
  EXPECT_TRUE(ask_redis(stranger.facts().addresses.front(), ready_limit_ns)) << "the stranger's server is unharmed";
}

TEST_F(ServerPortsTest, taken_while_the_server_was_dead_are_told_and_it_starts_once_they_are_free) {
  CredulousRedis server(link_, {some_free_port()}, "secret");
  const Result<void> started = server.start_first();
  ASSERT_TRUE(started) << started.error().detail;
  ASSERT_TRUE(server.kill_now());
  {
    const TakenPort taken(server.port());
    const Result<void> again = server.start_again();
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().detail, HasSubstr("Address already in use"));
  }
  const Result<void> again = server.start_again();
  EXPECT_TRUE(again) << again.error().detail;
  EXPECT_TRUE(ask_redis(server.facts().addresses.front(), ready_limit_ns));
}

}  // namespace
}  // namespace stalemate
