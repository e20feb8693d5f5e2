// The claim of one run on the table stock, and the question whether the server has room for the run's connections.
#pragma once

#include <cstdint>
#include <optional>

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// Held for a run's length, so that no other run writes to the same table meanwhile: a session-level advisory lock of a
/// connection of its own, which goes with the connection, however the program ends. CockroachDB knows no such lock;
/// there nothing is held. Thread rule: one thread.
class StockClaim {
 public:
  /// Claims the table `stock` of the schema that the options lead to. Blocks; a run that is just ending is given a
  /// second to go.
  /// Errors: unavailable, outcome fail: another run has it; or what the server answered.
  [[nodiscard]] static Result<StockClaim> take(const PostgresOptions& options);

  /// Says whether the server takes so many connections more than it has now.
  /// Errors: unavailable, outcome fail: it does not; the sentence names `clients`, what it allows and what is in use.
  [[nodiscard]] Result<void> check_room(const PostgresOptions& options, std::uint32_t clients,
                                        std::uint32_t connections);

 private:
  explicit StockClaim(BlockingConnection connection) : connection_(std::move(connection)) {}
  BlockingConnection connection_;
};

}  // namespace stalemate
