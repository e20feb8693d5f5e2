// A hiredis connection that blocks: for start-up, and for feeds that connect again after a loss.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <string>

#include "core/error.hpp"
#include "drivers/redis/options.hpp"

namespace stalemate {

struct RedisContextDeleter {
  void operator()(redisContext* context) const { ::redisFree(context); }
};
using RedisConnection = std::unique_ptr<redisContext, RedisContextDeleter>;

struct RedisReplyDeleter {
  void operator()(redisReply* reply) const { ::freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, RedisReplyDeleter>;

/// Connected, logged in and in the numbered database of the URL; each answer is waited for as long as the options allow
/// for a connect. Blocks. Errors: connection_refused, authentication, refused_by_server: a sentence for people; outcome
/// `fail`.
[[nodiscard]] Result<RedisConnection> open_blocking(const RedisOptions& options);

/// The answer to a command, as redis_command writes it, never null. Blocks. Errors: of an error reply as
/// redis/errors.hpp says; connection_lost, outcome `info`.
[[nodiscard]] Result<RedisReply> ask(redisContext& connection, const std::string& command);

}  // namespace stalemate
