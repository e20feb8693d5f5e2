// The servers of a run: private ones, started now, or those the user named.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/run/load_gauge.hpp"
#include "cli/run/stores_wanted.hpp"
#include "core/error.hpp"
#include "core/pattern.hpp"
#include "drive/session.hpp"
#include "drivers/key_index.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/postgres/replication.hpp"
#include "drivers/postgres/stock_claim.hpp"
#include "drivers/redis/cache_claim.hpp"
#include "drivers/redis/cache_hand.hpp"
#include "drivers/redis/options.hpp"
#include "report/run_results.hpp"
#include "scenario/scenario.hpp"
#include "servers/private_servers.hpp"

namespace stalemate {

/// The stores, ready for a run: reachable, the table as the scenario wants it, none of our entries in the cache, and
/// neither store used by another run.
class Stores final : public SessionFactory {
 public:
  /// Starts or reaches the servers and prepares them.
  /// Errors: a sentence for people; nothing is left running then.
  [[nodiscard]] static Result<std::unique_ptr<Stores>> prepare(const Scenario& scenario, const StoresWanted& wanted);

  [[nodiscard]] bool has_cache() const override { return redis_.has_value(); }
  /// Sessions are spread over the nodes of a cluster in turn.
  std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId client) override;
  std::unique_ptr<Session> make_background(boost::asio::io_context& context, MemoryCache& local) override;
  std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) override;
  std::unique_ptr<NodeWatch> make_node_watch(boost::asio::io_context& context) override;
  [[nodiscard]] std::unique_ptr<LoadGauge> make_load_gauge() override {
    return std::make_unique<LiveLoadGauge>(nodes_.front(), private_servers_.get());
  }

  /// To evict, expire or restore entries of the cache without a client's request. Requires: has_cache().
  [[nodiscard]] Result<CacheHand> reach_into_cache(Key key) const { return CacheHand::open(*redis_, key); }

  [[nodiscard]] const std::vector<EngineUsed>& engines() const { return engines_; }
  /// Sentences about what the stores lack that a run should have.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }
  /// Of a server that is not ours, it only touches our entries.
  [[nodiscard]] ServerControl* control() { return control_.get(); }
  /// A sentence once another run is known to have taken the table during this one; else empty. Any thread.
  [[nodiscard]] std::string claim_lost() const { return table_claim_ ? table_claim_->lost() : ""; }
  /// The same, after asking the server; also where it cannot be asked. Blocks for a few seconds at most.
  [[nodiscard]] std::string confirm_claim() { return table_claim_ ? table_claim_->confirm() : ""; }
  /// Resets table and cache to what prepare made, for the next run of the same scenario.
  [[nodiscard]] Result<void> reset();
  /// Stops private servers and releases the table. What was made on the user's servers stays there for inspection.
  /// May be called twice.
  void close();
  ~Stores() override { close(); }

 private:
  Stores(const Scenario& scenario, const StoresWanted& wanted) : scenario_(scenario), wanted_(wanted) {}
  Result<void> start_private();
  Result<void> meet_replica();
  void try_nodes();
  void await_replication(ReplicationScope scope);
  Result<void> meet();
  Result<void> claim_table();
  Result<void> claim_cache();
  void tell(const std::string& words) const;
  void doing(const std::string& words) const;
  [[nodiscard]] Result<void> prepare_table();
  [[nodiscard]] PostgresOptions node_options(std::size_t session) const;

  Scenario scenario_;
  StoresWanted wanted_;
  std::unique_ptr<PrivateServers> private_servers_ = {};
  std::vector<PostgresOptions> nodes_ = {};  // one a node; a session of each goes to another where it must
  std::optional<PostgresOptions> replica_ = {};
  std::optional<RedisOptions> redis_ = {};
  std::optional<StockClaim> table_claim_ = {};
  std::optional<CacheClaim> cache_claim_ = {};
  std::vector<EngineUsed> engines_ = {};
  std::vector<std::string> warnings_ = {};
  std::unique_ptr<ServerControl> control_ = {};
  PatternNeeds needs_ = {};
  std::shared_ptr<const KeyIndex> keys_ = {};  // where the pattern needs a feed
  bool has_slot_ = false;
};

}  // namespace stalemate
