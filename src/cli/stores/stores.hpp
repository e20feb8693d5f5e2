// The servers of a run: private ones, started now, or those the user named; each used by way of its engine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/stores/load_gauge.hpp"
#include "cli/stores/stores_wanted.hpp"
#include "core/error.hpp"
#include "drive/session.hpp"
#include "drivers/cache/cache_hand.hpp"
#include "engines/cache_engine.hpp"
#include "engines/database_engine.hpp"
#include "report/results/run_results.hpp"
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

  [[nodiscard]] bool has_cache() const override { return cache_ != nullptr; }
  /// Sessions are spread over the nodes of a cluster in turn.
  std::unique_ptr<Session> make_session(boost::asio::io_context& context, ClientId client) override;
  std::unique_ptr<Session> make_background(boost::asio::io_context& context, MemoryCache& local) override;
  std::unique_ptr<SurveySession> make_survey(boost::asio::io_context& context) override;
  std::unique_ptr<NodeWatch> make_node_watch(boost::asio::io_context& context) override {
    return database_->make_node_watch(context);
  }
  [[nodiscard]] std::unique_ptr<LoadGauge> make_load_gauge() override {
    return std::make_unique<LiveLoadGauge>(*database_, private_servers_.get());
  }

  /// To evict, expire or restore entries of the cache without a client's request. Requires: has_cache().
  [[nodiscard]] Result<std::unique_ptr<CacheHand>> reach_into_cache(Key key) const { return cache_->reach_into(key); }

  [[nodiscard]] const std::vector<EngineUsed>& engines() const { return engines_; }
  /// Those that are private; nullptr where there are none. They live until close().
  [[nodiscard]] PrivateServers* own_servers() const { return private_servers_.get(); }
  /// Sentences about what the stores lack, or have lost, that a run should have.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Of a server that is not ours, it only touches our entries.
  [[nodiscard]] ServerControl* control() { return control_.get(); }
  /// A sentence once another run is known to have taken a store during this one; else empty. Any thread.
  [[nodiscard]] std::string claim_lost() const;
  /// The same, after asking the servers; also where one cannot be asked. Blocks for a few seconds at most.
  [[nodiscard]] std::string confirm_claim();
  /// What the rows are called, by key, where they are the user's; else, and where they are very many, empty.
  [[nodiscard]] std::vector<std::string> key_names() const;
  /// Puts the user's rows back, where the scenario has [data]; later calls return what the first did. Requires: no
  /// session is used any more. Errors: what was left where, and how it is put right.
  [[nodiscard]] Result<void> give_back();
  /// Resets table and cache to what prepare made, for the next run of the same scenario.
  [[nodiscard]] Result<void> reset();
  /// Gives back what was not, stops private servers, but for kept ones, and releases the stores. What was made on the
  /// user's servers stays there for inspection. May be called twice.
  void close();
  ~Stores() override { close(); }

 private:
  Stores(const Scenario& scenario, const StoresWanted& wanted) : scenario_(scenario), wanted_(wanted) {}
  /// The error of a preparation that went wrong, after giving back what it had taken.
  [[nodiscard]] std::unexpected<Error> given_up(Error error);
  Result<void> start_private();
  [[nodiscard]] Result<std::shared_ptr<PrivateServers>> private_servers(PrivateServersOptions options) const;
  void open_database();
  void open_cache();
  [[nodiscard]] Result<void> take_entries_out();
  [[nodiscard]] StoreWanted store_wanted() const;
  [[nodiscard]] bool reads_replica() const { return needs_.replica && !wanted_.without_replica; }
  Result<void> meet();

  Scenario scenario_;
  StoresWanted wanted_;
  PatternNeeds needs_ = {};
  std::shared_ptr<RowsOfUser> rows_ = {};
  std::shared_ptr<const EntryNames> entry_names_ = {};  // of rows_, once they are known
  bool cache_has_begun_ = false;                        // entries may be of this run
  std::optional<Result<void>> given_back_ = {};
  std::shared_ptr<PrivateServers> private_servers_ = {};
  std::unique_ptr<LiveDatabase> database_ = {};
  std::unique_ptr<LiveCache> cache_ = {};  // nullptr: none
  std::vector<EngineUsed> engines_ = {};
  std::unique_ptr<ServerControl> control_ = {};
};

}  // namespace stalemate
