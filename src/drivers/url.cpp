#include "drivers/url.hpp"
#include "core/text/number_text.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

namespace stalemate {
namespace {

constexpr std::string_view hidden = "***";

std::unexpected<Error> malformed(std::string_view url, std::string_view problem) {
  return failed(ErrorCode::wrong_type,
                "the URL '" + url_without_password(url) + "' cannot be used: " + std::string(problem));
}

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') {
    return letter - '0';
  }
  const char lower = static_cast<char>(letter | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t place = 0; place < text.size(); ++place) {
    if (text[place] != '%') {
      decoded += text[place];
      continue;
    }
    const int high = place + 2 < text.size() ? hex_digit(text[place + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[place + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      return std::nullopt;
    }
    decoded += static_cast<char>(high * 16 + low);
    place += 2;
  }
  return decoded;
}

/// Whether the text is a number that fits, which is then set.
template <class Number>
bool set_number(std::string_view text, Number& number) {
  const std::optional<Number> parsed = parse_number<Number>(text);
  number = parsed.value_or(number);
  return parsed.has_value();
}

// Takes "[USER][:PASSWORD]@" off the front of `rest`. A password may hold an '@' that was not encoded: the last counts.
template <class Address>
bool take_login(std::string_view& rest, std::string_view authority, Address& address) {
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) {
    return true;
  }
  const std::string_view login = rest.substr(0, at);
  const std::size_t colon = login.find(':');
  const auto user = percent_decoded(login.substr(0, std::min(colon, login.size())));
  const auto password = percent_decoded(colon == std::string_view::npos ? "" : login.substr(colon + 1));
  if (!user || !password) {
    return false;
  }
  address.user = *user;
  address.password = *password;
  rest.remove_prefix(at + 1);
  return true;
}

Result<CacheAddress> parse_unix_url(std::string_view url, std::string_view rest) {
  CacheAddress address;
  const std::size_t question = rest.find('?');
  const std::string_view query = question == std::string_view::npos ? "" : rest.substr(question + 1);
  rest = rest.substr(0, std::min(question, rest.size()));
  if (!take_login(rest, rest, address)) {
    return malformed(url, "a % in the user or password is not followed by two hexadecimal digits");
  }
  const auto path = percent_decoded(rest);
  if (!path || path->empty() || path->front() != '/') {
    return malformed(url, "the path of the socket must start with '/', as in unix:///run/redis.sock");
  }
  address.socket_path = *path;
  if (!query.empty() && !(query.starts_with("db=") && set_number(query.substr(3), address.database))) {
    return malformed(url, "after '?' only db=NUMBER may stand");
  }
  return address;
}

/// What a URL over TCP may look like.
struct TcpForm {
  std::uint16_t port = 0;  // where it names none
  bool has_database = false;
  std::string_view form;
  std::string_view example;
};

// The login, host and port of what follows "SCHEME://", into `address`; what is left in `rest` is what stands behind
// '/'.
template <class Address>
Result<void> take_authority(std::string_view url, std::string_view& rest, Address& address, std::string_view form) {
  // A raw '/' in a password would end the authority; all before the last '@' still counts as the login.
  const std::size_t at = rest.rfind('@');
  const std::size_t slash = rest.find('/', at == std::string_view::npos ? 0 : at);
  if (!take_login(rest, rest.substr(0, slash), address)) {
    return malformed(url, "a % in the user or password is not followed by two hexadecimal digits");
  }
  const std::size_t path = rest.find('/');
  std::string_view host = rest.substr(0, path);
  rest = path == std::string_view::npos ? "" : rest.substr(path + 1);
  std::string_view port;
  const std::size_t bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (!set_number(port, address.port) || address.port == 0) {
      return malformed(url, "the port must be a number from 1 to 65535");
    }
  }
  if (bracket != std::string_view::npos && bracket + 1 == host.size()) {
    host = host.substr(1, bracket - 1);
  }
  if (host.find_first_of("[]?#") != std::string_view::npos) {
    return malformed(url, "it should look like " + std::string(form));
  }
  if (!host.empty()) {
    address.host = host;
  }
  return {};
}

Result<CacheAddress> parse_tcp_url(std::string_view url, std::string_view rest, const TcpForm& form) {
  CacheAddress address;
  address.port = form.port;
  if (const Result<void> taken = take_authority(url, rest, address, form.form); !taken) {
    return std::unexpected(taken.error());
  }
  if (!rest.empty() && !form.has_database) {
    return malformed(url, "nothing may stand behind its port, as in " + std::string(form.example));
  }
  if (!rest.empty() && !set_number(rest, address.database)) {
    return malformed(url, "the database behind '/' must be a number, as in " + std::string(form.example));
  }
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
    return parse_tcp_url(url, url.substr(redis.size()),
                         {.port = 6379,
                          .has_database = true,
                          .form = "redis://:PASSWORD@HOST:PORT/DATABASE",
                          .example = "redis://localhost:6379/0"});
  }
  if (url.starts_with("rediss://")) {
    return malformed(url, "encrypted connections to the cache are not supported; use redis:// or unix://");
  }
  return malformed(url, "a cache's URL starts with redis:// or unix://, as in redis://localhost:6379");
}

Result<CacheAddress> parse_memcached_url(std::string_view url) {
  constexpr std::string_view memcached = "memcached://";
  if (!url.starts_with(memcached)) {
    return malformed(url, "a memcached's URL starts with memcached://, as in memcached://localhost:11211");
  }
  Result<CacheAddress> address = parse_tcp_url(
      url, url.substr(memcached.size()),
      {.port = 11211, .form = "memcached://USER:PASSWORD@HOST:PORT", .example = "memcached://localhost:11211"});
  if (!address) {
    return address;
  }
  if (address->user.empty() != address->password.empty()) {
    return malformed(url, "memcached wants both a user and a password, or neither");
  }
  if ((address->user + address->password).find_first_of(" \r\n") != std::string::npos) {
    return malformed(url, "memcached's users and passwords hold no blanks and no line ends");
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
    return malformed(url,
                     "a MariaDB's URL starts with mysql:// or mariadb://, as in mysql://user@localhost:3306/stock");
  }
  MariaDbAddress address;
  std::string_view rest = url.substr(scheme + 3);
  constexpr std::string_view form = "mysql://USER:PASSWORD@HOST:PORT/DATABASE";
  if (const Result<void> taken = take_authority(url, rest, address, form); !taken) {
    return std::unexpected(taken.error());
  }
  const std::size_t question = rest.find('?');
  const std::string_view query = question == std::string_view::npos ? "" : rest.substr(question + 1);
  const auto database = percent_decoded(rest.substr(0, std::min(question, rest.size())));
  if (!database || database->empty()) {
    return malformed(url, "it must name a database, as in mysql://user@localhost:3306/stock");
  }
  address.database = *database;
  constexpr std::string_view socket = "socket=";
  const auto path = percent_decoded(query.starts_with(socket) ? query.substr(socket.size()) : "");
  if (!query.empty() && (!path || !path->starts_with('/'))) {
    return malformed(url, "after '?' only socket=PATH may stand, with a path that starts with '/'");
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
    return malformed(url,
                     "a database's URL starts with postgres://, as in postgres://user:password@localhost:5432/stock");
  }
  char* problem = nullptr;
  PQconninfoOption* options = PQconninfoParse(std::string(url).c_str(), &problem);
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options_owner(options, &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> problem_owner(problem, &PQfreemem);
  if (options == nullptr) {
    // libpq's sentence quotes the URL, password and all.
    return malformed(url, "it should look like postgres://USER:PASSWORD@HOST:PORT/DATABASE?option=value");
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
