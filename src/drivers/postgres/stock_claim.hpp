// The claim of one run on the table stock, and the question whether the server has room for the run's connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/postgres/stock_lease.hpp"

namespace stalemate {

/// Held for a run's length, so that no other run writes to the same table meanwhile: a session-level advisory lock of a
/// connection of its own, which goes with the connection, however the program ends. CockroachDB knows no such lock;
/// there it is a lease. Thread rule: one thread, but for lost().
class StockClaim {
 public:
  /// Claims the table `stock` of the schema that the options lead to. Blocks; a run that is just ending is given a
  /// second to go, and one that crashed on CockroachDB until its lease has ended. `tell` hears of that; may be empty.
  /// Errors: unavailable, outcome fail: another run has it; or what the server answered.
  /// Requires: `nodes` are of one cluster, not empty.
  [[nodiscard]] static Result<StockClaim> take(const std::vector<PostgresOptions>& nodes,
                                               const std::function<void(const std::string& words)>& tell);

  /// A sentence for people once another run is known to have taken it meanwhile; else empty. Any thread.
  [[nodiscard]] std::string lost() const { return lease_ ? lease_->lost() : ""; }
  /// As lost(), after asking the server; also where that cannot be asked. Blocks for a few seconds at most.
  [[nodiscard]] std::string confirm() { return lease_ ? lease_->confirm() : ""; }

  /// Says whether the server takes so many connections more than it has now.
  /// Errors: unavailable, outcome fail: it does not; the sentence names `clients`, what it allows and what is in use.
  [[nodiscard]] Result<void> check_room(const PostgresOptions& options, std::uint32_t clients,
                                        std::uint32_t connections);

 private:
  explicit StockClaim(BlockingConnection connection) : connection_(std::move(connection)) {}
  BlockingConnection connection_;
  std::unique_ptr<StockLease> lease_ = {};
};

}  // namespace stalemate
