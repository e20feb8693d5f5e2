// The claim of one run on the table stock of a MariaDB, and whether the server has room for the run's connections.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/error.hpp"
#include "drivers/mariadb/blocking_connection.hpp"
#include "drivers/mariadb/options.hpp"
#include "drivers/renewed_claim.hpp"

namespace stalemate {

/// A lock by name (GET_LOCK) of a connection of its own, which goes with the connection, however the program ends.
/// Where the connection is lost it is taken anew on another. Whether somebody else had the table meanwhile shows in its
/// comment, which is another one whenever a run prepares it.
class MariaDbStockLock final : public RenewedClaim {
 public:
  /// Blocks; a run that is just ending is given a second to go.
  /// Errors: unavailable, outcome fail: another run has it; or what the server answered.
  [[nodiscard]] static Result<std::unique_ptr<MariaDbStockLock>> take(const MariaDbOptions& options);
  ~MariaDbStockLock() override { end(); }

  void note_table() override;

  /// Whether the server accepts that many more connections than it has now.
  /// Errors: unavailable, outcome fail: it does not; the sentence names `clients`, what it allows and what is in use.
  [[nodiscard]] static Result<void> check_room(const MariaDbOptions& options, std::uint32_t clients,
                                               std::uint32_t connections);

 private:
  // What the server says of the lock and the table.
  struct Look {
    bool has_lock = false;
    std::string own_id = {};     // of the connection that asked
    std::string holder_id = {};  // of the one that has the lock
    std::string mark = {};       // the table's comment; empty where there is none
  };
  explicit MariaDbStockLock(const MariaDbOptions& options) : options_(options) {}
  Result<Look> look();
  Result<void> renew() override;

  MariaDbOptions options_;
  std::mutex connection_mutex_ = {};  // of the next
  std::optional<MariaDbConnection> connection_ = {};
  std::mutex state_mutex_ = {};  // of the rest
  std::string mark_ = {};        // of the table as this run prepared it; empty: not yet
  std::string held_by_ = {};     // which connection of ours had the lock last
};

}  // namespace stalemate
