// invalidate-first: a write deletes the entry, then updates the row; a read takes the entry, on a miss the row, and
// leaves it in the cache. The delete and the fill may fail without failing their op.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads under concurrency: a reader that misses between the delete and the commit loads the old
// row and fills it, and then all readers see it until the key's next write or expiry. No second delete follows that
// would remove it.
//
// Source: the other order of the look-aside cache; the question which of the two is safe is asked wherever caches are.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class InvalidateFirst final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    (void)co_await ports.cache.erase(key);
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }
};

const bool invalidate_first_registered = register_pattern<InvalidateFirst>(
    "invalidate-first", "delete the entry, then db; a miss fills it", EntryAfterWrite::removed, look_aside_calls);

}  // namespace
}  // namespace stalemate
