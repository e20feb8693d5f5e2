// URLs of servers: read into their parts, and shown without their password.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// Where a Redis server is and how to log in.
struct RedisAddress {
  std::string host = "127.0.0.1";  ///< a name or a numeric address; unused with a socket_path
  std::uint16_t port = 6379;
  std::string socket_path = {};  ///< of a unix socket; empty for TCP
  std::string user = {};         ///< empty: the server's default user
  std::string password = {};     ///< empty: no login
  std::uint32_t database = 0;
};

/// Reads redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] or unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE] (also
/// redis+unix://). Percent-encoding is undone in user, password and path; an IPv6 host stands in brackets.
/// Errors: ErrorCode::wrong_type, outcome fail, one sentence without the password.
[[nodiscard]] Result<RedisAddress> parse_redis_url(std::string_view url);

/// As parse_redis_url; a URL without a password gets that of REDISCLI_AUTH in the environment, where redis-cli looks
/// too, so that no list of processes shows it.
[[nodiscard]] Result<RedisAddress> redis_address(std::string_view url);

/// Says whether libpq takes the URL: postgres:// or postgresql://, over TCP or a unix socket (with ?host=/FOLDER).
/// Errors: as parse_redis_url.
[[nodiscard]] Result<void> check_postgres_url(std::string_view url);

/// The URL with "***" for its password, both before the @ and in a password= parameter.
[[nodiscard]] std::string url_without_password(std::string_view url);

/// Where a server listens, "HOST:PORT" as the URL has it, without login and what follows; the whole URL without its
/// password where it names no host, such as that of a unix socket.
[[nodiscard]] std::string place_of_url(std::string_view url);

/// Where the password of a login that was refused came from, or could come from, to stand behind the server's words.
/// `variable` names the one of the environment that is taken where the URL has none.
[[nodiscard]] std::string password_hint(bool is_in_url, const char* variable);

/// `text` with "***" wherever `secret` stood; unchanged where `secret` is empty.
[[nodiscard]] std::string without_secret(std::string text, std::string_view secret);

}  // namespace stalemate
