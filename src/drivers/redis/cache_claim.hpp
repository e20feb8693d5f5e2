// The claim of one run on a cache.
#pragma once

#include "core/error.hpp"
#include "drivers/redis/blocking_connection.hpp"
#include "drivers/redis/options.hpp"

namespace stalemate {

/// Held for a run's length, so that no other run fills and deletes the same entries meanwhile: a subscription that
/// other runs can count. It is a connection's and goes with it, however the program ends, and leaves nothing in the
/// cache. Thread rule: one thread.
class CacheClaim {
 public:
  /// Claims the numbered database that the URL leads to. Blocks; a run that is just ending is given a second to go.
  /// From a server that lets us neither subscribe nor count, the claim is held without a word to anybody. Errors:
  /// unavailable, outcome fail: another run has it; or the server cannot be reached.
  [[nodiscard]] static Result<CacheClaim> take(const RedisOptions& options);

 private:
  explicit CacheClaim(RedisConnection connection) : connection_(std::move(connection)) {}
  RedisConnection connection_;
};

}  // namespace stalemate
