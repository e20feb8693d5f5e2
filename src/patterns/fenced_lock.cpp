// fenced-lock: as lock, but each lock comes with a token, counted up in the cache. A fill carries the token of its lock
// and is refused once a fill or delete with a newer one was seen; a delete is never refused.
//
// Promises: an acknowledged write was acknowledged by the database. Of ops on a key that follow one another without
// overlap, each store call answered and done, a read returns the last write. Explored: converges holds without faults
// and with lost-reply, refused; fresh, read-your-writes hold without faults and with crash, lost-reply, refused;
// monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: anything of a holder whose lock has lapsed and whose update of the row comes after a newer holder
// has loaded it: the database checks no tokens. Nor anything once the count or the token seen last is lost with the
// cache, after a delete that was lost, or a writer that died before it. Writes need the cache.
//
// Source: Kleppmann, "How to do distributed locking", 2016.
#include <algorithm>

#include "core/pattern/pattern.hpp"
#include "patterns/steps/locked.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo fenced_lock = {
    .name = "fenced-lock",
    .summary = "take the key's lock with the next token and look at its entry, or be told that another has it",
    .role = Role::lookup,
    .command = Command::get,
    .ward = Ward::hold,
    .lua = R"lua(
local _, _, taken = load(guard)
if taken then return busy(nil, 0) end
local _, last = load(counter)
store(counter, nil, last + 1, 0)
store(guard, nil, last + 1, hold)
local found = load(entry)
return done(found, last + 1)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      if (slots[Slot::guard]) {
        return {.verdict = CacheVerdict::busy};
      }
      const std::uint64_t token = (slots[Slot::counter] ? slots[Slot::counter]->stamp : 0) + 1;
      slots[Slot::counter] = SlotContent{absent, token, false};
      slots[Slot::guard] = SlotContent{absent, token, arguments.hold_ns > 0};
      return {.value = slots[Slot::entry] ? slots[Slot::entry]->value : absent, .stamp = token};
    },
};

const CacheCommandInfo fenced_set = {
    .name = "fenced-set",
    .summary = "set the entry, unless a newer token was seen",
    .role = Role::fill,
    .command = Command::set,
    .ward = Ward::compare,
    .lua = R"lua(
local _, seen, there = load(mark)
if there and seen > stamp then return refused(nil, seen) end
store(mark, nil, stamp, 0)
store(entry, value, 0, ttl)
return done(value, stamp)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      std::optional<SlotContent>& seen = slots[Slot::mark];
      if (seen && seen->stamp > arguments.stamp) {
        return {.verdict = CacheVerdict::refused, .stamp = seen->stamp};
      }
      seen = SlotContent{absent, arguments.stamp, false};
      slots[Slot::entry] = SlotContent{arguments.value, 0, arguments.time_to_live_ns > 0};
      return {.value = arguments.value, .stamp = arguments.stamp};
    },
};

const CacheCommandInfo fenced_delete = {
    .name = "fenced-delete",
    .summary = "remove the entry and remember the token",
    .role = Role::invalidate,
    .command = Command::erase,
    .ward = Ward::mark,
    .lua = R"lua(
local _, seen = load(mark)
drop(entry)
store(mark, nil, math.max(seen, stamp), 0)
return done(nil, math.max(seen, stamp))
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      const std::uint64_t seen = slots[Slot::mark] ? slots[Slot::mark]->stamp : 0;
      slots[Slot::entry].reset();
      slots[Slot::mark] = SlotContent{absent, std::max(seen, arguments.stamp), false};
      return {.stamp = std::max(seen, arguments.stamp)};
    },
};

constexpr LockCommands commands = {.lock = fenced_lock, .fill = &fenced_set, .invalidate = &fenced_delete};

class FencedLock final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_locked(ports, key, commands); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    return write_locked(ports, key, value, commands);
  }
};

const bool fenced_lock_registered = register_pattern<FencedLock>(
    "fenced-lock", "as lock, with a counted token; a fill with an older token than was seen is refused",
    EntryAfterWrite::removed, look_aside_calls, {.cache_calls = CacheCalls::commands});
const bool fenced_lock_commands_registered = CacheCommandRegistry::add(fenced_lock) &&
                                             CacheCommandRegistry::add(fenced_set) &&
                                             CacheCommandRegistry::add(fenced_delete);

}  // namespace
}  // namespace stalemate
