// What happens to a whole cache without any client asking for it: things evicted or expired, an older copy put back,
// connections cut.
#pragma once

#include <string>
#include <vector>

#include "core/types.hpp"
#include "drivers/redis/blocking_connection.hpp"

namespace stalemate {

/// One connection of its own, made with the first call and again after a loss; every call blocks until the server has
/// answered. Only entries of ours are touched.
/// Errors of all calls: a sentence for people.
/// Thread rule: one thread at a time.
class CacheStrikes {
 public:
  explicit CacheStrikes(RedisOptions options) : options_(std::move(options)) {}

  /// What may be dropped.
  enum class Prey : std::uint8_t {
    any,           ///< whatever the cache keeps of the key
    what_expires,  ///< a guard, mark or counter with a time to live, or a tombstone
  };
  /// Drops one of the things that the cache keeps of the key, chosen by `draw`; false where there is none.
  [[nodiscard]] Result<bool> drop_one(Key key, Prey prey, std::uint64_t draw);
  /// Keeps a copy of all of ours that the cache holds, with the times to live.
  [[nodiscard]] Result<void> remember();
  /// Makes the cache hold that copy and nothing else of ours, at one moment. Requires: remember().
  [[nodiscard]] Result<void> put_back();
  /// Closes the connections of all others.
  [[nodiscard]] Result<void> cut_others();

 private:
  struct Kept {
    std::string name;
    std::string bytes;      // as DUMP tells them
    std::string life_text;  // ms; "0": it does not expire
  };
  [[nodiscard]] Result<RedisReply> tell(const std::vector<std::string>& words);
  [[nodiscard]] Result<bool> drop_entry(const std::string& name, Prey prey);
  [[nodiscard]] Result<std::vector<std::string>> names_of_ours();

  RedisOptions options_;
  RedisConnection connection_ = {};
  std::vector<Kept> kept_ = {};
};

}  // namespace stalemate
