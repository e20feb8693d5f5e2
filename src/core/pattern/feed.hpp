// A feed: the source of changes for the background part of a pattern.
#pragma once

#include <cstdint>

#include "core/error.hpp"
#include "core/task.hpp"
#include "core/types.hpp"

namespace stalemate {

/// Where changes come from.
enum class FeedKind : std::uint8_t {
  none,
  outbox,        ///< messages that write_with_message left in the database, oldest first
  change_log,    ///< the database's own log of committed changes, in commit order
  cache_queue,   ///< keys that are `queued` in the cache
  local_queue,   ///< keys that are `queued` in the application server's memory
  invalidations  ///< keys that the cache says were changed or removed, pushed to each application server
};

/// One change to handle.
struct Change {
  Key key = {};
  Value value = absent;               ///< the new value; of an outbox and a change_log only
  Version version = unknown_version;  ///< the row's version; of a change_log only
  std::uint64_t position = 0;         ///< its place in the feed
};

/// Thread rule: one call at a time, on the thread that owns the session.
class Feed {
 public:
  virtual ~Feed() = default;
  /// The first change that is not acknowledged; waits until there is one. The same one is given again after a crash or
  /// an error. Errors: `cancelled` once the run ends; as the driver's table.
  virtual Task<Result<Change>> next() = 0;
  /// The change was handled. For cache_queue and local_queue this does nothing: a cache command takes the key out.
  virtual Task<Result<void>> acknowledge(Change change) = 0;
};

/// A feed without changes: what a client gets.
class NoFeed final : public Feed {
 public:
  Task<Result<Change>> next() override { co_return refused(); }
  Task<Result<void>> acknowledge(Change) override { co_return refused(); }

 private:
  static std::unexpected<Error> refused() { return failed(ErrorCode::unsupported, "a client has no feed"); }
};

/// A feed of a live run, which can end.
class LiveFeed : public Feed {
 public:
  /// Makes sure that the feed can be followed: what it needs is there, and the store has not refused it. Called once,
  /// before the run begins. Errors: as the driver's table, with the store's words; the run cannot begin then.
  virtual Task<Result<void>> open() { co_return Result<void>(); }
  /// No more changes will come: once none is left, next() answers `cancelled`. It never blocks.
  virtual void finish() = 0;
};

}  // namespace stalemate
