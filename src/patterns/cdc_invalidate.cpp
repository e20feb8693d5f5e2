// cdc-invalidate: a write updates the row and does not touch the cache. A consumer of the database's log of changes
// deletes the entry of each and only then acknowledges the change. A read takes the entry, on a miss the row, and
// leaves it in the cache.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache fails no op. Every change in the
// log leads to a delete that the cache has answered, however often the consumer dies in between. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: fresh reads: until the consumer has dealt with a write's change, readers see the old entry. A
// reader that loaded the old row may fill after the delete, and then all readers see it until the key's next write or
// expiry.
//
// Source: change data capture as in Kleppmann, "Designing Data-Intensive Applications", 2017, chapter 11; for caches:
// Das et al., "All aboard the Databus!", SoCC 2012.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"
#include "patterns/steps/relay.hpp"

namespace stalemate {
namespace {

class CdcInvalidate final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    return read_look_aside(ports, key, ports.time_to_live_ns);
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }

  Task<Result<void>> background(Ports ports) const override { return delete_next_changed(ports); }
};

const bool cdc_invalidate_registered =
    register_pattern<CdcInvalidate>("cdc-invalidate", "db; a consumer of its log deletes the entry; a miss fills it",
                                    EntryAfterWrite::removed, look_aside_calls, {.feed = FeedKind::change_log});

}  // namespace
}  // namespace stalemate
