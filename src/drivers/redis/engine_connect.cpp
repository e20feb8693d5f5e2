// How a RedisEngine finds its server and logs in.
#include <utility>

#include "drivers/redis/engine.hpp"
#include "drivers/redis/errors.hpp"

namespace stalemate {
namespace {

// The line NAME:TEXT of what INFO tells; empty where there is none.
std::string_view info_line(std::string_view info, std::string_view name) {
  std::size_t place = info.find(name);
  while (place != std::string_view::npos && place > 0 && info[place - 1] != '\n') {
    place = info.find(name, place + 1);
  }
  if (place == std::string_view::npos) {
    return {};
  }
  const std::string_view text = info.substr(place + name.size());
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

Result<CachePlace> RedisEngine::find_place() {
  Result<CacheAddress> parsed = redis_address(url_);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  address_ = std::move(*parsed);
  return CachePlace{.host = address_.host, .port = address_.port, .socket_path = address_.socket_path};
}

// Login, database and the server's name in one round trip.
Task<Result<void>> RedisEngine::log_in() {
  std::string command;
  unsigned replies = 1;
  if (!address_.password.empty()) {
    command += address_.user.empty() ? redis_command({"AUTH", address_.password})
                                     : redis_command({"AUTH", address_.user, address_.password});
    ++replies;
  }
  if (address_.database != 0) {
    command += redis_command({"SELECT", std::to_string(address_.database)});
    ++replies;
  }
  command += redis_command({"INFO", "server"});
  replies_.expect(replies, true);
  Exchange exchange(*this, command, connect_time_left_ns());
  co_await exchange;
  if (trouble_) {
    co_return take_trouble();
  }
  if (replies_.kind() == RedisReplies::Kind::error) {
    const bool is_in_url = !parse_redis_url(url_)->password.empty();
    Error refusal = redis_login_error(without_secret(replies_.text(), address_.password), is_in_url);
    // The server may forbid us INFO and still serve us.
    const bool only_info =
        refusal.code == ErrorCode::authentication && replies_.text().find("'info'") != std::string::npos;
    if (!only_info) {
      co_return std::unexpected(std::move(refusal));
    }
  }
  const std::string_view valkey = info_line(replies_.text(), "valkey_version:");
  facts_.engine = valkey.empty() ? "Redis" : "Valkey";
  facts_.version = valkey.empty() ? info_line(replies_.text(), "redis_version:") : valkey;
  co_return Result<void>();
}

}  // namespace stalemate
