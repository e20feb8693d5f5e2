// Valkey, which speaks Redis's protocol in full; its URLs may begin with valkey:// as well.
#include "drivers/url.hpp"
#include "engines/redis/redis_cache.hpp"
#include "servers/engines/redis_server.hpp"

namespace stalemate {
namespace {

constexpr std::string_view valkey_scheme = "valkey://";
constexpr std::string_view redis_scheme = "redis://";

std::string with_scheme(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t place = 0; (place = text.find(from, place)) != std::string::npos; place += to.size()) {
    text.replace(place, from.size(), to);
  }
  return text;
}

std::string redis_url(const std::string& url) {
  return url.starts_with(valkey_scheme) ? std::string(redis_scheme) + url.substr(valkey_scheme.size()) : url;
}

Result<void> check_valkey_url(const std::string& url) {
  Result<void> fine = without_value(parse_redis_url(redis_url(url)));
  if (!fine) {
    fine.error().detail = with_scheme(fine.error().detail, redis_scheme, valkey_scheme);
  }
  return fine;
}

const CacheEngine valkey_engine = {.check_url = check_valkey_url,
                                   .open = [](StoreWanted wanted) -> std::unique_ptr<LiveCache> {
                                     wanted.urls.front() = redis_url(wanted.urls.front());
                                     return std::make_unique<RedisCache>(std::move(wanted));
                                   },
                                   .server = &valkey_kind};

[[maybe_unused]] const bool valkey_registered =
    EngineRegistry::add({.name = "valkey",
                         .title = "Valkey",
                         .schemes = {"valkey", "redis", "unix", "redis+unix"},
                         .url_form = "valkey://:PASSWORD@HOST:PORT/DB",
                         .password_variable = "REDISCLI_AUTH",
                         .abilities = redis_abilities,
                         .cache = &valkey_engine});

}  // namespace
}  // namespace stalemate
