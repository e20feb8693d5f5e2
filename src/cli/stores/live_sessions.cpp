#include "cli/stores/live_sessions.hpp"

#include <fmt/core.h>

#include <utility>

namespace stalemate {
namespace {

// Errors: of the first that cannot be reached.
Task<Result<void>> connect_both(DatabaseSession& database, CacheSession* cache) {
  const Result<SessionFacts> reached = co_await database.connect();
  if (!reached || cache == nullptr) {
    co_return without_value(reached);
  }
  const Result<SessionFacts> cached = co_await cache->connect();
  co_return without_value(cached);
}

class LiveSession final : public Session {
 public:
  LiveSession(std::unique_ptr<DatabaseSession> database, std::unique_ptr<CacheSession> cache)
      : database_(std::move(database)), cache_(std::move(cache)) {}
  Task<Result<void>> connect() override { return connect_both(*database_, cache_.get()); }
  Database& database() override { return *database_; }
  Cache& cache() override { return *cache_; }
  GuardedWrites* guarded() override { return database_.get(); }

 private:
  std::unique_ptr<DatabaseSession> database_;
  std::unique_ptr<CacheSession> cache_;
};

class LiveBackground final : public Session {
 public:
  LiveBackground(WithFeed<DatabaseSession> database, WithFeed<CacheSession> cache, MemoryCache& local)
      : database_(std::move(database.session)), cache_(std::move(cache.session)) {
    feed_ = database.feed ? std::move(database.feed) : std::move(cache.feed);
    if (!feed_) {
      feed_ = std::make_unique<MemoryQueueFeed>(local);
    }
  }
  Task<Result<void>> connect() override {
    Result<void> done = co_await connect_both(*database_, cache_.get());
    if (done) {
      done = co_await feed_->open();
    }
    if (!done) {
      done.error().detail = fmt::format("the background part of the pattern cannot begin: {}", done.error().detail);
    }
    co_return done;
  }
  Database& database() override { return *database_; }
  Cache& cache() override { return *cache_; }
  LiveFeed* feed() override { return feed_.get(); }

 private:
  std::unique_ptr<DatabaseSession> database_;
  std::unique_ptr<CacheSession> cache_;
  std::unique_ptr<LiveFeed> feed_ = {};
};

class LiveSurvey final : public SurveySession {
 public:
  LiveSurvey(std::unique_ptr<DatabaseSession> database, std::unique_ptr<CacheSession> cache)
      : database_(std::move(database)), cache_(std::move(cache)) {}
  Task<Result<void>> connect() override { return connect_both(*database_, cache_.get()); }
  RowSurvey& rows() override { return *database_; }
  EntrySurvey& entries() override { return *cache_; }

 private:
  std::unique_ptr<DatabaseSession> database_;
  std::unique_ptr<CacheSession> cache_;
};

}  // namespace

std::unique_ptr<Session> make_live_session(std::unique_ptr<DatabaseSession> database,
                                           std::unique_ptr<CacheSession> cache) {
  return std::make_unique<LiveSession>(std::move(database), std::move(cache));
}

std::unique_ptr<Session> make_live_background(WithFeed<DatabaseSession> database, WithFeed<CacheSession> cache,
                                              MemoryCache& local) {
  return std::make_unique<LiveBackground>(std::move(database), std::move(cache), local);
}

std::unique_ptr<SurveySession> make_live_survey(std::unique_ptr<DatabaseSession> database,
                                                std::unique_ptr<CacheSession> cache) {
  return std::make_unique<LiveSurvey>(std::move(database), std::move(cache));
}

}  // namespace stalemate
