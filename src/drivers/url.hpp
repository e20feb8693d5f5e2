// URLs of servers: read into their parts, and shown without their password.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace stalemate {

/// Where a cache is and how to log in.
struct CacheAddress {
  std::string host = "127.0.0.1";  ///< a name or a numeric address; unused with a socket_path
  std::uint16_t port = 6379;       ///< Redis's; of a memcached 11211, where its URL names none
  std::string socket_path = {};    ///< of a unix socket; empty for TCP
  std::string user = {};           ///< empty: the server's default user
  std::string password = {};       ///< empty: no login
  std::uint32_t database = 0;      ///< of a Redis
};

/// Reads redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE] or unix://[[USER]:PASSWORD@]/PATH[?db=DATABASE] (also
/// redis+unix://). Percent-encoding is undone in user, password and path; an IPv6 host stands in brackets.
/// Errors: ErrorCode::wrong_type, outcome fail, one sentence without the password.
[[nodiscard]] Result<CacheAddress> parse_redis_url(std::string_view url);

/// As parse_redis_url; a URL without a password gets that of REDISCLI_AUTH in the environment, where redis-cli looks
/// too, so that no list of processes shows it.
[[nodiscard]] Result<CacheAddress> redis_address(std::string_view url);

/// Reads memcached://[USER:PASSWORD@]HOST[:PORT]; parts as in parse_redis_url. Errors: as parse_redis_url.
[[nodiscard]] Result<CacheAddress> parse_memcached_url(std::string_view url);

/// Where a MariaDB or MySQL server is and how to log in.
struct MariaDbAddress {
  std::string host = "127.0.0.1";  ///< a name or a numeric address; unused with a socket_path
  std::uint16_t port = 3306;
  std::string socket_path = {};  ///< of a unix socket; empty for TCP
  std::string user = {};         ///< empty: that of this process
  std::string password = {};     ///< empty: none
  std::string database = {};     ///< never empty once read from a URL
};

/// Reads mysql://[USER[:PASSWORD]@][HOST[:PORT]]/DATABASE[?socket=PATH], or the same with mariadb://. Percent-encoding
/// is undone; an IPv6 host stands in brackets. "localhost" is a host like any other, not a socket. Errors: as
/// parse_redis_url.
[[nodiscard]] Result<MariaDbAddress> parse_mariadb_url(std::string_view url);

/// As parse_mariadb_url; a URL without a password gets that of MYSQL_PWD in the environment.
[[nodiscard]] Result<MariaDbAddress> mariadb_address(std::string_view url);

/// Says whether libpq takes the URL: postgres:// or postgresql://, over TCP or a unix socket (with ?host=/FOLDER).
/// Errors: as parse_redis_url.
[[nodiscard]] Result<void> check_postgres_url(std::string_view url);

/// The URL with "***" for its password, both before the @ and in a password= parameter.
[[nodiscard]] std::string url_without_password(std::string_view url);

/// The URL as url_without_password, but that nothing stands for the password, and no '@' for a login that was nothing
/// else: a client program asks for it, or looks for it in the environment.
[[nodiscard]] std::string url_to_log_in(std::string_view url);

/// "the database at URL cannot be reached: PROBLEM", outcome `fail`, without the URL's password.
[[nodiscard]] Error cannot_reach_database(ErrorCode code, std::string_view url, std::string_view problem);

/// Where a server listens, "HOST:PORT" as the URL has it, without login and what follows; the whole URL without its
/// password where it names no host, such as that of a unix socket.
[[nodiscard]] std::string place_of_url(std::string_view url);

/// Where the password of a login that was refused came from, or could come from, to stand behind the server's words.
/// `variable` names the one of the environment that is taken where the URL has none.
[[nodiscard]] std::string password_hint(bool is_in_url, const char* variable);

/// `text` with "***" wherever `secret` stood; unchanged where `secret` is empty.
[[nodiscard]] std::string without_secret(std::string text, std::string_view secret);

}  // namespace stalemate
