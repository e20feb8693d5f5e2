// CacheHand: changes a key of the cache without a client's request, as an eviction does, or a fail-over to a standby
// that had stopped following.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "core/cache_command.hpp"
#include "core/types.hpp"
#include "drivers/redis/blocking_connection.hpp"

namespace stalemate {

/// Has its own connection; every call blocks until the server has answered.
/// Errors of all calls: a sentence for people.
/// Thread rule: one thread at a time.
class CacheHand {
 public:
  [[nodiscard]] static Result<CacheHand> open(const RedisOptions& options, Key key);

  /// Empties the slot, as an eviction or its expiry does. An empty slot is no error.
  [[nodiscard]] Result<void> drop(Slot slot);
  /// Takes the key out of the queue.
  [[nodiscard]] Result<void> leave_queue();
  /// Keeps a copy of all that the cache holds of the key, with its times to live.
  [[nodiscard]] Result<void> remember();
  /// Makes the cache hold that copy and nothing else of the key. Requires: remember().
  [[nodiscard]] Result<void> put_back();

 private:
  struct Kept {
    std::string bytes;      // as DUMP returns them
    std::string life_text;  // ms; "0": it does not expire
  };

  CacheHand(RedisConnection connection, Key key);
  [[nodiscard]] Result<RedisReply> tell(std::initializer_list<std::string_view> words);

  RedisConnection connection_;
  std::string id_;
  std::array<std::optional<Kept>, slot_count> kept_ = {};
  bool kept_in_queue_ = false;
};

}  // namespace stalemate
