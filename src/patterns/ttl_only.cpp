// ttl-only: a write updates the row and leaves the cache alone. A read takes the entry, on a miss the row, and leaves
// it in the cache for the scenario's time to live, or for 1 s where it has none.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Explored:
// converges, monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads: whatever is written, readers see the old value until the entry expires. An entry lives
// a time to live from its fill, not from its load, so what it holds may be older by as long as the fill took.
//
// Source: the oldest of all; HTTP's max-age and DNS work so.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class TtlOnly final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_look_aside(ports, key, life_ns(ports)); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }
};

const bool ttl_only_registered = register_pattern<TtlOnly>(
    "ttl-only", "db; a miss fills an entry that expires (after 1 s, if the scenario says nothing)",
    EntryAfterWrite::kept, roles_of(Role::lookup, Role::load, Role::fill, Role::update),
    {.time_to_live_ns = own_time_to_live_ns});

}  // namespace
}  // namespace stalemate
