// The hand on a key of a Redis.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "core/types.hpp"
#include "drivers/cache/cache_hand.hpp"
#include "drivers/redis/blocking_connection.hpp"

namespace stalemate {

/// Has its own connection.
class RedisCacheHand final : public CacheHand {
 public:
  [[nodiscard]] static Result<RedisCacheHand> open(const RedisOptions& options, Key key);

  [[nodiscard]] Result<void> drop(Slot slot) override;
  [[nodiscard]] Result<void> leave_queue() override;
  [[nodiscard]] Result<void> remember() override;
  [[nodiscard]] Result<void> put_back() override;

 private:
  struct Kept {
    std::string bytes;      // as DUMP returns them
    std::string life_text;  // ms; "0": it does not expire
  };

  RedisCacheHand(RedisConnection connection, Key key);
  [[nodiscard]] Result<RedisReply> tell(std::initializer_list<std::string_view> words);

  RedisConnection connection_;
  std::string id_;
  std::array<std::optional<Kept>, slot_count> kept_ = {};
  bool kept_in_queue_ = false;
};

}  // namespace stalemate
