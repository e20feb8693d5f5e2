// Private servers for the drivers' live tests, and a libpq connection beside ours that can get in the way.
#pragma once

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "drivers/postgres/options.hpp"
#include "drivers/postgres/stock/stock_table.hpp"
#include "drivers/redis/options.hpp"
#include "drivers/run_task.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {

class DriversLiveTest : public testing::Test {
 protected:
  void start(const ServerKind* database, const ServerKind* cache) {
    PrivateServersOptions options;
    options.database = database;
    options.cache = cache;
    options.base_folder = base_.path();
    auto started = start_private_servers(options);
    ASSERT_TRUE(started) << started.error().detail;
    servers_ = std::move(*started);
  }

  [[nodiscard]] ServerAddress database_address() { return servers_->database()->facts().addresses.front(); }
  [[nodiscard]] ServerAddress cache_address() { return servers_->cache()->facts().addresses.front(); }
  [[nodiscard]] PostgresOptions database_options() {
    PostgresOptions options;
    options.url = database_address().url;
    return options;
  }
  [[nodiscard]] RedisOptions cache_options() {
    RedisOptions options;
    options.url = cache_address().url;
    return options;
  }
  void make_table(std::uint32_t keys) {
    const auto made = prepare_stock_table(database_options(), keys, ForeignTable::keep);
    ASSERT_TRUE(made) << made.error().detail;
  }

  template <class T>
  T run(Task<T> task) {
    return run_task(context_, std::move(task));
  }
  /// Runs what is ready, without waiting for any task to end.
  void let_run(std::chrono::milliseconds duration) {
    context_.restart();
    context_.run_for(duration);
  }

  OwnFolder base_{OwnFolder::passable};
  std::unique_ptr<PrivateServers> servers_;
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

/// A plain, blocking connection.
class OtherClient {
 public:
  explicit OtherClient(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
    EXPECT_EQ(PQstatus(connection_.get()), CONNECTION_OK) << PQerrorMessage(connection_.get());
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
  }

  /// The first cell of the answer; empty where there is none.
  std::string ask(const std::string& statement) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), statement.c_str()), &PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    EXPECT_TRUE(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        << statement << ": " << PQerrorMessage(connection_.get());
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
  }
  /// What the server says against a statement that need not end; empty where its first row comes. The client is of no
  /// use afterwards.
  std::string refusal_of(const std::string& statement) const {
    EXPECT_EQ(PQsendQuery(connection_.get(), statement.c_str()), 1);
    PQsetSingleRowMode(connection_.get());
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_.get()), &PQclear);
    return PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE ? "" : PQresultErrorMessage(result.get());
  }
  /// Waits until so many other clients wait for a lock.
  void await_lock_waits(int wanted) {
    for (int attempt = 0; attempt < 2000; ++attempt) {
      if (ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == std::to_string(wanted)) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "nobody waits for the lock";
  }

 private:
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

}  // namespace stalemate
