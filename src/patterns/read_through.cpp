// read-through: of the clients of one application server that miss a key, one loads the row and fills, while the others
// wait up to 3 s and look into the cache again (single-flight). Whoever has waited too long takes the row and does not
// fill. A write updates the row, then deletes the entry; it does not stop a load that is under way.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads under concurrency: a loader that read the old row may fill after the delete, and then
// all readers see it until the key's next write or expiry. The same after a delete that was lost, or a writer that died
// before it. Each application server has its own loader.
//
// Source: Oracle Coherence documentation, "Caching Data Sources"; single-flight is Go's name for it.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class ReadThrough final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_single_flight(ports, key); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    return write_look_aside(ports, key, value);
  }
};

const bool read_through_registered = register_pattern<ReadThrough>(
    "read-through", "db, then delete; of the clients of a server that miss, one loads and fills",
    EntryAfterWrite::removed, look_aside_calls);

}  // namespace
}  // namespace stalemate
