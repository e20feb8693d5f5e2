// update-after-write: a write updates the row, then sets the entry to the value it wrote. After an update of uncertain
// outcome it deletes the entry. A read takes the entry, on a miss the row, and leaves it in the cache.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads under concurrency: two writers may set in the other order than the database applied
// them, and a reader that loaded the old row may fill after the set. Either stays until the key's next write or expiry.
// The same after a set that was lost, or a writer that died before it.
//
// Source: the write path Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, decide against: deletes are
// idempotent, sets are not.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class UpdateAfterWrite final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (written) {
      (void)co_await ports.cache.set(key, value, ports.time_to_live_ns);
      co_return Result<void>();
    }
    if (written.error().outcome != Outcome::fail) {
      (void)co_await ports.cache.erase(key);
    }
    co_return std::unexpected(written.error());
  }
};

const bool update_after_write_registered =
    register_pattern<UpdateAfterWrite>("update-after-write", "db, then set the entry; a miss fills it",
                                       EntryAfterWrite::replaced, look_aside_calls | role_bit(Role::refresh));

}  // namespace
}  // namespace stalemate
