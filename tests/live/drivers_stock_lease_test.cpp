// The lease that holds the claim on CockroachDB, on a PostgreSQL: the statements are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "drivers/postgres/stock/stock_claim.hpp"
#include "drivers/postgres/stock/stock_lease.hpp"
#include "live/drivers_fixture.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::chrono::seconds length{2};

// A process of its own that does something with a lease; ends with its code.
class OtherProcess {
 public:
  explicit OtherProcess(const std::function<int(int ready)>& job) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      ::_exit(job(ends[1]));
    }
    ::close(ends[1]);
    ready_ = ends[0];
  }
  ~OtherProcess() {
    ::close(ready_);
    if (pid_ > 0) {
      send(SIGKILL);
      static_cast<void>(code());
    }
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool is_ready() const {
    char byte = 0;
    return ::read(ready_, &byte, 1) == 1;
  }
  void send(int signal_number) const { EXPECT_EQ(::kill(pid_, signal_number), 0); }
  int code() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int ready_ = -1;
};

class StockLeaseTest : public DriversLiveTest {
 protected:
  void SetUp() override {
    start(&postgres_kind, nullptr);
    other_ = std::make_unique<OtherClient>(database_options().url);
    url_ = database_options().url;
  }

  [[nodiscard]] Result<std::unique_ptr<StockLease>> take(const std::string& more_of_url = "") {
    PostgresOptions options;
    options.url = url_ + more_of_url;
    return StockLease::take({options}, length, [this](const std::string& words) { told_ += words + "\n"; });
  }
  // Holds a lease until it is killed; or, once it has lost it, says so by its exit code.
  [[nodiscard]] std::function<int(int)> holder() {
    return [this](int ready) {
      const auto lease = take();
      if (!lease || ::write(ready, "r", 1) != 1) {
        return 1;
      }
      while ((*lease)->lost().empty()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
      return (*lease)->lost().contains("another run of stalemate (process ") ? 42 : 2;
    };
  }
  std::string ask(const std::string& statement) { return other_->ask(statement); }
  void await_renewals(int wanted) {
    for (int attempt = 0; attempt < 5'000; ++attempt) {
      if (std::stoi("0" + ask("SELECT renewals FROM stock_claim")) >= wanted) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "the lease is not renewed";
  }

  std::unique_ptr<OtherClient> other_;
  std::string url_;
  std::string told_;
};

TEST_F(StockLeaseTest, is_held_by_one_and_free_as_soon_as_it_is_given_back) {
  auto first = take();
  ASSERT_TRUE(first) << first.error().detail;
  const auto second = take();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_EQ(second.error().outcome, Outcome::fail);
  EXPECT_THAT(second.error().detail,
              HasSubstr("another run of stalemate (process " + std::to_string(::getpid()) + " on "));
  EXPECT_THAT(second.error().detail, Not(HasSubstr(database_address().password)));
  EXPECT_EQ((*first)->lost(), "");
  EXPECT_EQ((*first)->confirm(), "");
  first->reset();
  EXPECT_EQ(ask("SELECT count(*) FROM stock_claim"), "0") << "what stays is an empty table";
  told_ = "";
  const auto third = take();
  ASSERT_TRUE(third) << third.error().detail;
  EXPECT_EQ(told_, "") << "nothing to wait for";
}

TEST_F(StockLeaseTest, is_seen_by_those_that_see_the_same_table_alone) {
  const auto first = take();
  ASSERT_TRUE(first) << first.error().detail;
  ask("CREATE SCHEMA elsewhere");
  const std::string elsewhere = "?options=-csearch_path%3Delsewhere";
  const auto is_seen = [&](const std::string& more_of_url) {
    PostgresOptions options;
    options.url = url_ + more_of_url;
    Result<BlockingConnection> connection = BlockingConnection::open(options);
    EXPECT_TRUE(connection) << connection.error().detail;
    const Result<bool> seen = (*first)->is_seen_by(*connection);
    EXPECT_TRUE(seen) << seen.error().detail;
    return *seen;
  };
  EXPECT_TRUE(is_seen(""));
  EXPECT_FALSE(is_seen(elsewhere)) << "there is no such table";
  const auto other = take(elsewhere);
  ASSERT_TRUE(other) << other.error().detail;
  EXPECT_FALSE(is_seen(elsewhere)) << "there is somebody else's";
  EXPECT_TRUE(is_seen(""));
}

TEST_F(StockLeaseTest, is_renewed_for_as_long_as_it_is_held) {
  const auto first = take();
  ASSERT_TRUE(first) << first.error().detail;
  await_renewals(20);  // several times its length
  EXPECT_EQ((*first)->lost(), "");
  EXPECT_FALSE(take());
}

TEST_F(StockLeaseTest, of_a_killed_holder_passes_when_its_time_is_over_and_the_wait_is_told) {
  OtherProcess other(holder());
  ASSERT_TRUE(other.is_ready());
  EXPECT_FALSE(take()) << "it lives";
  other.send(SIGKILL);
  told_ = "";
  const auto next = take();
  ASSERT_TRUE(next) << next.error().detail;
  EXPECT_THAT(told_, HasSubstr("claimed by process " + std::to_string(other.pid()) + " on "));
}

TEST_F(StockLeaseTest, that_passed_to_another_is_noticed_by_its_old_holder) {
  OtherProcess other(holder());
  ASSERT_TRUE(other.is_ready());
  other.send(SIGSTOP);
  const auto next = take();
  ASSERT_TRUE(next) << next.error().detail;
  other.send(SIGCONT);
  EXPECT_EQ(other.code(), 42);
  EXPECT_EQ((*next)->confirm(), "") << "the new holder keeps it";
}

TEST_F(StockLeaseTest, that_nobody_took_is_kept_though_its_time_was_over) {
  const auto first = take();
  ASSERT_TRUE(first) << first.error().detail;
  ask("UPDATE stock_claim SET expires_at = now() - INTERVAL '1 hour'");
  EXPECT_EQ((*first)->confirm(), "");
  EXPECT_EQ(ask("SELECT expires_at > now() FROM stock_claim"), "t");
}

TEST_F(StockLeaseTest, ends_by_the_clock_of_the_database_wherever_its_users_are) {
  const auto first = take("?options=-c%20timezone%3DPacific/Kiritimati");
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_FALSE(take("?options=-c%20timezone%3DPacific/Niue")) << "25 hours behind";
  EXPECT_EQ(ask("SELECT expires_at - now() BETWEEN INTERVAL '0' AND INTERVAL '2 seconds' FROM stock_claim"), "t");
}

TEST_F(StockLeaseTest, is_taken_by_one_of_many_that_come_at_once) {
  for (int round = 0; round < 5; ++round) {
    ask("DROP TABLE IF EXISTS stock_claim");
    std::vector<Result<std::unique_ptr<StockLease>>> taken;
    for (int claimant = 0; claimant < 6; ++claimant) {
      taken.push_back(failed(ErrorCode::defect, ""));
    }
    std::vector<std::thread> threads;
    for (auto& mine : taken) {
      threads.emplace_back([&mine, this] {
        PostgresOptions options;
        options.url = url_;
        mine = StockLease::take({options}, length, {});
      });
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    EXPECT_EQ(std::ranges::count_if(taken, [](const auto& mine) { return mine.has_value(); }), 1);
    for (const auto& mine : taken) {
      EXPECT_TRUE(mine || mine.error().detail.contains("another run of stalemate")) << mine.error().detail;
    }
  }
}

TEST_F(StockLeaseTest, whose_server_is_gone_at_the_end_is_not_known_to_have_been_kept) {
  const auto first = take();
  ASSERT_TRUE(first) << first.error().detail;
  ASSERT_TRUE(servers_->database()->kill_now());
  EXPECT_THAT((*first)->confirm(), HasSubstr("is not known: "));
  EXPECT_EQ((*first)->lost(), "") << "nobody is accused";
}

TEST_F(StockLeaseTest, goes_on_through_another_node_where_the_first_is_dead) {
  PostgresOptions dead;
  dead.url = "postgres://nobody@127.0.0.1:1/none";
  PostgresOptions alive;
  alive.url = url_;
  const auto first = StockLease::take({dead, alive}, length, {});
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ((*first)->confirm(), "");
}

TEST_F(StockLeaseTest, leaves_a_foreign_table_of_that_name_alone) {
  ask("CREATE TABLE stock_claim (precious INT)");
  const auto refused = take();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::constraint);
  EXPECT_THAT(refused.error().detail, HasSubstr("that stalemate did not make; remove or rename it"));
  EXPECT_EQ(ask("SELECT count(*) FROM stock_claim"), "0");
}

TEST_F(StockLeaseTest, is_what_holds_a_claim_on_CockroachDB) {
  PostgresOptions options = database_options();
  options.dialect = Dialect::cockroach;  // as if it were one
  auto first = StockClaim::take({options}, {});
  ASSERT_TRUE(first) << first.error().detail;
  const auto second = StockClaim::take({options}, {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("another run of stalemate (process "));
  EXPECT_EQ(first->confirm(), "");
}

}  // namespace
}  // namespace stalemate
