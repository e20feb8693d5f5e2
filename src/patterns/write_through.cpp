// write-through: the application server owns its keys and does one write or load of a key at a time. A write updates
// the row, then sets the entry; after an update of uncertain outcome it deletes the entry. A read takes the entry; on a
// miss the owner loads the row and fills. Whoever does not become owner within 3 s: a write fails and does not touch
// the database, a read takes the row and does not fill. Ownership lapses after 2 s.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: anything where a key has two owners, be it two application servers, which know nothing of each
// other, or after ownership has lapsed: their sets come in another order than their updates. Nor fresh reads after a
// set that was lost, or an owner that died before it.
//
// Source: Oracle Coherence documentation, "Caching Data Sources".
#include "core/pattern/pattern.hpp"
#include "patterns/commands/lock.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class WriteThrough final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_single_flight(ports, key); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const CacheArguments wanted = {.hold_ns = lock_hold_ns, .patience_ns = lock_patience_ns};
    const Result<CacheReply> lock = co_await ports.local.call(lock_command, key, wanted);
    if (!lock || lock->verdict != CacheVerdict::done) {
      co_return failed(ErrorCode::unavailable, "the key's owner was busy with it for too long");
    }
    const Result<Written> written = co_await ports.database.write(key, value);
    if (written) {
      (void)co_await ports.cache.set(key, value, ports.time_to_live_ns);
    } else if (written.error().outcome != Outcome::fail) {
      (void)co_await ports.cache.erase(key);
    }
    const CacheArguments ours = {.stamp = lock->stamp};
    (void)co_await ports.local.call(unlock_command, key, ours);
    co_return without_value(written);
  }
};

const bool write_through_registered = register_pattern<WriteThrough>(
    "write-through", "the key's owner writes db, then the entry, one after the other; it loads on a miss",
    EntryAfterWrite::replaced, look_aside_calls | role_bit(Role::refresh));

}  // namespace
}  // namespace stalemate
