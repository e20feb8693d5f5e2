// The claim of one run on the table stock, and the question whether the server has room for the run's connections.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/kept_claim.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// Held for a run's length, so that no other run writes to the same table meanwhile: on PostgreSQL locks of a session,
/// on CockroachDB, which knows none, a lease. Thread rule: one thread, but for lost().
class StockClaim {
 public:
  /// Claims the table `stock` of the schema that the options lead to. Blocks; a run that is just ending is given a
  /// second to go, and one that crashed on CockroachDB until its lease has ended. `tell` hears of that; may be empty.
  /// Errors: unavailable, outcome fail: another run has it; wrong_type: the nodes are not of one database, since one of
  /// them does not see the claim; or what the server answered. Requires: `nodes` not empty.
  [[nodiscard]] static Result<StockClaim> take(const std::vector<PostgresOptions>& nodes,
                                               const std::function<void(const std::string& words)>& tell);

  /// A sentence for people once another run is known to have taken it meanwhile; else empty. Any thread.
  [[nodiscard]] std::string lost() const { return kept_->lost(); }
  /// As lost(), after asking the server; also where that cannot be asked. Blocks for a few seconds at most.
  [[nodiscard]] std::string confirm() { return kept_->confirm(); }
  /// This run has prepared the table: from now on, that another prepares it is a loss.
  void note_table() { kept_->note_table(); }

  /// Says whether the server takes so many connections more than it has now.
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
