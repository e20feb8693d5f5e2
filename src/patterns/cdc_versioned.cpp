// cdc-versioned: entries carry the row's version. A write updates the row and does not touch the cache. A consumer of
// the database's log of changes sets the entry of each, unless it is newer, and only then acknowledges the change. A
// read takes the entry, on a miss the row, and leaves it in the cache, unless what is there is newer.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache fails no op. Every change in the
// log leads to a set that the cache has answered, however often the consumer dies in between. Explored: converges holds
// without faults and with crash, delayed, duplicated, late-row, lost-reply, lost-request, refused; monotonic-reads
// holds without faults and with crash, late-row, refused; monotonic-writes, writes-follow-reads hold without faults and
// with any fault.
//
// Does not promise: fresh reads: until the consumer has dealt with a write's change, readers see the old entry. Nor
// that an entry never goes back: one that is evicted or lost takes its version with it, and a slow reader may then fill
// an older row.
//
// Source: as cdc-invalidate; versions as in Bronson et al., "TAO", ATC 2013.
#include "core/pattern/pattern.hpp"
#include "patterns/commands/set_if_newer.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

class CdcVersioned final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_versioned(ports, key); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    co_return without_value(written);
  }

  Task<Result<void>> background(Ports ports) const override {
    const Result<Change> change = co_await ports.feed.next();
    if (!change) {
      co_return std::unexpected(change.error());
    }
    const CacheArguments newer = {
        .value = change->value, .stamp = change->version, .time_to_live_ns = ports.time_to_live_ns};
    const Result<CacheReply> set = co_await ports.cache.call(set_if_newer, change->key, newer);
    if (!set) {
      co_return std::unexpected(set.error());
    }
    Result<void> done = co_await ports.feed.acknowledge(*change);
    co_return done;
  }
};

const bool cdc_versioned_registered = register_pattern<CdcVersioned>(
    "cdc-versioned", "db; a consumer of its log sets the entry if newer, and so does a fill", EntryAfterWrite::replaced,
    roles_of(Role::lookup, Role::load, Role::fill, Role::update),
    {.row_versions = true, .feed = FeedKind::change_log, .cache_calls = CacheCalls::commands});

}  // namespace
}  // namespace stalemate
