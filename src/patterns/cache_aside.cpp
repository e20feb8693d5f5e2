// cache-aside: a read takes the cache's entry, on a miss the row, and leaves the row in the cache for the next one; a
// write updates the row, then deletes the entry. The cache is a help, not a need: a read whose lookup failed takes the
// row and does not try to fill; a fill or delete that failed does not fail its op. A write of uncertain outcome deletes
// too, since the row may have changed.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads under concurrency: a reader that loaded the old row may fill after the delete, and then
// all readers see it until the key's next write or expiry. The same after a delete that was lost, or a writer that died
// before it. Between update and delete, readers see the old entry.
//
// Source: the origin's "before"; the look-aside cache of Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class CacheAside final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    return write_look_aside(ports, key, value);
  }
};

const bool cache_aside_registered = register_pattern<CacheAside>(
    "cache-aside", "db, then delete the entry; a miss fills it", EntryAfterWrite::removed, look_aside_calls);

}  // namespace
}  // namespace stalemate
