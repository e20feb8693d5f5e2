// versioned-tombstone: entries carry the row's version. A write learns the new version from the database and puts a
// tombstone of it in the entry's place for 10 s, unless the entry is newer; a fill is refused where an entry or
// tombstone of a newer version stands. After an update of uncertain outcome the entry becomes a tombstone of its own
// version.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// converges holds without faults and with refused; fresh, read-your-writes hold without faults and with crash,
// lost-reply, refused; linearizable, monotonic-reads hold without faults and with crash, refused; monotonic-writes,
// writes-follow-reads hold without faults and with any fault.
//
// Does not promise: anything once the tombstone is gone: evicted, expired before a slow fill, or lost with the cache.
// Nor after a tombstone that never came, because it was lost or its writer died.
//
// Source: known from practice, as tombstones in replicated stores; versions as in Bronson et al., "TAO", ATC 2013.
#include <algorithm>

#include "core/pattern/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo bury = {
    .name = "bury",
    .summary = "put a tombstone of a version in the place of the entry, unless that is newer",
    .role = Role::invalidate,
    .command = Command::erase,
    .ward = Ward::mark,
    .lua = R"lua(
local _, version, there = load(entry)
if there and version > stamp and stamp > 0 then return refused(nil, version) end
if not there and stamp == 0 then return done(nil, 0) end
store(entry, nil, math.max(version, stamp), ttl)
return done(nil, math.max(version, stamp))
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      std::optional<SlotContent>& entry = slots[Slot::entry];
      const std::uint64_t version = entry ? entry->stamp : 0;
      if (version > arguments.stamp && arguments.stamp > 0) {
        return {.verdict = CacheVerdict::refused, .stamp = version};
      }
      if (!entry && arguments.stamp == 0) {
        return {};
      }
      entry = SlotContent{absent, std::max(version, arguments.stamp), arguments.time_to_live_ns > 0};
      return {.stamp = entry->stamp};
    },
};

class VersionedTombstone final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_versioned(ports, key); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (may_have_happened(written)) {
      const CacheArguments tombstone = {.stamp = written ? written->row_version : unknown_version,
                                        .time_to_live_ns = mark_hold_ns};
      (void)co_await ports.cache.call(bury, key, tombstone);
    }
    co_return without_value(written);
  }
};

const bool versioned_tombstone_registered = register_pattern<VersionedTombstone>(
    "versioned-tombstone", "db tells the version; a tombstone of it refuses older fills", EntryAfterWrite::removed,
    look_aside_calls, {.row_versions = true, .cache_calls = CacheCalls::commands});
const bool versioned_tombstone_command_registered = CacheCommandRegistry::add(bury);

}  // namespace
}  // namespace stalemate
