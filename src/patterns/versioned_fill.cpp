// versioned-fill: entries carry the row's version. A fill is refused where a newer entry stands. A write learns the new
// version from the database and deletes the entry if it is of an older one; after an update of uncertain outcome it
// deletes whatever is there.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: protection where no entry stands: the delete leaves nothing behind, so a reader that loaded the old
// row fills it afterwards. Nor anything after a delete that was lost, or a writer that died before it.
//
// Source: known from practice; what compare-and-set on versions gives a look-aside cache without tombstones.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo delete_if_older = {
    .name = "delete-if-older",
    .summary = "remove the entry, if it is of an older version",
    .role = Role::invalidate,
    .command = Command::erase,
    .lua = R"lua(
local _, version, there = load(entry)
if there and version >= stamp then return refused(nil, version) end
drop(entry)
return done(nil, stamp)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      std::optional<SlotContent>& entry = slots[Slot::entry];
      if (entry && entry->stamp >= arguments.stamp) {
        return {.verdict = CacheVerdict::refused, .stamp = entry->stamp};
      }
      entry.reset();
      return {.stamp = arguments.stamp};
    },
};

class VersionedFill final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_versioned(ports, key); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (written) {
      const CacheArguments older = {.stamp = written->row_version};
      (void)co_await ports.cache.call(delete_if_older, key, older);
      co_return Result<void>();
    }
    if (written.error().outcome != Outcome::fail) {
      (void)co_await ports.cache.erase(key);
    }
    co_return std::unexpected(written.error());
  }
};

const bool versioned_fill_registered = register_pattern<VersionedFill>(
    "versioned-fill", "db tells the version; delete what is older; a fill overwrites nothing newer",
    EntryAfterWrite::removed, look_aside_calls, {.row_versions = true, .cache_calls = CacheCalls::commands});
const bool versioned_fill_command_registered = CacheCommandRegistry::add(delete_if_older);

}  // namespace
}  // namespace stalemate
