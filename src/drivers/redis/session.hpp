// A session with Redis: the Cache port over a socket, without ever blocking.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "drivers/redis/options.hpp"
#include "drivers/store_session.hpp"

namespace stalemate {

class RedisEngine;

/// One connection, opened, lost and reopened as PostgresSession's. Entries are `stock:PRODUCT_ID`,
/// text as SlotContent says.
/// Thread rule: as PostgresSession.
class RedisSession final : public CacheSession {
 public:
  RedisSession(boost::asio::io_context& context, RedisOptions options);
  ~RedisSession() override;
  RedisSession(const RedisSession&) = delete;
  RedisSession& operator=(const RedisSession&) = delete;

  /// Connects, logs in, selects the database and asks the server who it is.
  /// Errors: a sentence for people; outcome `fail`.
  Task<Result<SessionFacts>> connect() override;

  /// Errors of the calls: as `redis/errors.hpp` says; an entry that is not one of ours is ErrorCode::wrong_type.
  Task<Result<std::optional<Value>>> get(Key key) override;
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override;
  Task<Result<bool>> erase(Key key) override;
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override;
  Task<Result<void>> read_entries(Key first, std::span<Value> values) override;

  /// The product id of some key that is `queued`; std::nullopt where none is.
  Task<Result<std::optional<std::string>>> queued_id();

  /// Removes the entries of keys `first` to `first + count - 1`, and what commands keep beside them, and no others; how
  /// many entries there were.
  Task<Result<std::uint64_t>> erase_entries(Key first, std::uint32_t count);

  /// Ends the connection; a later call opens a new one. Requires: no call is waiting.
  void close();

 private:
  std::unique_ptr<RedisEngine> engine_;
};

}  // namespace stalemate
