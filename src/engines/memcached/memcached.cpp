// memcached, from 1.6 on.
#include "drivers/url.hpp"
#include "engines/memcached/memcached_cache.hpp"
#include "servers/engines/memcached_server.hpp"

namespace stalemate {
namespace {

const CacheEngine memcached_engine = {
    .check_url = [](const std::string& url) { return without_value(parse_memcached_url(url)); },
    .open = [](StoreWanted wanted) -> std::unique_ptr<LiveCache> {
      return std::make_unique<MemcachedCache>(std::move(wanted));
    },
    .server = &memcached_kind};

[[maybe_unused]] const bool memcached_registered = EngineRegistry::add(
    {.name = "memcached",
     .title = "memcached",
     .schemes = {"memcached"},
     .url_form = "memcached://USER:PASSWORD@HOST:PORT",
     .abilities = abilities_of(Ability::leases, Ability::commands, Ability::eviction, Ability::cut, Ability::datasets),
     .cache = &memcached_engine});

}  // namespace
}  // namespace stalemate
