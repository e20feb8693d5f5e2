// update-first: a write sets the entry, then updates the row. A read takes the entry, on a miss the row, and leaves it
// in the cache. A set that failed does not keep the write from the database.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes holds without faults and with any fault.
//
// Does not promise: that what a read returns was ever committed: readers see the new value before the database has it,
// and go on seeing it if the database then refuses it or the writer dies. Two writers may set in the other order than
// the database applies them; a reader with the old row may fill after the set.
//
// Source: known from practice; the opposite order of update-after-write.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class UpdateFirst final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    (void)co_await ports.cache.set(key, value, ports.time_to_live_ns);
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }
};

const bool update_first_registered =
    register_pattern<UpdateFirst>("update-first", "set the entry, then db; a miss fills it", EntryAfterWrite::replaced,
                                  roles_of(Role::lookup, Role::load, Role::fill, Role::update, Role::refresh));

}  // namespace
}  // namespace stalemate
