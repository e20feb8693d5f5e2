// The claim of one run on the table stock where the server knows no lock that goes with a connection.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// A lease: a row of the table `stock_claim` that ends by the database's own clock unless its holder renews it, which a
/// thread of the lease does a few times in its length. A holder that ends gives it back; one that was killed loses it
/// when its time is over; one that was stopped for longer finds that another has it. The table stays behind, empty.
/// Source: Gray and Cheriton, Leases, SOSP 1989. Thread rule: any thread, but for take and the destructor.
class StockLease {
 public:
  /// Blocks. Of a lease that another has it waits to see whether it is renewed; if not, it takes the lease when it has
  /// ended. `tell` hears of the wait; may be empty. Requires: `nodes` are of one cluster, not empty.
  /// Errors: unavailable, outcome fail: another run has it, which is named; constraint: a table of that name is not
  /// ours; or what the server answered.
  [[nodiscard]] static Result<std::unique_ptr<StockLease>> take(
      std::vector<PostgresOptions> nodes, std::chrono::seconds length,
      const std::function<void(const std::string& words)>& tell);

  StockLease(const StockLease&) = delete;
  StockLease& operator=(const StockLease&) = delete;
  /// Gives it back.
  ~StockLease();

  /// A sentence for people once another is known to have it, or to have had it; else empty. Does not block.
  [[nodiscard]] std::string lost() const;
  /// Renews it now. As lost(), but where no server answers the sentence says that it is not known. Blocks for a few
  /// seconds at most.
  [[nodiscard]] std::string confirm();

 private:
  struct Holder {
    std::string name = {};
    std::string token = {};
    std::string renewals = {};
  };

  StockLease(std::vector<PostgresOptions> nodes, std::chrono::seconds length);
  Result<void> have_table();
  Result<void> wait_for_it(const std::function<void(const std::string& words)>& tell);
  Result<ResultPointer> run(const std::string& statement);
  Result<std::optional<Holder>> find_holder();
  Result<void> renew();
  void renew_until_given_back();
  [[nodiscard]] std::unexpected<Error> refusal(const Holder& holder) const;

  std::vector<PostgresOptions> nodes_;
  std::chrono::seconds length_;
  std::string token_;
  std::mutex connection_mutex_ = {};  // of the three that follow
  std::optional<BlockingConnection> connection_ = {};
  std::size_t node_ = 0;
  mutable std::mutex mutex_ = {};  // of the rest
  std::condition_variable changed_ = {};
  bool held_ = false;
  bool giving_back_ = false;
  std::string lost_ = {};
  std::thread thread_ = {};
};

}  // namespace stalemate
