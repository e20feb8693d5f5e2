#include "drivers/redis/feeds.hpp"

#include <fcntl.h>

#include <utility>

#include "drivers/pause.hpp"
#include "drivers/redis/commands.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// How often an empty queue is looked at again.
constexpr Nanoseconds queue_look_again_ns = 2'000'000;

}  // namespace

Task<Result<Change>> CacheQueueFeed::next() {
  while (true) {
    const bool is_last_look = finished_;
    const Result<std::optional<std::string>> id = co_await session_.queued_id();
    if (!id) {
      co_return std::unexpected(id.error());
    }
    const std::optional<Key> key = *id ? keys_->find(**id) : std::nullopt;
    if (key) {
      Change change;
      change.key = *key;
      co_return change;
    }
    if (is_last_look) {
      co_return failed(ErrorCode::cancelled, "the run has ended");
    }
    Pause pause(context_, queue_look_again_ns);
    co_await pause;
  }
}

Task<Result<void>> CacheQueueFeed::acknowledge(Change) {
  co_return Result<void>();
}

Result<void> InvalidationFeed::connect() {
  listening_.reset();
  tracking_.reset();
  Result<RedisConnection> listening = open_blocking(options_);
  if (!listening) {
    return std::unexpected(listening.error());
  }
  Result<RedisConnection> tracking = open_blocking(options_);
  if (!tracking) {
    return std::unexpected(tracking.error());
  }
  const RedisReply id = ask(**listening, redis_command({"CLIENT", "ID"}));
  const RedisReply subscribed = ask(**listening, redis_command({"SUBSCRIBE", "__redis__:invalidate"}));
  const std::string number = id ? std::to_string(id->integer) : "0";
  const RedisReply tracked =
      ask(**tracking, redis_command({"CLIENT", "TRACKING", "ON", "REDIRECT", number, "BCAST", "PREFIX", entry_prefix}));
  if (!subscribed || !tracked) {
    return failed(ErrorCode::unsupported,
                  "the cache at " + url_without_password(options_.url) +
                      " does not tell of changes (CLIENT TRACKING); Redis does from version 6 on");
  }
  const int flags = ::fcntl((*listening)->fd, F_GETFL);
  ::fcntl((*listening)->fd, F_SETFL, flags | O_NONBLOCK);
  (*listening)->flags &= ~REDIS_BLOCK;
  listening_ = std::move(*listening);
  tracking_ = std::move(*tracking);
  return {};
}

void InvalidationFeed::change_all() {
  found_.clear();
  for (std::uint32_t index = 0; index < keys_->size(); ++index) {
    found_.push_back(Change{Key{index}, absent, unknown_version, 0});
  }
}

// A push is ["message", "__redis__:invalidate", [name, ...]], with nil for all names.
Result<void> InvalidationFeed::take(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 3) {
    return uncertain(ErrorCode::protocol, "the cache pushed something else than names");
  }
  const redisReply& names = *reply.element[2];
  if (names.type != REDIS_REPLY_ARRAY) {
    change_all();
    return {};
  }
  for (std::size_t place = 0; place < names.elements; ++place) {
    std::string_view name(names.element[place]->str, names.element[place]->len);
    if (!name.starts_with(entry_prefix)) {
      continue;
    }
    name.remove_prefix(entry_prefix.size());
    if (const std::optional<Key> key = keys_->find(name)) {
      found_.push_back(Change{*key, absent, unknown_version, 0});
    }
  }
  return {};
}

// Takes what has come.
Result<void> InvalidationFeed::listen() {
  if (::redisBufferRead(listening_.get()) != REDIS_OK) {
    return uncertain(ErrorCode::connection_lost, "the cache closed the connection that listens");
  }
  while (true) {
    void* raw = nullptr;
    if (::redisGetReplyFromReader(listening_.get(), &raw) != REDIS_OK) {
      return uncertain(ErrorCode::protocol, "the cache's pushes cannot be read");
    }
    const RedisReply reply(static_cast<redisReply*>(raw));
    if (!reply) {
      return {};
    }
    if (Result<void> taken = take(*reply); !taken) {
      return taken;
    }
  }
}

Task<Result<void>> InvalidationFeed::look() {
  if (!listening_) {
    const Result<void> connected = connect();
    if (connected) {
      change_all();
    }
    co_return connected;
  }
  const Result<void> listened = listen();
  if (!listened) {
    listening_.reset();
  }
  co_return listened;
}

}  // namespace stalemate
