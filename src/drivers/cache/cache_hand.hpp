// CacheHand: changes a key of the cache without a client's request, as an eviction does, or a fail-over to a standby
// that had stopped following.
#pragma once

#include "core/error.hpp"
#include "core/pattern/cache_command.hpp"

namespace stalemate {

/// Every call blocks until the server has answered.
/// Errors of all calls: a sentence for people.
/// Thread rule: one thread at a time.
class CacheHand {
 public:
  virtual ~CacheHand() = default;
  /// Empties the slot, as an eviction or its expiry does. An empty slot is no error.
  [[nodiscard]] virtual Result<void> drop(Slot slot) = 0;
  /// Takes the key out of the queue.
  [[nodiscard]] virtual Result<void> leave_queue() = 0;
  /// Keeps a copy of all that the cache holds of the key, with its times to live.
  [[nodiscard]] virtual Result<void> remember() = 0;
  /// Makes the cache hold that copy and nothing else of the key. Requires: remember().
  [[nodiscard]] virtual Result<void> put_back() = 0;
};

}  // namespace stalemate
