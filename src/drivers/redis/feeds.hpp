// The feeds of a cache: keys that were queued in it, and keys whose entries have changed.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "core/pattern/feed.hpp"
#include "drivers/feeds/key_index.hpp"
#include "drivers/feeds/polled_feed.hpp"
#include "drivers/redis/blocking_connection.hpp"
#include "drivers/redis/session.hpp"

namespace stalemate {

/// Keys that are `queued`, in no order.
/// Thread rule: as its session, which others may use between its calls.
class CacheQueueFeed final : public LiveFeed {
 public:
  CacheQueueFeed(boost::asio::io_context& context, RedisSession& session, std::shared_ptr<const KeyIndex> keys)
      : context_(context), session_(session), keys_(std::move(keys)) {}
  Task<Result<void>> open() override;
  Task<Result<Change>> next() override;
  Task<Result<void>> acknowledge(Change change) override;
  void finish() override { finished_ = true; }

 private:
  boost::asio::io_context& context_;
  RedisSession& session_;
  std::shared_ptr<const KeyIndex> keys_;
  bool finished_ = false;
};

/// Keys whose entries have changed, as Redis pushes them (CLIENT TRACKING in broadcasting mode, redirected to a
/// connection that listens). When either connection was lost, next() reports it once; then both are opened again, and
/// since any key may have changed in between, every key is given.
/// Uses two connections. Connecting blocks, at start-up and after a loss, then for at most reconnect_limit_ns;
/// listening does not.
/// Thread rule: the thread that runs `context`; one call at a time.
class InvalidationFeed final : public PolledFeed {
 public:
  InvalidationFeed(boost::asio::io_context& context, RedisOptions options, std::shared_ptr<const KeyIndex> keys)
      : PolledFeed(context, std::move(keys), push_look_again_ns), options_(std::move(options)) {}
  Task<Result<void>> open() override { co_return connect(options_); }

 private:
  static constexpr Nanoseconds push_look_again_ns = 500'000;
  // The clients of the thread wait until then.
  static constexpr Nanoseconds reconnect_limit_ns = 250'000'000;

  /// Errors: the server's words, or why it cannot be reached; outcome `fail`.
  Result<void> connect(const RedisOptions& options);
  Task<Result<void>> look() override;
  Result<void> listen();
  Result<void> take(const redisReply& reply);
  void change_all();

  RedisOptions options_;
  RedisConnection listening_ = {};
  RedisConnection tracking_ = {};
};

}  // namespace stalemate
