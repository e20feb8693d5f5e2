// The claim of one run on the table stock where a server knows locks of sessions: PostgreSQL.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/stock/kept_claim.hpp"

namespace stalemate {

/// Two session-level advisory locks of a connection of its own, which go with the connection, however the program ends:
/// one that every run wants, and one with a number that no other run has, by which this run is known. Where the
/// connection is lost, both are taken anew on another. Whether somebody else had the table meanwhile shows in its file,
/// which is another one whenever a run prepares it.
class StockLock final : public KeptClaim {
 public:
  /// Blocks; a run that is just ending is given a second to go. Requires: `nodes` are of one database, not empty.
  /// Errors: unavailable, outcome fail: another run has it; or what the server answered.
  [[nodiscard]] static Result<std::unique_ptr<StockLock>> take(std::vector<PostgresOptions> nodes);
  ~StockLock() override { end(); }

  [[nodiscard]] Result<bool> is_seen_by(BlockingConnection& connection) const override;
  void note_table() override;

 private:
  struct Look {
    bool has_lock = false;
    bool has_mark = false;
    std::string file = {};  ///< of the table; empty where there is none
  };
  explicit StockLock(std::vector<PostgresOptions> nodes);
  Result<Look> look();
  Result<void> renew() override;

  std::string mark_;             ///< in SQL, the lock by which this run is known
  std::mutex state_mutex_ = {};  // of the rest
  std::string file_ = {};        // of the table as this run prepared it; empty: not yet
  std::uint64_t held_by_ = 0;    // which connection of ours had the locks last
};

}  // namespace stalemate
