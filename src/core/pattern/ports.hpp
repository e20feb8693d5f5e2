// The doors a pattern may use. Real servers and virtual ones stand behind the same doors.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/error.hpp"
#include "core/pattern/cache_command.hpp"
#include "core/pattern/feed.hpp"
#include "core/task.hpp"
#include "core/types.hpp"

namespace stalemate {

/// A row as read. `version` is known where the pattern needs row versions: the table then has a column `version` that
/// every write counts up; else it is unknown_version.
struct Row {
  Value value = absent;
  Version version = unknown_version;
  std::uint8_t retries = 0;  ///< attempts after the first, because of SQLSTATE 40001
};

/// What a database write left behind.
struct Written {
  Version version = unknown_version;      ///< the write's commit-order token, where the engine has one
  Version row_version = unknown_version;  ///< the row's version now, where the pattern needs row versions
  std::uint8_t retries = 0;               ///< attempts after the first, because of SQLSTATE 40001
};

/// The table stock(product_id, quantity), one row a key.
/// Thread rule: one call at a time, on the thread that owns the session.
class Database {
 public:
  virtual ~Database() = default;
  /// The row; std::nullopt where there is none.
  virtual Task<Result<std::optional<Row>>> read(Key key) = 0;
  /// Sets the row's value. Errors: as the driver's table; a missing row is `refused_by_server`, outcome `fail`.
  virtual Task<Result<Written>> write(Key key, Value value) = 0;
  /// As write, and leaves a message for the outbox feed in the same transaction. Requires: FeedKind::outbox.
  /// Errors: `unsupported` where the store has none.
  virtual Task<Result<Written>> write_with_message(Key key, Value value);
  /// Sets the row's value and has the server roll that back, as a constraint or a trigger would. Errors: always one,
  /// outcome `fail` if the server answered; `unsupported` where the store cannot.
  virtual Task<Result<Written>> write_rolled_back(Key key, Value value);
  /// The row as a replica has it, which may lag behind. Where a store has no replica, it is the row.
  virtual Task<Result<std::optional<Row>>> read_replica(Key key) { return read(key); }
};

/// The cache, one entry a key.
/// Thread rule: one call at a time, on the thread that owns the session.
class Cache {
 public:
  virtual ~Cache() = default;
  /// The entry; std::nullopt on a miss.
  virtual Task<Result<std::optional<Value>>> get(Key key) = 0;
  /// Sets the entry. `time_to_live_ns` 0: it does not expire; else rounded up to whole milliseconds.
  virtual Task<Result<void>> set(Key key, Value value, Nanoseconds time_to_live_ns) = 0;
  /// Removes the entry; true if there was one.
  virtual Task<Result<bool>> erase(Key key) = 0;
  /// Runs a command on what the cache keeps of the key, waiting out `busy` answers as long as the arguments say.
  /// Requires: `command` lives forever. Errors: `unsupported` where the store cannot.
  virtual Task<Result<CacheReply>> call(const CacheCommandInfo& command, Key key, CacheArguments arguments);
};

/// What the sampler sees of the table. Same thread rule as Database.
class RowSurvey {
 public:
  virtual ~RowSurvey() = default;
  /// Reads the rows of keys `first`, `first + 1`, ... into `values`, one a key, `absent` where there is no row; all of
  /// them in one statement, so in one snapshot.
  virtual Task<Result<void>> read_rows(Key first, std::span<Value> values) = 0;
};

/// What the sampler sees of the cache. Same thread rule as Cache.
class EntrySurvey {
 public:
  virtual ~EntrySurvey() = default;
  /// Reads the entries of keys `first`, `first + 1`, ... into `values`, one a key, `absent` on a miss.
  virtual Task<Result<void>> read_entries(Key first, std::span<Value> values) = 0;
};

/// Time, as the engine counts it.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Nanoseconds now_ns() const = 0;
  /// Resumes the caller `duration_ns` later or as soon after as can be; at once for 0 or less.
  virtual Task<void> sleep(Nanoseconds duration_ns) = 0;
};

/// Chance, from the run's seed.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;
};

/// Everything a pattern may touch, for the length of one op.
struct Ports {
  Database& database;
  Cache& cache;
  Clock& clock;
  Random& random;
  Cache& local;  ///< the memory of the application server, which its clients share; it cannot fail, and dies with it
  Feed& feed;    ///< of the kind the pattern needs; for its background part only
  Nanoseconds time_to_live_ns = 0;  ///< what the scenario wants of cache entries; 0: they do not expire
};

}  // namespace stalemate
