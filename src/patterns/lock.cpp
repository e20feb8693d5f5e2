// lock: a write takes the key's lock in the cache, updates the row, deletes the entry and gives the lock back. A read
// takes the entry; on a miss it takes the lock, looks at the entry again, loads the row, fills and gives the lock back.
// The lock lapses after 2 s and is waited for up to 3 s. A write that does not get it fails and does not touch the
// database; a read takes the row and does not fill.
//
// Promises: an acknowledged write was acknowledged by the database. Of ops on a key that follow one another without
// overlap, each store call answered and done, a read returns the last write.
//
// Does not promise: anything once a lock has lapsed or was lost while its holder was still at work: its fill, or its
// delete, then comes in the middle of another's work, since nothing checks who holds the lock by then. Nor anything
// after a delete that was lost, or a writer that died before it. Writes need the cache.
//
// Source: known from practice; what a lock with a time limit does not do is in Kleppmann, "How to do distributed
// locking", 2016.
#include "patterns/commands/lock.hpp"
#include "core/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class Lock final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
    if (entry && entry->has_value()) {
      co_return **entry;
    }
    CacheReply lock = {.verdict = CacheVerdict::refused};
    if (entry) {
      const CacheArguments wanted = {.hold_ns = lock_hold_ns, .patience_ns = lock_patience_ns};
      const Result<CacheReply> taken = co_await ports.cache.call(lock_command, key, wanted);
      lock = taken.value_or(lock);
    }
    const bool is_locked = lock.verdict == CacheVerdict::done;
    Result<Value> value = lock.value;
    if (!is_locked || lock.value == absent) {
      value = co_await read_row(ports, key);
      if (is_locked && value && *value != absent) {
        (void)co_await ports.cache.set(key, *value, ports.time_to_live_ns);
      }
    }
    if (is_locked) {
      const CacheArguments ours = {.stamp = lock.stamp};
      (void)co_await ports.cache.call(unlock_command, key, ours);
    }
    co_return value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const CacheArguments wanted = {.hold_ns = lock_hold_ns, .patience_ns = lock_patience_ns};
    const Result<CacheReply> lock = co_await ports.cache.call(lock_command, key, wanted);
    if (!lock) {
      co_return failed(lock.error().code, lock.error().detail);
    }
    if (lock->verdict != CacheVerdict::done) {
      co_return failed(ErrorCode::unavailable, "the key's lock was not to be had");
    }
    const Result<Written> written = co_await ports.database.write(key, value);
    if (written || written.error().outcome != Outcome::fail) {
      (void)co_await ports.cache.erase(key);
    }
    const CacheArguments ours = {.stamp = lock->stamp};
    (void)co_await ports.cache.call(unlock_command, key, ours);
    if (!written) {
      co_return std::unexpected(written.error());
    }
    co_return Result<void>();
  }
};

const bool registered = register_pattern<Lock>(
    "lock", "lock, db, delete, unlock; a miss locks, looks again, fills and unlocks", EntryAfterWrite::removed);

}  // namespace
}  // namespace stalemate
