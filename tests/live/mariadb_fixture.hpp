// A private MariaDB for the driver's live tests, and a blocking connection beside ours that can get in the way.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "drivers/mariadb/blocking_connection.hpp"
#include "drivers/mariadb/options.hpp"
#include "drivers/mariadb/stock/stock_table.hpp"
#include "drivers/run_task.hpp"
#include "servers/engines/mariadb_server.hpp"
#include "servers/private_servers.hpp"
#include "unit/servers/keeper_hook.hpp"
#include "unit/servers/own_folder.hpp"

namespace stalemate {

class MariaDbLiveTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = start_private_servers({.database = &mariadb_kind, .base_folder = base_.path()});
    ASSERT_TRUE(started) << started.error().detail;
    servers_ = std::move(*started);
  }

  [[nodiscard]] Server& server() { return *servers_->database(); }
  [[nodiscard]] ServerAddress address() { return server().facts().addresses.front(); }
  [[nodiscard]] MariaDbOptions options() {
    MariaDbOptions options;
    options.url = address().url;
    return options;
  }
  void make_table(std::uint32_t keys, bool outbox = false) {
    MariaDbOptions making = options();
    making.outbox = outbox;
    const auto made = prepare_mariadb_stock(making, keys, ForeignTable::keep);
    ASSERT_TRUE(made) << made.error().detail;
  }

  template <class T>
  T run(Task<T> task) {
    return run_task(context_, std::move(task));
  }
  /// Runs what is ready until the task has ended.
  template <class T>
  T end_of(Task<T>& task) {
    while (!task.done()) {
      context_.restart();
      context_.run_for(std::chrono::milliseconds(5));
    }
    return task.take();
  }
  static void await(const std::function<bool()>& condition) {
    for (int attempt = 0; attempt < 10'000 && !condition(); ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_TRUE(condition());
  }

  OwnFolder base_{OwnFolder::passable};
  std::unique_ptr<PrivateServers> servers_;
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
};

/// A plain, blocking connection.
class OtherMariaDbClient {
 public:
  explicit OtherMariaDbClient(const MariaDbOptions& options) : connection_(MariaDbConnection::open(options)) {
    EXPECT_TRUE(connection_) << connection_.error().detail;
  }

  /// The first cell of the answer; empty where there is none.
  std::string ask(const std::string& statement) {
    const Result<TextRows> rows = connection_->run(statement);
    EXPECT_TRUE(rows) << statement << ": " << rows.error().detail;
    return rows && !rows->empty() ? rows->front().front() : "";
  }

 private:
  Result<MariaDbConnection> connection_;
};

}  // namespace stalemate
