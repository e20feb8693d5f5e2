#include "drivers/redis/blocking_connection.hpp"

#include <utility>

#include "drivers/redis/commands.hpp"
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
  const Result<RedisAddress> address = redis_address(options.url);
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
    if (!ask(*connection, log_in)) {
      return refused(ErrorCode::authentication, "it refused the login");
    }
  }
  if (address->database != 0 && !ask(*connection, redis_command({"SELECT", std::to_string(address->database)}))) {
    return refused(ErrorCode::refused_by_server, "it refused the number of the database");
  }
  return connection;
}

RedisReply ask(redisContext& connection, const std::string& command) {
  if (::redisAppendFormattedCommand(&connection, command.data(), command.size()) != REDIS_OK) {
    return nullptr;
  }
  void* raw = nullptr;
  if (::redisGetReply(&connection, &raw) != REDIS_OK) {
    return nullptr;
  }
  RedisReply reply(static_cast<redisReply*>(raw));
  return reply && reply->type == REDIS_REPLY_ERROR ? nullptr : std::move(reply);
}

}  // namespace stalemate
