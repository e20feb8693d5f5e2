// cache-aside: a read takes the cache's entry, on a miss the row, and leaves the row in the cache for the next one; a
// write updates the row, then deletes the entry. The cache is a help, not a need: a read whose lookup failed takes the
// row and does not try to fill; a fill or delete that failed does not fail its op. A write of uncertain outcome deletes
// too, since the row may have changed.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write.
//
// Does not promise: fresh reads under concurrency: a reader that loaded the old row may fill after the delete, and then
// all readers see it until the key's next write or expiry. The same after a delete that was lost, or a writer that died
// before it. Between update and delete, readers see the old entry.
//
// Source: the origin's "before"; the look-aside cache of Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013.
#include "core/pattern.hpp"

namespace stalemate {
namespace {

class CacheAside final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const Result<std::optional<Value>> entry = co_await ports.cache.get(key);
    if (entry && entry->has_value()) {
      co_return **entry;
    }
    const Result<std::optional<Row>> row = co_await ports.database.read(key);
    if (!row) {
      co_return std::unexpected(row.error());
    }
    if (!row->has_value()) {
      co_return absent;
    }
    const Value value = (*row)->value;
    if (entry) {
      // The answer is known; a failed fill costs the next reader a miss.
      (void)co_await ports.cache.set(key, value, ports.time_to_live_ns);
    }
    co_return value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (!written && written.error().outcome == Outcome::fail) {
      co_return std::unexpected(written.error());
    }
    // The row changed, or may have: whatever becomes of the delete, the write's outcome is the database's.
    (void)co_await ports.cache.erase(key);
    if (!written) {
      co_return std::unexpected(written.error());
    }
    co_return Result<void>();
  }
};

const bool registered =
    register_pattern<CacheAside>("cache-aside", "db, then delete the entry; a miss fills it", EntryAfterWrite::removed);

}  // namespace
}  // namespace stalemate
