// What a PostgreSQL says its sessions are doing.
#pragma once

#include <cstdint>

#include "core/error.hpp"
#include "drivers/postgres/blocking_connection.hpp"
#include "drivers/postgres/options.hpp"

namespace stalemate {

/// The sessions of this user, database and program that were inside a statement at one moment.
struct SessionActivity {
  std::uint32_t running = 0;            ///< on a processor, or ready for one
  std::uint32_t waiting_for_locks = 0;  ///< for a row or table that another transaction holds
  std::uint32_t waiting_otherwise = 0;  ///< for the disk, the log, or one another
};

/// Queries over its own connection. Thread rule: one thread.
class ActivityWatch {
 public:
  /// Blocks. Errors: unsupported, of a server that has no such view (CockroachDB); those of connecting.
  [[nodiscard]] static Result<ActivityWatch> open(const PostgresOptions& options);
  /// Blocks for two seconds at most. Errors: of the server.
  [[nodiscard]] Result<SessionActivity> look();

 private:
  explicit ActivityWatch(BlockingConnection connection) : connection_(std::move(connection)) {}
  BlockingConnection connection_;
};

}  // namespace stalemate
