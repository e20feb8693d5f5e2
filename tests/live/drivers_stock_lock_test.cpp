// The claim on a PostgreSQL whose connection is lost in mid-run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "drivers/postgres/nodes/nodes.hpp"
#include "drivers/postgres/stock/stock_lock.hpp"
#include "live/drivers_fixture.hpp"
#include "live/forwarder.hpp"
#include "servers/engines/postgres_server.hpp"

namespace stalemate {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* holders_text =
    "SELECT coalesce(string_agg(pid::TEXT, ' '), '') FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted";
constexpr const char* terminate_text =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_locks"
    " WHERE locktype = 'advisory' AND granted";
constexpr const char* take_text =
    "SELECT pg_advisory_lock(hashtext('the table stock of stalemate'), hashtext(current_schema()))";

class StockLockTest : public DriversLiveTest {
 protected:
  void SetUp() override {
    start(&postgres_kind, nullptr);
    make_table(6);
    other_ = std::make_unique<OtherClient>(database_options().url);
  }
  [[nodiscard]] std::unique_ptr<StockLock> take() {
    Result<std::unique_ptr<StockLock>> lock = StockLock::take({database_options()});
    EXPECT_TRUE(lock) << lock.error().detail;
    (*lock)->note_table();
    return std::move(*lock);
  }
  std::string ask(const std::string& statement) { return other_->ask(statement); }
  static void await(const std::function<bool()>& condition) {
    for (int attempt = 0; attempt < 10'000 && !condition(); ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_TRUE(condition());
  }

  std::unique_ptr<OtherClient> other_;
};

TEST_F(StockLockTest, is_taken_anew_where_its_connection_was_lost) {
  const auto lock = take();
  const std::string before = ask(holders_text);
  ASSERT_EQ(ask(terminate_text), "2") << before;
  await([&] {
    const std::string now = ask(holders_text);
    return !now.empty() && now != before;
  });
  EXPECT_EQ(lock->lost(), "");
  EXPECT_EQ(lock->confirm(), "");
  const auto second = StockLock::take({database_options()});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_THAT(second.error().detail, HasSubstr("another run of stalemate is using the database postgres://"));
  EXPECT_THAT(second.error().detail, Not(HasSubstr(database_address().password)));
}

TEST_F(StockLockTest, is_lost_where_another_run_took_it_meanwhile) {
  const auto lock = take();
  OtherClient rival(database_options().url);
  std::thread waiting([&rival] { rival.ask(take_text); });
  await([&] { return ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "1"; });
  ASSERT_EQ(ask(terminate_text), "2");
  waiting.join();
  await([&] { return !lock->lost().empty(); });
  EXPECT_THAT(lock->lost(), HasSubstr("this run lost its claim on the database postgres://"));
  EXPECT_THAT(lock->lost(), Not(HasSubstr(database_address().password)));
  EXPECT_EQ(lock->confirm(), lock->lost());
}

TEST_F(StockLockTest, is_lost_where_another_run_had_the_table_and_is_gone_again) {
  const auto lock = take();
  OtherClient rival(database_options().url);
  std::thread waiting([&rival] {
    rival.ask(take_text);
    rival.ask("TRUNCATE stock");
    rival.ask("SELECT pg_advisory_unlock_all()");
  });
  await([&] { return ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "1"; });
  ASSERT_EQ(ask(terminate_text), "2");
  waiting.join();
  await([&] { return !lock->lost().empty(); });
}

TEST_F(StockLockTest, stands_where_nobody_but_an_own_session_that_was_given_up_has_it) {
  Forwarder silent(database_address().port);
  PostgresOptions options = database_options();
  options.nodes =
      std::make_shared<DatabaseNodes>(std::vector<std::string>{silent.url_like(options.url), std::string(options.url)});
  std::vector<PostgresOptions> nodes(2, options);
  nodes[0].url = options.nodes->url(0);
  nodes[1].session = 1;
  Result<std::unique_ptr<StockLock>> lock = StockLock::take(nodes);
  ASSERT_TRUE(lock) << lock.error().detail;
  (*lock)->note_table();
  const std::string before = ask(holders_text);
  silent.freeze();
  EXPECT_EQ((*lock)->confirm(), "");
  EXPECT_EQ(ask(holders_text), before) << "the server knows nothing of a connection that is silent";
  EXPECT_EQ((*lock)->lost(), "");
}

}  // namespace
}  // namespace stalemate
