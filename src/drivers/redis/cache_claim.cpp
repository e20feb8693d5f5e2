#include "drivers/redis/cache_claim.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "drivers/redis/commands.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// A connection ends a little after its client: the last run may be over, but its subscription not gone.
constexpr int claim_attempts_max = 20;
constexpr std::chrono::milliseconds claim_interval{50};

// How many subscribe to the channel. A server that does not say counts as having our own alone.
long long subscribers(redisContext& connection, const std::string& channel) {
  const Result<RedisReply> counted = ask(connection, redis_command({"PUBSUB", "NUMSUB", channel}));
  const bool is_count = counted && (*counted)->type == REDIS_REPLY_ARRAY && (*counted)->elements == 2 &&
                        (*counted)->element[1]->type == REDIS_REPLY_INTEGER;
  return is_count ? (*counted)->element[1]->integer : 1;
}

}  // namespace

Result<CacheClaim> CacheClaim::take(const RedisOptions& options) {
  Result<RedisConnection> counting = open_blocking(options);
  if (!counting) {
    return std::unexpected(counting.error());
  }
  // Channels are one set for all numbered databases of a server.
  const std::string channel = "stalemate:run:" + std::to_string(parse_redis_url(options.url)->database);
  for (int attempt = 1; attempt <= claim_attempts_max; ++attempt) {
    Result<RedisConnection> claiming = open_blocking(options);
    if (!claiming) {
      return std::unexpected(claiming.error());
    }
    const Result<RedisReply> subscribed = ask(**claiming, redis_command({"SUBSCRIBE", channel}));
    if (!subscribed || subscribers(**counting, channel) <= 1) {
      return CacheClaim(std::move(*claiming));
    }
    // Of two runs that begin at once, each may have counted the other: both release before they try again.
    claiming->reset();
    std::this_thread::sleep_for(claim_interval);
  }
  return failed(ErrorCode::unavailable, "another run of stalemate is using the cache at " +
                                            url_without_password(options.url) +
                                            "; wait until it has ended, or use another cache for this run");
}

}  // namespace stalemate
