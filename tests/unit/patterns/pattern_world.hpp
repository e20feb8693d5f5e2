// Everything a pattern may touch, in memory and at hand: rows with versions, a message for each write that leaves one,
// a log of changes, two caches, a clock that stands still unless somebody sleeps. The call of a chosen number fails.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/pattern/memory_cache.hpp"
#include "core/pattern/pattern.hpp"
#include "core/random.hpp"

namespace stalemate::testing_patterns {

class StandingClock final : public Clock {
 public:
  [[nodiscard]] Nanoseconds now_ns() const override { return now_ns_; }
  Task<void> sleep(Nanoseconds duration_ns) override {
    now_ns_ += duration_ns;
    co_return;
  }

 private:
  Nanoseconds now_ns_ = 1'000'000'000;
};

/// Counts calls to the stores that can fail, says of each whether it does, and keeps which were made.
struct CallFailures {
  RoleMask made = 0;
  std::set<std::string_view> commands = {};  ///< by name, those that were called of the cache
  bool is_read = false;                      ///< the op under way is one
  std::size_t calls = 0;
  std::optional<std::size_t> failing = {};  ///< the number of the one that does, from 0
  bool cache_is_gone = false;
  Error error = {ErrorCode::connection_refused, Outcome::fail, "nobody listens"};

  [[nodiscard]] bool next_fails(Role role) {
    made |= role_bit(role);
    return calls++ == failing;
  }
};

class WorldDatabase final : public Database {
 public:
  explicit WorldDatabase(CallFailures& failures) : failures_(failures) {}

  Task<Result<std::optional<Row>>> read(Key key) override {
    if (failures_.next_fails(Role::load)) {
      co_return std::unexpected(failures_.error);
    }
    const auto row = rows.find(key);
    co_return row == rows.end() ? std::optional<Row>() : row->second;
  }
  Task<Result<Written>> write(Key key, Value value) override {
    const bool fails = failures_.next_fails(Role::update);
    if (fails && failures_.error.outcome == Outcome::fail) {
      co_return std::unexpected(failures_.error);
    }
    Row& row = rows[key];
    row.value = value;
    ++row.version;
    log.push_back(Change{key, value, row.version, 0});
    if (fails) {
      co_return std::unexpected(failures_.error);
    }
    Written written;
    written.row_version = row.version;
    co_return written;
  }
  Task<Result<Written>> write_with_message(Key key, Value value) override {
    Result<Written> written = co_await write(key, value);
    if (written) {
      outbox.push_back(Change{key, absent, unknown_version, 0});
    }
    co_return written;
  }

  std::map<Key, Row> rows = {};
  std::deque<Change> log = {};
  std::deque<Change> outbox = {};

 private:
  CallFailures& failures_;
};

/// A cache that can fail, and that tells of every change of an entry.
class WorldCache final : public Cache {
 public:
  WorldCache(MemoryCache& memory, CallFailures& failures) : memory_(memory), failures_(failures) {}

  Task<Result<std::optional<Value>>> get(Key key) override {
    if (fails(Role::lookup)) {
      co_return std::unexpected(failures_.error);
    }
    Result<std::optional<Value>> entry = co_await memory_.get(key);
    co_return entry;
  }
  Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) override {
    if (fails(failures_.is_read ? Role::fill : Role::refresh)) {
      co_return std::unexpected(failures_.error);
    }
    pushes.push_back(Change{key, absent, unknown_version, 0});
    Result<void> done = co_await memory_.set(key, value, time_to_live_ns);
    co_return done;
  }
  Task<Result<bool>> erase(Key key) override {
    if (fails(Role::invalidate)) {
      co_return std::unexpected(failures_.error);
    }
    pushes.push_back(Change{key, absent, unknown_version, 0});
    Result<bool> done = co_await memory_.erase(key);
    co_return done;
  }
  Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments) override {
    failures_.commands.insert(command.name);
    if (fails(command.role)) {
      co_return std::unexpected(failures_.error);
    }
    Result<CacheReply> reply = co_await memory_.call(command, key, arguments);
    co_return reply;
  }

  std::deque<Change> pushes = {};

 private:
  bool fails(Role role) { return failures_.next_fails(role) || failures_.cache_is_gone; }

  MemoryCache& memory_;
  CallFailures& failures_;
};

/// Gives what stands in a list, until that is empty.
class ListFeed final : public Feed {
 public:
  explicit ListFeed(std::deque<Change>& changes) : changes_(changes) {}
  Task<Result<Change>> next() override {
    if (changes_.empty()) {
      co_return failed(ErrorCode::cancelled, "nothing is left");
    }
    co_return changes_.front();
  }
  Task<Result<void>> acknowledge(Change) override {
    changes_.pop_front();
    co_return Result<void>();
  }

 private:
  std::deque<Change>& changes_;
};

class World {
 public:
  Result<Value> read(const PatternInfo& pattern, Key key) {
    failures.is_read = true;
    Task<Result<Value>> task = pattern.instance().read(ports(pattern), key);
    task.start();
    failures.is_read = false;
    return task.take();
  }
  Result<void> write(const PatternInfo& pattern, Key key, Value value) {
    Task<Result<void>> task = pattern.instance().write(ports(pattern), key, value);
    task.start();
    return task.take();
  }
  /// Lets the background part deal with all there is; false if it was not through after a hundred rounds.
  bool settle(const PatternInfo& pattern) {
    for (int round = 0; round < 100 && pattern.needs.feed != FeedKind::none; ++round) {
      Task<Result<void>> task = pattern.instance().background(ports(pattern));
      task.start();
      const Result<void> done = task.take();
      if (!done && done.error().code == ErrorCode::cancelled) {
        return true;
      }
    }
    return pattern.needs.feed == FeedKind::none;
  }
  [[nodiscard]] Value row(Key key) const {
    const auto found = database.rows.find(key);
    return found == database.rows.end() ? absent : found->second.value;
  }

  CallFailures failures = {};
  StandingClock clock = {};
  MemoryCache memory = MemoryCache(clock);
  MemoryCache local = MemoryCache(clock);
  WorldDatabase database = WorldDatabase(failures);
  WorldCache cache = WorldCache(memory, failures);
  Nanoseconds time_to_live_ns = 0;

 private:
  Ports ports(const PatternInfo& pattern) {
    return {database, cache, clock, random_, local, feed_of(pattern.needs.feed), time_to_live_ns};
  }
  Feed& feed_of(FeedKind kind) {
    switch (kind) {
      case FeedKind::outbox: return outbox_;
      case FeedKind::change_log: return log_;
      case FeedKind::invalidations: return pushes_;
      case FeedKind::cache_queue: return queue_;
      case FeedKind::local_queue: return local_queue_;
      case FeedKind::none: break;
    }
    return nothing_;
  }

  // A queue that is empty ends at once instead of waiting.
  static MemoryQueueFeed finished_feed(MemoryCache& cache) {
    MemoryQueueFeed feed(cache);
    feed.finish();
    return feed;
  }

  SeededRandom random_ = SeededRandom(1);
  std::deque<Change> none_ = {};
  ListFeed nothing_ = ListFeed(none_);
  ListFeed outbox_ = ListFeed(database.outbox);
  ListFeed log_ = ListFeed(database.log);
  ListFeed pushes_ = ListFeed(cache.pushes);
  MemoryQueueFeed queue_ = finished_feed(memory);
  MemoryQueueFeed local_queue_ = finished_feed(local);
};

}  // namespace stalemate::testing_patterns
