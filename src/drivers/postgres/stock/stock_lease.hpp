// The claim of one run on the table stock where the server knows no lock that goes with a connection.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/stock/kept_claim.hpp"

namespace stalemate {

/// A lease: a row of the table `stock_claim` that ends by the database's own clock unless its holder renews it, which a
/// thread of the lease does a few times in its length. A holder that ends gives it back; one that was killed loses it
/// when its time is over; one that was stopped for longer finds that another has it. The table stays behind, empty.
/// Source: Gray and Cheriton, Leases, SOSP 1989. Thread rule: any thread, except take and the destructor.
class StockLease final : public KeptClaim {
 public:
  /// Blocks. Of a lease that another has it waits to see whether it is renewed; if not, it takes the lease when it has
  /// ended. `tell` hears of the wait; may be empty. Requires: `nodes` are of one cluster, not empty.
  /// Errors: unavailable, outcome fail: another run has it, which is named; constraint: a table of that name is not
  /// ours; or what the server answered.
  [[nodiscard]] static Result<std::unique_ptr<StockLease>> take(
      std::vector<PostgresOptions> nodes, std::chrono::seconds length,
      const std::function<void(const std::string& words)>& tell);

  /// Gives it back.
  ~StockLease() override;

  [[nodiscard]] Result<bool> is_seen_by(BlockingConnection& connection) const override;

 private:
  struct Holder {
    std::string name = {};
    std::string token = {};
    std::string renewals = {};
  };

  StockLease(std::vector<PostgresOptions> nodes, std::chrono::seconds length);
  Result<void> have_table();
  Result<void> wait_for_it(const std::function<void(const std::string& words)>& tell);
  Result<std::optional<Holder>> find_holder();
  Result<void> renew() override;
  [[nodiscard]] std::unexpected<Error> refusal(const Holder& holder) const;

  std::chrono::seconds length_;
  std::string token_;
  bool held_ = false;
};

}  // namespace stalemate
