#include "drivers/redis/cache_hand.hpp"

#include <algorithm>
#include <utility>

#include "drivers/redis/commands.hpp"
#include "drivers/redis/scripts.hpp"

namespace stalemate {

RedisCacheHand::RedisCacheHand(RedisConnection connection, Key key)
    : connection_(std::move(connection)), id_(product_id(key).view()) {}

Result<RedisCacheHand> RedisCacheHand::open(const RedisOptions& options, Key key) {
  Result<RedisConnection> connection = open_blocking(options);
  if (!connection) {
    return std::unexpected(connection.error());
  }
  return RedisCacheHand(std::move(*connection), key);
}

Result<RedisReply> RedisCacheHand::tell(std::initializer_list<std::string_view> words) {
  Result<RedisReply> reply = ask(*connection_, redis_command(words));
  if (!reply) {
    return failed(reply.error().code,
                  "the cache did not carry out " + std::string(*words.begin()) + ": " + reply.error().detail);
  }
  return reply;
}

Result<void> RedisCacheHand::drop(Slot slot) {
  const Result<RedisReply> done = tell({"DEL", slot_name(id_, slot)});
  return without_value(done);
}

Result<void> RedisCacheHand::leave_queue() {
  const Result<RedisReply> done = tell({"SREM", queue_name, id_});
  return without_value(done);
}

Result<void> RedisCacheHand::remember() {
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const std::string name = slot_name(id_, static_cast<Slot>(slot));
    const Result<RedisReply> bytes = tell({"DUMP", name});
    if (!bytes) {
      return std::unexpected(bytes.error());
    }
    const Result<RedisReply> life = tell({"PTTL", name});
    if (!life) {
      return std::unexpected(life.error());
    }
    kept_.at(slot).reset();
    if ((*bytes)->type == REDIS_REPLY_STRING) {
      const long long left_ms = std::max(0LL, (*life)->integer);
      kept_.at(slot).emplace(Kept{std::string((*bytes)->str, (*bytes)->len), std::to_string(left_ms)});
    }
  }
  const Result<RedisReply> queued = tell({"SISMEMBER", queue_name, id_});
  if (!queued) {
    return std::unexpected(queued.error());
  }
  kept_in_queue_ = (*queued)->integer == 1;
  return {};
}

Result<void> RedisCacheHand::put_back() {
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    const std::optional<Kept>& kept = kept_.at(slot);
    const std::string name = slot_name(id_, static_cast<Slot>(slot));
    const Result<RedisReply> done =
        kept ? tell({"RESTORE", name, kept->life_text, kept->bytes, "REPLACE"}) : tell({"DEL", name});
    if (!done) {
      return std::unexpected(done.error());
    }
  }
  const Result<RedisReply> queued = tell({kept_in_queue_ ? "SADD" : "SREM", queue_name, id_});
  return without_value(queued);
}

}  // namespace stalemate
