#include "drivers/redis/blocking_connection.hpp"

#include <utility>

#include "drivers/redis/commands.hpp"
#include "drivers/redis/errors.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

timeval time_of(Nanoseconds duration_ns) {
  timeval time = {};
  time.tv_sec = duration_ns / 1'000'000'000;
  time.tv_usec = duration_ns % 1'000'000'000 / 1'000;
  return time;
}

}  // namespace

Result<RedisConnection> open_blocking(const RedisOptions& options) {
  const Result<CacheAddress> address = redis_address(options.url);
  if (!address) {
    return std::unexpected(address.error());
  }
  const timeval limit = time_of(options.connect_limit_ns);
  RedisConnection connection(address->socket_path.empty()
                                 ? ::redisConnectWithTimeout(address->host.c_str(), address->port, limit)
                                 : ::redisConnectUnixWithTimeout(address->socket_path.c_str(), limit));
  const auto refused = [&options](ErrorCode code, const std::string& problem) {
    return failed(code, "the cache at " + url_without_password(options.url) + " cannot be reached: " + problem);
  };
  if (!connection || connection->err != 0) {
    return refused(ErrorCode::connection_refused, connection ? static_cast<const char*>(connection->errstr) : "");
  }
  ::redisSetTimeout(connection.get(), limit);
  if (!address->password.empty()) {
    const std::string log_in = address->user.empty() ? redis_command({"AUTH", address->password})
                                                     : redis_command({"AUTH", address->user, address->password});
    if (const Result<RedisReply> done = ask(*connection, log_in); !done) {
      return refused(ErrorCode::authentication,
                     "it refused the login: " + without_secret(done.error().detail, address->password));
    }
  }
  if (address->database != 0) {
    const Result<RedisReply> done = ask(*connection, redis_command({"SELECT", std::to_string(address->database)}));
    if (!done) {
      return refused(ErrorCode::refused_by_server, "it refused the number of the database: " + done.error().detail);
    }
  }
  return connection;
}

Result<RedisReply> ask(redisContext& connection, const std::string& command) {
  void* raw = nullptr;
  if (::redisAppendFormattedCommand(&connection, command.data(), command.size()) != REDIS_OK ||
      ::redisGetReply(&connection, &raw) != REDIS_OK) {
    return uncertain(ErrorCode::connection_lost, static_cast<const char*>(connection.errstr));
  }
  RedisReply reply(static_cast<redisReply*>(raw));
  if (reply->type == REDIS_REPLY_ERROR) {
    return std::unexpected(redis_error({reply->str, reply->len}));
  }
  return reply;
}

}  // namespace stalemate
