#include "drivers/redis/feeds.hpp"

#include <fcntl.h>

#include <algorithm>
#include <utility>

#include "drivers/connection/keep_alive.hpp"
#include "drivers/connection/pause.hpp"
#include "drivers/redis/commands.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// How often an empty queue is looked at again.
constexpr Nanoseconds queue_look_again_ns = 2'000'000;

// A connection that only listens would not notice by itself that the other side has vanished.
void go_on_without_blocking(redisContext& connection) {
  const int flags = ::fcntl(connection.fd, F_GETFL);
  ::fcntl(connection.fd, F_SETFL, flags | O_NONBLOCK);
  connection.flags &= ~REDIS_BLOCK;
  keep_alive(connection.fd);
}

// Takes the bytes that have come. `task` is what the connection is there for.
Result<void> read_what_came(redisContext& connection, std::string_view task) {
  if (::redisBufferRead(&connection) == REDIS_OK) {
    return {};
  }
  return uncertain(ErrorCode::connection_lost,
                   "the connection that " + std::string(task) + " was lost: " + connection.errstr);
}

}  // namespace

Task<Result<void>> CacheQueueFeed::open() {
  const Result<std::optional<std::string>> id = co_await session_.queued_id();
  co_return without_value(id);
}

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

Result<void> InvalidationFeed::connect(const RedisOptions& options) {
  listening_.reset();
  tracking_.reset();
  Result<RedisConnection> listening = open_blocking(options);
  if (!listening) {
    return std::unexpected(listening.error());
  }
  Result<RedisConnection> tracking = open_blocking(options);
  if (!tracking) {
    return std::unexpected(tracking.error());
  }
  const Result<RedisReply> id = ask(**listening, redis_command({"CLIENT", "ID"}));
  const std::string number = id ? std::to_string((*id)->integer) : "0";
  const Result<RedisReply> subscribed = ask(**listening, redis_command({"SUBSCRIBE", "__redis__:invalidate"}));
  const Result<RedisReply> tracked =
      ask(**tracking, redis_command({"CLIENT", "TRACKING", "ON", "REDIRECT", number, "BCAST", "PREFIX", entry_prefix}));
  for (const Result<RedisReply>* told : {&id, &subscribed, &tracked}) {
    if (!*told) {
      return failed(told->error().code,
                    "the cache at " + url_without_password(options.url) +
                        " cannot be asked to tell of changes (CLIENT TRACKING, which Redis has from "
                        "version 6 on): " +
                        told->error().detail);
    }
  }
  go_on_without_blocking(**listening);
  go_on_without_blocking(**tracking);
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
  // Without the tracking connection nothing would be pushed, and the listening one would not notice.
  for (const auto& [connection, task] :
       {std::pair(listening_.get(), "listens for changed keys"), std::pair(tracking_.get(), "tracks changed keys")}) {
    if (Result<void> read = read_what_came(*connection, task); !read) {
      return read;
    }
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
    RedisOptions options = options_;
    options.connect_limit_ns = std::min(options.connect_limit_ns, reconnect_limit_ns);
    const Result<void> connected = connect(options);
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
