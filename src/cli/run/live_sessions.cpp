#include "cli/run/live_sessions.hpp"

#include <fmt/core.h>

#include <utility>

#include "drivers/postgres/changefeed.hpp"
#include "drivers/postgres/feeds.hpp"
#include "drivers/postgres/node_probe.hpp"
#include "drivers/postgres/replica.hpp"
#include "drivers/postgres/session.hpp"
#include "drivers/redis/feeds.hpp"
#include "drivers/redis/session.hpp"
#include "drivers/url.hpp"

namespace stalemate {
namespace {

// Errors: of the first that cannot be reached.
Task<Result<void>> connect_both(PostgresSession& database, RedisSession* cache) {
  const Result<SessionFacts> reached = co_await database.connect();
  if (!reached || cache == nullptr) {
    co_return without_value(reached);
  }
  const Result<SessionFacts> cached = co_await cache->connect();
  co_return without_value(cached);
}

class LiveSession final : public Session {
 public:
  LiveSession(boost::asio::io_context& context, PostgresOptions postgres, const std::optional<PostgresOptions>& replica,
              const std::optional<RedisOptions>& redis)
      : postgres_(context, std::move(postgres)) {
    if (replica) {
      replica_.emplace(context, *replica);
      both_.emplace(postgres_, *replica_);
    }
    if (redis) {
      redis_.emplace(context, *redis);
    }
  }
  Task<Result<void>> connect() override {
    if (replica_) {
      const Result<SessionFacts> reached = co_await replica_->connect();
      if (!reached) {
        co_return std::unexpected(reached.error());
      }
    }
    Result<void> connected = co_await connect_both(postgres_, redis_ ? &*redis_ : nullptr);
    co_return connected;
  }
  Database& database() override { return both_ ? static_cast<Database&>(*both_) : postgres_; }
  Cache& cache() override { return *redis_; }

 private:
  PostgresSession postgres_;
  std::optional<PostgresSession> replica_ = {};
  std::optional<DatabaseWithReplica> both_ = {};
  std::optional<RedisSession> redis_ = {};
};

// The session of a pattern's background part: a client's, and what it lives on.
class LiveBackground final : public Session {
 public:
  LiveBackground(boost::asio::io_context& context, const PostgresOptions& postgres, const RedisOptions& redis,
                 const FeedSource& source, MemoryCache& local)
      : postgres_(context, postgres), redis_(context, redis) {
    switch (source.kind) {
      case FeedKind::outbox: feed_ = std::make_unique<OutboxFeed>(context, postgres_, source.keys); break;
      case FeedKind::change_log:
        if (source.is_cockroach) {
          feed_ = std::make_unique<ChangefeedFeed>(context, postgres, source.keys);
        } else {
          feed_ = std::make_unique<ChangeLogFeed>(context, postgres_, source.keys);
        }
        break;
      case FeedKind::cache_queue: feed_ = std::make_unique<CacheQueueFeed>(context, redis_, source.keys); break;
      case FeedKind::invalidations: feed_ = std::make_unique<InvalidationFeed>(context, redis, source.keys); break;
      case FeedKind::local_queue:
      case FeedKind::none: feed_ = std::make_unique<MemoryQueueFeed>(local); break;
    }
  }
  Task<Result<void>> connect() override {
    Result<void> done = co_await connect_both(postgres_, &redis_);
    if (done) {
      done = co_await feed_->open();
    }
    if (!done) {
      done.error().detail = fmt::format("the background part of the pattern cannot begin: {}", done.error().detail);
    }
    co_return done;
  }
  Database& database() override { return postgres_; }
  Cache& cache() override { return redis_; }
  LiveFeed* feed() override { return feed_.get(); }

 private:
  PostgresSession postgres_;
  RedisSession redis_;
  std::unique_ptr<LiveFeed> feed_ = {};
};

class LiveSurvey final : public SurveySession {
 public:
  LiveSurvey(boost::asio::io_context& context, PostgresOptions postgres, const RedisOptions& redis)
      : postgres_(context, std::move(postgres)), redis_(context, redis) {}
  Task<Result<void>> connect() override { return connect_both(postgres_, &redis_); }
  RowSurvey& rows() override { return postgres_; }
  EntrySurvey& entries() override { return redis_; }

 private:
  PostgresSession postgres_;
  RedisSession redis_;
};

class LiveNodeWatch final : public NodeWatch {
 public:
  LiveNodeWatch(boost::asio::io_context& context, const PostgresOptions& options)
      : nodes_(options.nodes), probe_(context, options) {}
  void start() override { probe_.start(); }
  [[nodiscard]] std::vector<NodeOutage> outages() const override {
    std::vector<NodeOutage> told;
    for (const DatabaseNodes::Outage& outage : nodes_->outages()) {
      told.push_back({.node = static_cast<unsigned>(outage.node) + 1,
                      .nodes = static_cast<unsigned>(nodes_->count()),
                      .place = place_of_url(nodes_->url(outage.node)),
                      .start = outage.start,
                      .end = outage.end});
    }
    return told;
  }

 private:
  std::shared_ptr<DatabaseNodes> nodes_;
  NodeProbe probe_;
};

}  // namespace

std::unique_ptr<Session> make_live_session(boost::asio::io_context& context, const PostgresOptions& postgres,
                                           const std::optional<PostgresOptions>& replica,
                                           const std::optional<RedisOptions>& redis) {
  return std::make_unique<LiveSession>(context, postgres, replica, redis);
}

std::unique_ptr<Session> make_live_background(boost::asio::io_context& context, const PostgresOptions& postgres,
                                              const RedisOptions& redis, const FeedSource& source, MemoryCache& local) {
  return std::make_unique<LiveBackground>(context, postgres, redis, source, local);
}

std::unique_ptr<SurveySession> make_live_survey(boost::asio::io_context& context, const PostgresOptions& postgres,
                                                const RedisOptions& redis) {
  return std::make_unique<LiveSurvey>(context, postgres, redis);
}

std::unique_ptr<NodeWatch> make_live_node_watch(boost::asio::io_context& context, const PostgresOptions& postgres) {
  return std::make_unique<LiveNodeWatch>(context, postgres);
}

}  // namespace stalemate
