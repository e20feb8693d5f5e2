// A PostgreSQL or a CockroachDB that a run uses.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "drivers/feeds/key_index.hpp"
#include "drivers/postgres/nodes/activity.hpp"
#include "drivers/postgres/nodes/replication.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/postgres/stock/stock_claim.hpp"
#include "engines/database_engine.hpp"
#include "engines/user_rows.hpp"

namespace stalemate {

class PostgresDatabase final : public LiveDatabase {
 public:
  PostgresDatabase(DatabaseWanted wanted, Isolation isolation);
  ~PostgresDatabase() override { close(); }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  Result<StoreFacts> meet() override;
  Result<void> claim() override;
  Result<void> prepare() override;

  std::unique_ptr<DatabaseSession> make_session(boost::asio::io_context& context, std::size_t number) override;
  WithFeed<DatabaseSession> make_other_session(boost::asio::io_context& context, FeedKind feed) override;
  std::unique_ptr<NodeWatch> make_node_watch(boost::asio::io_context& context) override;
  Result<SessionLook> look() override;

  Result<void> carry_out(const ServerEvent& event) override;
  [[nodiscard]] std::string claim_lost() const override { return claim_ ? claim_->lost() : ""; }
  std::string confirm_claim() override { return claim_ ? claim_->confirm() : ""; }
  Result<void> give_back() override { return rows_.give_back(wanted_.store); }
  [[nodiscard]] std::vector<std::string> warnings() const override;
  void close() override;

 private:
  [[nodiscard]] bool is_named() const { return wanted_.store.own == nullptr; }
  [[nodiscard]] bool is_cluster() const { return facts_.engine == "CockroachDB" && nodes_.front().nodes != nullptr; }
  [[nodiscard]] PostgresOptions options_of(std::size_t session) const;
  void try_nodes();
  void await_replication(ReplicationScope scope);
  [[nodiscard]] Result<void> prepare_table();
  [[nodiscard]] Result<void> take_rows();
  [[nodiscard]] Result<void> tell_replica(const char* statement);
  [[nodiscard]] std::vector<std::string> refused_nodes() const;

  DatabaseWanted wanted_;
  std::vector<PostgresOptions> nodes_ = {};  // one a node; a session of each goes to another where it must
  std::optional<PostgresOptions> standby_ = {};
  std::optional<PostgresOptions> replica_ = {};  // the same, where the pattern reads from it
  SessionFacts facts_ = {};
  std::optional<StockClaim> claim_ = {};
  UserRows rows_ = {};
  std::shared_ptr<const KeyIndex> keys_ = {};  // where the pattern needs a feed
  std::vector<std::string> warnings_ = {};
  std::optional<Result<ActivityWatch>> activity_ = {};
  bool has_slot_ = false;
};

}  // namespace stalemate
