// What the claims on a PostgreSQL's or CockroachDB's table stock have in common.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/renewed_claim.hpp"

namespace stalemate {

/// A claim that is renewed through any node of the database. Its thread also looks whether nodes that were left out are
/// of the database by now, which they are if the claim is seen there.
/// Thread rule: as RenewedClaim.
class KeptClaim : public RenewedClaim {
 public:
  /// Whether the server that the connection leads to has this very claim, as one of the same database has.
  /// Errors: what the server answered.
  [[nodiscard]] virtual Result<bool> is_seen_by(BlockingConnection& connection) const = 0;

 protected:
  /// Requires: `nodes` are of one database, not empty.
  explicit KeptClaim(std::vector<PostgresOptions> nodes);

  /// Runs one statement. A connection that failed is given up, and the next node is asked.
  Result<ResultPointer> run(const std::string& statement);
  /// How many connections there were so far: what goes with a connection went whenever this grew.
  [[nodiscard]] std::uint64_t connections() const { return connections_; }
  /// Where the claim is, without a password.
  [[nodiscard]] std::string place() const;

  static constexpr Nanoseconds answer_limit_ns = 2'000'000'000;

 private:
  static constexpr Nanoseconds join_limit_ns = 500'000'000;

  void look_around() override;

  std::vector<PostgresOptions> nodes_;
  std::mutex connection_mutex_ = {};  // of the two that follow
  std::optional<BlockingConnection> connection_ = {};
  std::size_t node_ = 0;
  std::atomic<std::uint64_t> connections_ = 0;
  std::size_t looks_ = 0;  // at nodes that are left out; of the thread
};

}  // namespace stalemate
