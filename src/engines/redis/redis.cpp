// Redis.
#include "drivers/url.hpp"
#include "engines/redis/redis_cache.hpp"
#include "servers/engines/redis_server.hpp"

namespace stalemate {
namespace {

const CacheEngine redis_engine = {
    .check_url = [](const std::string& url) { return without_value(parse_redis_url(url)); },
    .open = [](StoreWanted wanted) -> std::unique_ptr<LiveCache> {
      return std::make_unique<RedisCache>(std::move(wanted));
    },
    .server = &redis_kind};

[[maybe_unused]] const bool redis_registered = EngineRegistry::add({.name = "redis",
                                                                    .title = "Redis",
                                                                    .schemes = {"redis", "unix", "redis+unix"},
                                                                    .url_form = "redis://:PASSWORD@HOST:PORT/DB",
                                                                    .password_variable = "REDISCLI_AUTH",
                                                                    .abilities = redis_abilities,
                                                                    .cache = &redis_engine});

}  // namespace
}  // namespace stalemate
