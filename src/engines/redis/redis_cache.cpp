#include "engines/redis/redis_cache.hpp"

#include <filesystem>
#include <utility>

#include "drivers/redis/cache_hand.hpp"
#include "drivers/redis/feeds.hpp"
#include "drivers/redis/own_entries.hpp"
#include "drivers/redis/session.hpp"
#include "drivers/run_task.hpp"
#include "engines/socket_cut.hpp"

namespace stalemate {
namespace {

RedisOptions redis_options_for(const StoreWanted& wanted, std::string url) {
  return {.url = std::move(url), .connect_limit_ns = wanted.connect_limit_ns, .op_limit_ns = wanted.op_limit_ns};
}

// Not by the socket of a private one, which may be cut off.
std::string url_of_strikes(const StoreWanted& wanted) {
  return wanted.own == nullptr ? wanted.urls.front() : wanted.own->cache()->facts().addresses.front().url;
}

std::filesystem::path socket_of_redis(const Server* server) {
  return server == nullptr ? std::filesystem::path() : server->facts().addresses.front().socket;
}

}  // namespace

RedisCache::RedisCache(StoreWanted wanted)
    : wanted_(std::move(wanted)),
      options_(redis_options_for(wanted_, wanted_.urls.front())),
      strikes_(redis_options_for(wanted_, url_of_strikes(wanted_))) {
  if (wanted_.needs.feed != FeedKind::none) {
    keys_ = std::make_shared<const KeyIndex>(wanted_.keys);
  }
}

Result<StoreFacts> RedisCache::meet() {
  boost::asio::io_context context(1);
  RedisSession session(context, options_);
  const Result<SessionFacts> facts = run_task(context, session.connect());
  if (!facts) {
    return std::unexpected(facts.error());
  }
  return StoreFacts{.self = *facts};
}

Result<void> RedisCache::claim() {
  if (wanted_.own != nullptr) {
    return {};
  }
  Result<CacheClaim> claim = CacheClaim::take(options_);
  if (!claim) {
    return std::unexpected(claim.error());
  }
  claim_ = std::move(*claim);
  return {};
}

Result<void> RedisCache::prepare() {
  wanted_.words.doing("taking our entries out of the cache");
  return take_entries_out();
}

// What is there already tells whether the form is right.
Result<void> RedisCache::take_names(const std::shared_ptr<const EntryNames>& names) {
  RedisOptions named = options_;
  named.entries = names;
  if (const Result<void> fine = check_own_entries(named); !fine) {
    return fine;
  }
  options_ = named;
  named.url = url_of_strikes(wanted_);
  strikes_ = CacheStrikes(std::move(named));
  return {};
}

Result<void> RedisCache::take_entries_out() {
  boost::asio::io_context context(1);
  RedisSession session(context, options_);
  const Result<std::uint64_t> erased = run_task(context, session.erase_entries(Key{0}, wanted_.keys));
  return without_value(erased);
}

std::unique_ptr<CacheSession> RedisCache::make_session(boost::asio::io_context& context) {
  return std::make_unique<RedisSession>(context, options_);
}

WithFeed<CacheSession> RedisCache::make_other_session(boost::asio::io_context& context, FeedKind feed) {
  auto session = std::make_unique<RedisSession>(context, options_);
  std::unique_ptr<LiveFeed> changes;
  if (feed == FeedKind::cache_queue) {
    changes = std::make_unique<CacheQueueFeed>(context, *session, keys_);
  } else if (feed == FeedKind::invalidations) {
    changes = std::make_unique<InvalidationFeed>(context, options_, keys_);
  }
  return {std::move(session), std::move(changes)};
}

Result<void> RedisCache::carry_out(const ServerEvent& event) {
  switch (event.kind) {
    case ServerEventKind::cut:
      return cut_socket(socket_of_redis(own_server()), [this] { return strikes_.cut_others(); });
    case ServerEventKind::mend: return mend_socket(socket_of_redis(own_server()));
    case ServerEventKind::remember: return strikes_.remember();
    case ServerEventKind::put_back: return strikes_.put_back();
    default: return LiveCache::carry_out(event);
  }
}

Result<bool> RedisCache::strike(const ServerEvent& event, Key key, std::uint64_t draw) {
  return strikes_.drop_one(
      key, event.kind == ServerEventKind::evict ? CacheStrikes::Prey::any : CacheStrikes::Prey::what_expires, draw);
}

Result<std::unique_ptr<CacheHand>> RedisCache::reach_into(Key key) {
  Result<RedisCacheHand> hand = RedisCacheHand::open(options_, key);
  if (!hand) {
    return std::unexpected(hand.error());
  }
  return std::make_unique<RedisCacheHand>(std::move(*hand));
}

}  // namespace stalemate
