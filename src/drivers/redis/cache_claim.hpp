// The claim of one run on a cache.
#pragma once

#include "core/error.hpp"
#include "drivers/redis/blocking_connection.hpp"
#include "drivers/redis/options.hpp"

namespace stalemate {

/// Held for the length of a run, so that no other run fills and deletes the same entries at the same time: a
/// subscription that other runs can count. It ends with its connection, however the program ends, and leaves nothing in
/// the cache. Thread rule: one thread.
class CacheClaim {
 public:
  /// Claims the numbered database of the URL. Blocks; waits up to a second for a run that is just ending. On a server
  /// that allows us neither to subscribe nor to count, the claim succeeds but protects nothing. Errors: unavailable,
  /// outcome fail: another run has it, or the server cannot be reached.
  [[nodiscard]] static Result<CacheClaim> take(const RedisOptions& options);

 private:
  explicit CacheClaim(RedisConnection connection) : connection_(std::move(connection)) {}
  RedisConnection connection_;
};

}  // namespace stalemate
