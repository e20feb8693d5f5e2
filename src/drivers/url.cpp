#include "drivers/url.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "core/text/number_text.hpp"
#include "drivers/connection/url_parts.hpp"

namespace stalemate {
namespace {

constexpr std::string_view hidden = "***";

Result<CacheAddress> parse_unix_url(std::string_view url, std::string_view rest) {
  CacheAddress address;
  const std::size_t question = rest.find('?');
  const std::string_view query = question == std::string_view::npos ? "" : rest.substr(question + 1);
  rest = rest.substr(0, std::min(question, rest.size()));
  Result<UrlLogin> login = take_login(url, rest, rest);
  if (!login) {
    return std::unexpected(std::move(login.error()));
  }
  address.user = std::move(login->user);
  address.password = std::move(login->password);
  const auto path = percent_decoded(rest);
  if (!path || path->empty() || path->front() != '/') {
    return malformed_url(url, "the path of the socket must start with '/', as in unix:///run/redis.sock");
  }
  address.socket_path = *path;
  const auto database = query.starts_with("db=") ? parse_number<std::uint32_t>(query.substr(3)) : std::nullopt;
  if (!query.empty() && !database) {
    return malformed_url(url, "after '?' only db=NUMBER may stand");
  }
  address.database = database.value_or(0);
  return address;
}

}  // namespace

Result<CacheAddress> parse_redis_url(std::string_view url) {
  for (const std::string_view scheme : {"unix://", "redis+unix://"}) {
    if (url.starts_with(scheme)) {
      return parse_unix_url(url, url.substr(scheme.size()));
    }
  }
  constexpr std::string_view redis = "redis://";
  if (url.starts_with(redis)) {
    return parse_cache_url(url, {.scheme = redis,
                                 .port = 6379,
                                 .has_database = true,
                                 .form = "redis://:PASSWORD@HOST:PORT/DATABASE",
                                 .example = "redis://localhost:6379/0"});
  }
  if (url.starts_with("rediss://")) {
    return malformed_url(url, "encrypted connections to the cache are not supported; use redis:// or unix://");
  }
  return malformed_url(url, "a cache's URL starts with redis:// or unix://, as in redis://localhost:6379");
}

Result<CacheAddress> parse_memcached_url(std::string_view url) {
  constexpr std::string_view memcached = "memcached://";
  if (!url.starts_with(memcached)) {
    return malformed_url(url, "a memcached's URL starts with memcached://, as in memcached://localhost:11211");
  }
  Result<CacheAddress> address = parse_cache_url(url, {.scheme = memcached,
                                                       .port = 11211,
                                                       .form = "memcached://USER:PASSWORD@HOST:PORT",
                                                       .example = "memcached://localhost:11211"});
  if (!address) {
    return address;
  }
  if (address->user.empty() != address->password.empty()) {
    return malformed_url(url, "memcached wants both a user and a password, or neither");
  }
  if ((address->user + address->password).find_first_of(" \r\n") != std::string::npos) {
    return malformed_url(url, "memcached's users and passwords hold no blanks and no line ends");
  }
  return address;
}

Result<CacheAddress> redis_address(std::string_view url) {
  Result<CacheAddress> address = parse_redis_url(url);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program never changes its environment
  const char* const password = std::getenv("REDISCLI_AUTH");
  if (address && address->password.empty() && password != nullptr) {
    address->password = password;
  }
  return address;
}

Result<MariaDbAddress> parse_mariadb_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::string_view name = url.substr(0, std::min(scheme, url.size()));
  if (name != "mysql" && name != "mariadb") {
    return malformed_url(url,
                         "a MariaDB's URL starts with mysql:// or mariadb://, as in mysql://user@localhost:3306/stock");
  }
  std::string_view rest = url.substr(scheme + 3);
  Result<UrlAuthority> authority = take_authority(url, rest, "mysql://USER:PASSWORD@HOST:PORT/DATABASE");
  if (!authority) {
    return std::unexpected(std::move(authority.error()));
  }
  MariaDbAddress address;
  address.host = authority->host.empty() ? address.host : std::move(authority->host);
  address.port = authority->port.value_or(address.port);
  address.user = std::move(authority->login.user);
  address.password = std::move(authority->login.password);
  const std::size_t question = rest.find('?');
  const std::string_view query = question == std::string_view::npos ? "" : rest.substr(question + 1);
  const auto database = percent_decoded(rest.substr(0, std::min(question, rest.size())));
  if (!database || database->empty()) {
    return malformed_url(url, "it must name a database, as in mysql://user@localhost:3306/stock");
  }
  address.database = *database;
  constexpr std::string_view socket = "socket=";
  const auto path = percent_decoded(query.starts_with(socket) ? query.substr(socket.size()) : "");
  if (!query.empty() && (!path || !path->starts_with('/'))) {
    return malformed_url(url, "after '?' only socket=PATH may stand, with a path that starts with '/'");
  }
  address.socket_path = *path;
  return address;
}

Result<MariaDbAddress> mariadb_address(std::string_view url) {
  Result<MariaDbAddress> address = parse_mariadb_url(url);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program never changes its environment
  const char* const password = std::getenv("MYSQL_PWD");
  if (address && address->password.empty() && password != nullptr) {
    address->password = password;
  }
  return address;
}

Result<void> check_postgres_url(std::string_view url) {
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
    return malformed_url(
        url, "a database's URL starts with postgres://, as in postgres://user:password@localhost:5432/stock");
  }
  char* problem = nullptr;
  PQconninfoOption* options = PQconninfoParse(std::string(url).c_str(), &problem);
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options_owner(options, &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> problem_owner(problem, &PQfreemem);
  if (options == nullptr) {
    // libpq's sentence quotes the URL, password and all.
    return malformed_url(url, "it should look like postgres://USER:PASSWORD@HOST:PORT/DATABASE?option=value");
  }
  return {};
}

std::string url_without_password(std::string_view url) {
  std::string shown(url);
  constexpr std::string_view parameter = "password=";
  for (std::size_t place = shown.find(parameter); place != std::string::npos;
       place = shown.find(parameter, place + parameter.size())) {
    const std::size_t begin = place + parameter.size();
    const std::size_t end = std::min(shown.find('&', begin), shown.size());
    shown.replace(begin, end - begin, hidden);
  }
  // The last '@', so that no special character in a password exposes a part of it.
  const std::size_t scheme = shown.find("://");
  const std::size_t colon = shown.find(':', scheme == std::string::npos ? 0 : scheme + 3);
  const std::size_t at = shown.rfind('@');
  if (colon != std::string::npos && at != std::string::npos && colon < at) {
    shown.replace(colon + 1, at - colon - 1, hidden);
  }
  return shown;
}

std::string url_to_log_in(std::string_view url) {
  std::string shown = url_without_password(url);
  for (const std::string& part : {"password=" + std::string(hidden) + "&", "&password=" + std::string(hidden),
                                  "?password=" + std::string(hidden), ":" + std::string(hidden)}) {
    if (const std::size_t place = shown.find(part); place != std::string::npos) {
      shown.erase(place, part.size());
    }
  }
  constexpr std::string_view no_login = "://@";
  if (const std::size_t place = shown.find(no_login); place != std::string::npos) {
    shown.erase(place + no_login.size() - 1, 1);
  }
  return shown;
}

Error cannot_reach_database(ErrorCode code, std::string_view url, std::string_view problem) {
  return Error{code, Outcome::fail,
               "the database at " + url_without_password(url) + " cannot be reached: " + std::string(problem)};
}

std::string place_of_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  std::string_view rest = url.substr(scheme == std::string_view::npos ? 0 : scheme + 3);
  // The last '@' ends the login, even if the password holds others.
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    rest.remove_prefix(at + 1);
  }
  const std::string_view place = rest.substr(0, rest.find_first_of("/?"));
  return place.empty() ? url_without_password(url) : std::string(place);
}

std::string password_hint(bool is_in_url, const char* variable) {
  if (is_in_url) {
    return "; the password was the one in its URL";
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program never changes its environment
  return std::getenv(variable) != nullptr
             ? "; its URL has no password, so the one in " + std::string(variable) + " was taken"
             : "; give the password in its URL, or in " + std::string(variable) + " in the environment";
}

std::string without_secret(std::string text, std::string_view secret) {
  if (secret.empty()) {
    return text;
  }
  for (std::size_t place = text.find(secret); place != std::string::npos; place = text.find(secret, place)) {
    text.replace(place, secret.size(), hidden);
    place += hidden.size();
  }
  return text;
}

}  // namespace stalemate
