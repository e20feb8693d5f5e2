// lock: a write takes the key's lock in the cache, updates the row, deletes the entry and gives the lock back. A read
// takes the entry; on a miss it takes the lock, looks at the entry again, loads the row, fills and gives the lock back.
// The lock lapses after 2 s and is waited for up to 3 s. A write that does not get it fails and does not touch the
// database; a read takes the row and does not fill.
//
// Promises: an acknowledged write was acknowledged by the database. Of ops on a key that follow one another without
// overlap, each store call answered and done, a read returns the last write. Explored: converges holds without faults
// and with lost-reply, refused; fresh, read-your-writes hold without faults and with crash, lost-reply, refused;
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: anything once a lock has lapsed or was lost while its holder was still at work: its fill, or its
// delete, then comes in the middle of another's work, since nothing checks who holds the lock by then. Nor anything
// after a delete that was lost, or a writer that died before it. Writes need the cache.
//
// Source: known from practice; what a lock with a time limit does not do is in Kleppmann, "How to do distributed
// locking", 2016.
#include "patterns/commands/lock.hpp"
#include "core/pattern/pattern.hpp"
#include "patterns/steps/locked.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

constexpr LockCommands plain_lock = {.lock = lock_command};

class Lock final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_locked(ports, key, plain_lock); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    return write_locked(ports, key, value, plain_lock);
  }
};

const bool lock_registered =
    register_pattern<Lock>("lock", "lock, db, delete, unlock; a miss locks, looks again, fills and unlocks",
                           EntryAfterWrite::removed, look_aside_calls, {.cache_calls = CacheCalls::commands});

}  // namespace
}  // namespace stalemate
