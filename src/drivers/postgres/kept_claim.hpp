// What the claims on the table stock have in common: a thread that looks after them, and the loss of one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// A claim that is renewed on a thread of its own for as long as it lives, through any node of the database.
/// Thread rule: any thread, but for making and destroying it.
class KeptClaim {
 public:
  KeptClaim(const KeptClaim&) = delete;
  KeptClaim& operator=(const KeptClaim&) = delete;
  virtual ~KeptClaim() = default;

  /// A sentence for people once another run is known to have it, or to have had it; else empty. Does not block.
  [[nodiscard]] std::string lost() const;
  /// Renews it now. As lost(), but where no server answers the sentence says that it is not known. Blocks for a few
  /// seconds at most.
  [[nodiscard]] std::string confirm();
  /// Whether the server that the connection leads to has this very claim, as one of the same database has.
  /// Errors: what the server answered.
  [[nodiscard]] virtual Result<bool> is_seen_by(BlockingConnection& connection) const = 0;
  /// The table has been prepared by this run: from now on, that another prepares it is a loss.
  virtual void note_table() {}

 protected:
  /// Requires: `nodes` are of one database, not empty.
  explicit KeptClaim(std::vector<PostgresOptions> nodes);
  /// Begins to renew it, once in each interval. Requires: called once.
  void keep(std::chrono::milliseconds interval);
  /// Ends that. To be called by the destructor of who derives from this, before anything that renew() needs goes.
  void end();

  /// Asks the server whether the claim stands, or makes it stand longer; calls note_lost where it is lost.
  /// Errors: those of the server; the claim may stand then.
  virtual Result<void> renew() = 0;
  void note_lost(std::string sentence);
  /// Runs one statement. A connection that failed is given up, and the next node is asked.
  Result<ResultPointer> run(const std::string& statement);
  /// How many connections there were so far: what goes with a connection went whenever this grew.
  [[nodiscard]] std::uint64_t connections() const { return connections_; }
  /// Where the claim is, without a password.
  [[nodiscard]] std::string place() const;

  static constexpr Nanoseconds answer_limit_ns = 2'000'000'000;

 private:
  void renew_until_ended(std::chrono::milliseconds interval);

  std::vector<PostgresOptions> nodes_;
  std::mutex connection_mutex_ = {};  // of the two that follow
  std::optional<BlockingConnection> connection_ = {};
  std::size_t node_ = 0;
  std::atomic<std::uint64_t> connections_ = 0;
  mutable std::mutex mutex_ = {};  // of the rest
  std::condition_variable changed_ = {};
  bool ending_ = false;
  std::string lost_ = {};
  std::thread thread_ = {};
};

}  // namespace stalemate
