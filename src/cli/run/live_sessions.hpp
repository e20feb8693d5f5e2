// The sessions that drive needs, made from the drivers' sessions.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>

#include "core/feed.hpp"
#include "core/memory_cache.hpp"
#include "drive/session.hpp"
#include "drivers/key_index.hpp"
#include "drivers/postgres/options.hpp"
#include "drivers/redis/options.hpp"

namespace stalemate {

/// Where the changes of a background part come from.
struct FeedSource {
  FeedKind kind = FeedKind::none;
  bool is_cockroach = false;                       ///< the database: its log is told in another way
  std::shared_ptr<const KeyIndex> keys = nullptr;  ///< of those it may tell of
};

/// A client's. Without `redis` it has no cache.
[[nodiscard]] std::unique_ptr<Session> make_live_session(boost::asio::io_context& context,
                                                         const PostgresOptions& postgres,
                                                         const std::optional<PostgresOptions>& replica,
                                                         const std::optional<RedisOptions>& redis);
/// A background part's: a client's, and what it lives on.
[[nodiscard]] std::unique_ptr<Session> make_live_background(boost::asio::io_context& context,
                                                            const PostgresOptions& postgres, const RedisOptions& redis,
                                                            const FeedSource& source, MemoryCache& local);
/// The sampler's.
[[nodiscard]] std::unique_ptr<SurveySession> make_live_survey(boost::asio::io_context& context,
                                                              const PostgresOptions& postgres,
                                                              const RedisOptions& redis);
/// Requires: postgres.nodes.
[[nodiscard]] std::unique_ptr<NodeWatch> make_live_node_watch(boost::asio::io_context& context,
                                                              const PostgresOptions& postgres);

}  // namespace stalemate
