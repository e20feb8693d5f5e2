#include "application/requests/placeholders.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <memory>

#include "core/text/nearest.hpp"
#include "core/text/number_text.hpp"
#include "core/text/words.hpp"
#include "servers/keeper/launch.hpp"

namespace stalemate {
namespace {

struct PlaceholderInfo {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array<PlaceholderInfo, placeholder_count> infos = {{
    {"port", "the port on which the instance is to listen, at 127.0.0.1"},
    {"database_url", "postgres://USER:PASSWORD@HOST:PORT/NAME of the database, as the instance is to use it"},
    {"database_host", "the same in parts: its host"},
    {"database_port", "its port"},
    {"database_user", "its user"},
    {"database_password", "its password"},
    {"database_name", "the database's name"},
    {"cache_url", "redis://:PASSWORD@HOST:PORT/NUMBER of the cache, as the instance is to use it"},
    {"cache_host", "the same in parts: its host"},
    {"cache_port", "its port"},
    {"cache_password", "its password"},
    {"key", "the key of the row that a request is about"},
    {"value", "the value that a request writes: a whole number"},
    {"token", "what the login answered at its token"},
}};

std::string number_text(std::uint16_t number) {
  return number == 0 ? std::string() : std::to_string(number);
}

std::string login_part(const StoreAddress& address) {
  std::string text = percent_encoded(address.user);
  if (!address.password.empty()) {
    text += ":" + percent_encoded(address.password);
  }
  return text.empty() ? text : text + "@";
}

std::string url_of(std::string_view scheme, const StoreAddress& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  std::string text = std::string(scheme) + "://" + login_part(address);
  text += is_ipv6 ? "[" + address.host + "]" : address.host;
  text += address.port == 0 ? "" : ":" + std::to_string(address.port);
  return address.name.empty() ? text : text + "/" + percent_encoded(address.name);
}

std::string value_of(Placeholder placeholder, const PlaceholderValues& values) {
  const StoreAddress none = {.host = ""};
  const StoreAddress& database = values.database == nullptr ? none : *values.database;
  const StoreAddress& cache = values.cache == nullptr ? none : *values.cache;
  switch (placeholder) {
    case Placeholder::port: return number_text(values.port);
    case Placeholder::database_url: return values.database == nullptr ? "" : database.postgres_url();
    case Placeholder::database_host: return database.host;
    case Placeholder::database_port: return number_text(database.port);
    case Placeholder::database_user: return database.user;
    case Placeholder::database_password: return database.password;
    case Placeholder::database_name: return database.name;
    case Placeholder::cache_url: return values.cache == nullptr ? "" : cache.redis_url();
    case Placeholder::cache_host: return cache.host;
    case Placeholder::cache_port: return number_text(cache.port);
    case Placeholder::cache_password: return cache.password;
    case Placeholder::key: return std::string(values.key);
    case Placeholder::value: return std::to_string(values.value);
    case Placeholder::token: return std::string(values.token);
  }
  return {};
}

std::string escaped(std::string text, Escaping escaping) {
  return escaping == Escaping::url ? percent_encoded(text) : escaping == Escaping::shell ? shell_word(text) : text;
}

std::optional<Placeholder> placeholder_of(std::string_view name) {
  const auto place = std::ranges::find(infos, name, &PlaceholderInfo::name);
  return place == infos.end() ? std::nullopt : std::optional(static_cast<Placeholder>(place - infos.begin()));
}

std::unexpected<Error> not_allowed(std::string_view name, std::span<const Placeholder> allowed) {
  std::vector<std::string_view> names;
  std::ranges::transform(allowed, std::back_inserter(names),
                         [](Placeholder placeholder) { return name_of(placeholder); });
  const std::string quoted = "{" + std::string(name) + "}";
  if (names.empty()) {
    return failed(ErrorCode::wrong_type, quoted + " has no meaning here, where nothing is filled in");
  }
  std::string list;
  for (const std::string_view known : names) {
    list += (list.empty() ? "{" : known == names.back() ? " and {" : ", {") + std::string(known) + "}";
  }
  const std::string_view nearest = nearest_name(name, names);
  const std::string hint = nearest.empty() ? "; there is " + list : " (did you mean {" + std::string(nearest) + "}?)";
  return failed(ErrorCode::wrong_type,
                (placeholder_of(name) ? quoted + " has no meaning here" : "there is no placeholder " + quoted) + hint);
}

std::unexpected<Error> no_such_url(std::string_view wanted) {
  return failed(ErrorCode::wrong_type, std::string(wanted));
}

struct FreeConnectionInfo {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

Result<std::uint16_t> read_port(std::string_view text, std::uint16_t standard) {
  if (text.empty()) {
    return standard;
  }
  const std::uint16_t port = parse_number<std::uint16_t>(text).value_or(0);
  return port == 0 ? no_such_url("the port must be a number from 1 to 65,535") : Result<std::uint16_t>(port);
}

Result<StoreAddress> read_postgres_url(const std::string& url) {
  char* trouble = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeConnectionInfo> options(PQconninfoParse(url.c_str(), &trouble));
  // Its words may hold the password.
  PQfreemem(trouble);
  if (options == nullptr) {
    return no_such_url("it must be postgres://USER:PASSWORD@HOST:PORT/NAME");
  }
  const auto option = [&](std::string_view keyword) -> std::string {
    for (const PQconninfoOption* entry = options.get(); entry->keyword != nullptr; ++entry) {
      if (keyword == entry->keyword) {
        return entry->val == nullptr ? "" : entry->val;
      }
    }
    return {};
  };
  const std::string host = option("host");
  const std::string tls = option("sslmode");
  if (host.starts_with('/') || host.find(',') != std::string::npos) {
    return no_such_url(
        "it must name one host; gates sit before one TCP port, not before a unix socket or several hosts");
  }
  if (tls == "require" || tls.starts_with("verify")) {
    return no_such_url("sslmode=" + tls + " asks for TLS, into which gates cannot look; use a database without it");
  }
  const Result<std::uint16_t> port = read_port(option("port"), 5432);
  if (!port) {
    return std::unexpected(port.error());
  }
  return StoreAddress{.host = host.empty() ? "127.0.0.1" : host,
                      .port = *port,
                      .user = option("user"),
                      .password = option("password"),
                      .name = option("dbname")};
}

Result<StoreAddress> read_redis_url(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->encoded_host().empty()) {
    return no_such_url("it must be redis://:PASSWORD@HOST:PORT/NUMBER");
  }
  const Result<std::uint16_t> port = read_port(std::string_view(url->port()), 6379);
  if (!port) {
    return std::unexpected(port.error());
  }
  const std::string path = url->path();
  const std::string number = path.starts_with('/') ? path.substr(1) : path;
  if (!std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; })) {
    return no_such_url("what follows the port must be the number of a Redis database, such as /0");
  }
  return StoreAddress{
      .host = url->host_address(), .port = *port, .user = url->user(), .password = url->password(), .name = number};
}

}  // namespace

std::string_view name_of(Placeholder placeholder) {
  return infos[static_cast<std::size_t>(placeholder)].name;
}

std::string_view meaning_of(Placeholder placeholder) {
  return infos[static_cast<std::size_t>(placeholder)].meaning;
}

std::string StoreAddress::postgres_url() const {
  return url_of("postgres", *this);
}

std::string StoreAddress::redis_url() const {
  return url_of("redis", *this);
}

Result<StoreAddress> read_store_url(std::string_view url) {
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
    return read_postgres_url(std::string(url));
  }
  if (url.starts_with("redis://")) {
    return read_redis_url(url);
  }
  if (url.starts_with("rediss://")) {
    return no_such_url("rediss:// asks for TLS, into which gates cannot look; use a cache without it");
  }
  if (url.starts_with("unix://") || url.starts_with("redis+unix://")) {
    return no_such_url("gates sit before a TCP port, not before a unix socket");
  }
  return no_such_url("it must be a URL: postgres://USER:PASSWORD@HOST:PORT/NAME or redis://:PASSWORD@HOST:PORT/NUMBER");
}

Result<Template> Template::read(std::string_view text, std::span<const Placeholder> allowed) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
  Template result;
  Part part;
  while (!text.empty()) {
    const std::size_t length = text.front() == '{' ? std::min(text.find_first_not_of(letters, 1), text.size()) : 0;
    if (length < 2 || length == text.size() || text[length] != '}') {
      part.text += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view name = text.substr(1, length - 1);
    const std::optional<Placeholder> placeholder = placeholder_of(name);
    if (!placeholder || std::ranges::find(allowed, *placeholder) == allowed.end()) {
      return not_allowed(name, allowed);
    }
    part.placeholder = placeholder;
    result.parts_.push_back(std::move(part));
    part = {};
    text.remove_prefix(length + 1);
  }
  if (!part.text.empty()) {
    result.parts_.push_back(std::move(part));
  }
  return result;
}

std::string Template::filled(const PlaceholderValues& values, Escaping escaping) const {
  std::string text;
  for (const Part& part : parts_) {
    text += part.text;
    if (part.placeholder) {
      text += escaped(value_of(*part.placeholder, values), escaping);
    }
  }
  return text;
}

bool Template::uses(Placeholder placeholder) const {
  return std::ranges::any_of(parts_, [&](const Part& part) { return part.placeholder == placeholder; });
}

std::string Template::text() const {
  std::string text;
  for (const Part& part : parts_) {
    text += part.text;
    if (part.placeholder) {
      text += "{" + std::string(name_of(*part.placeholder)) + "}";
    }
  }
  return text;
}

}  // namespace stalemate
