// A MariaDB that a run uses.
#pragma once

#include <memory>
#include <string>

#include "drivers/feeds/key_index.hpp"
#include "drivers/mariadb/options.hpp"
#include "drivers/mariadb/stock/stock_lock.hpp"
#include "engines/database_engine.hpp"
#include "engines/user_rows.hpp"

namespace stalemate {

class MariaDbDatabase final : public LiveDatabase {
 public:
  explicit MariaDbDatabase(DatabaseWanted wanted);
  ~MariaDbDatabase() override { close(); }
  MariaDbDatabase(const MariaDbDatabase&) = delete;
  MariaDbDatabase& operator=(const MariaDbDatabase&) = delete;

  Result<StoreFacts> meet() override;
  Result<void> claim() override;
  Result<void> prepare() override;

  std::unique_ptr<DatabaseSession> make_session(boost::asio::io_context& context, std::size_t number) override;
  WithFeed<DatabaseSession> make_other_session(boost::asio::io_context& context, FeedKind feed) override;

  Result<void> carry_out(const ServerEvent& event) override;
  [[nodiscard]] std::string claim_lost() const override { return claim_ ? claim_->lost() : ""; }
  std::string confirm_claim() override { return claim_ ? claim_->confirm() : ""; }
  Result<void> give_back() override { return rows_.give_back(wanted_.store); }
  void close() override { claim_.reset(); }

 private:
  [[nodiscard]] bool is_named() const { return wanted_.store.own == nullptr; }
  [[nodiscard]] Result<void> take_rows();

  DatabaseWanted wanted_;
  MariaDbOptions options_ = {};
  std::unique_ptr<MariaDbStockLock> claim_ = {};
  UserRows rows_ = {};
  std::shared_ptr<const KeyIndex> keys_ = {};  // where the pattern needs a feed
};

}  // namespace stalemate
