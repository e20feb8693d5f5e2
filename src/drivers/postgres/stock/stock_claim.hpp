// The claim of one run on the table stock, and whether the server has room for the run's connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/postgres/stock/kept_claim.hpp"

namespace stalemate {

/// Held for the length of a run, so that no other run writes to the same table at the same time: on PostgreSQL by locks
/// of a session, on CockroachDB, which has no such locks, by a lease. Thread rule: one thread, except lost().
class StockClaim {
 public:
  /// Claims the table `stock` of the options' schema. Blocks; waits up to a second for a run that is just ending, and
  /// for the lease of one that crashed on CockroachDB. `tell` is called with what it waits for; may be empty.
  /// Errors: unavailable, outcome fail: another run has it; wrong_type: the nodes are not of one database, since one of
  /// them does not see the claim; or what the server answered. Requires: `nodes` not empty.
  [[nodiscard]] static Result<StockClaim> take(const std::vector<PostgresOptions>& nodes,
                                               const std::function<void(const std::string& words)>& tell);

  /// A sentence for people once another run is known to have taken it; else empty. Any thread.
  [[nodiscard]] std::string lost() const { return kept_->lost(); }
  /// As lost(), after asking the server; also where that cannot be asked. Blocks for a few seconds at most.
  [[nodiscard]] std::string confirm() { return kept_->confirm(); }
  /// This run has prepared the table: from now on the claim is lost if another run prepares it.
  void note_table() { kept_->note_table(); }

  /// Whether the server accepts that many more connections than it has now.
  /// Errors: unavailable, outcome fail: it does not; the sentence names `clients`, what it allows and what is in use.
  [[nodiscard]] static Result<void> check_room(const PostgresOptions& options, std::uint32_t clients,
                                               std::uint32_t connections);

 private:
  StockClaim(std::unique_ptr<KeptClaim> kept, Dialect dialect) : kept_(std::move(kept)), dialect_(dialect) {}
  Result<void> check_nodes(const std::vector<PostgresOptions>& nodes);

  std::unique_ptr<KeptClaim> kept_;
  Dialect dialect_;
};

}  // namespace stalemate
