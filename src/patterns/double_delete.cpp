// double-delete: a write deletes the entry, updates the row, waits 20 ms and deletes the entry again, which is to
// remove what a reader with the old row has filled meanwhile. A write that certainly failed deletes once. A read takes
// the entry, on a miss the row, and leaves it in the cache.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: anything of a reader whose fill comes later than the second delete, however long that waits; nor
// fresh reads after a second delete that was lost, or a writer that died before it. Every write takes 20 ms longer.
//
// Source: known in the field as the delayed double delete; nobody seems to know who named it.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

// Against a reader's way from its load to its fill.
constexpr Nanoseconds second_delete_after_ns = 20'000'000;

class DoubleDelete final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    (void)co_await ports.cache.erase(key);
    const Result<Written> written = co_await ports.database.write(key, value);
    if (may_have_happened(written)) {
      co_await ports.clock.sleep(second_delete_after_ns);
      (void)co_await ports.cache.erase(key);
    }
    co_return without_value(written);
  }
};

const bool double_delete_registered =
    register_pattern<DoubleDelete>("double-delete", "delete, db, and delete again 20 ms later; a miss fills it",
                                   EntryAfterWrite::removed, look_aside_calls);

}  // namespace
}  // namespace stalemate
