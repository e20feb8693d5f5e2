// gumball: a miss is told the cache's time. A write updates the row, then deletes the entry and leaves the cache's time
// beside it for 10 s; a fill carries the time of its miss and is refused if a delete is stamped later.
//
// Promises: an acknowledged write was acknowledged by the database. A failing cache alone fails no op. Of ops on a key
// that follow one another without overlap, each store call answered and done, a read returns the last write. Explored:
// converges holds without faults and with lost-reply, refused; fresh, read-your-writes hold without faults and with
// crash, lost-reply, refused; monotonic-writes, writes-follow-reads hold without faults and with any fault.
//
// Does not promise: anything once the time stamp is gone: evicted, expired before a slow fill, or lost with the cache;
// nor if the cache's clock goes back. Nor after a delete that was lost, or a writer that died before it.
//
// Source: Ghandeharizadeh, Yap, "Gumball: a race condition prevention technique for cache augmented SQL database
// management systems", DBSocial 2012.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo gumball_get = {
    .name = "gumball-get",
    .summary = "the entry, or on a miss the cache's time",
    .role = Role::lookup,
    .command = Command::get,
    .lua = R"lua(
local found, _, there = load(entry)
if there then return done(found, 0) end
return done(nil, now())
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment& moment) -> CacheReply {
      const std::optional<SlotContent>& entry = slots[Slot::entry];
      return entry ? CacheReply{.value = entry->value} : CacheReply{.stamp = moment.now};
    },
};

const CacheCommandInfo gumball_set = {
    .name = "gumball-set",
    .summary = "set the entry, unless a delete came after the miss",
    .role = Role::fill,
    .command = Command::set,
    .ward = Ward::compare,
    .lua = R"lua(
local _, deleted, there = load(mark)
if there and deleted > stamp then return refused(nil, deleted) end
store(entry, value, 0, ttl)
return done(value, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      const std::optional<SlotContent>& deleted = slots[Slot::mark];
      if (deleted && deleted->stamp > arguments.stamp) {
        return {.verdict = CacheVerdict::refused, .stamp = deleted->stamp};
      }
      slots[Slot::entry] = SlotContent{arguments.value, 0, arguments.time_to_live_ns > 0};
      return {.value = arguments.value};
    },
};

const CacheCommandInfo gumball_delete = {
    .name = "gumball-delete",
    .summary = "remove the entry and leave the cache's time",
    .role = Role::invalidate,
    .command = Command::erase,
    .ward = Ward::mark,
    .lua = R"lua(
local time = now()
drop(entry)
store(mark, nil, time, hold)
return done(nil, time)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      slots[Slot::entry].reset();
      slots[Slot::mark] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      return {.stamp = moment.now};
    },
};

class Gumball final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override {
    const CacheArguments nothing;
    const Result<CacheReply> found = co_await ports.cache.call(gumball_get, key, nothing);
    if (found && found->value != absent) {
      co_return found->value;
    }
    Result<Value> value = co_await read_row(ports, key);
    if (found && value && *value != absent) {
      const CacheArguments fill = {.value = *value, .stamp = found->stamp, .time_to_live_ns = ports.time_to_live_ns};
      (void)co_await ports.cache.call(gumball_set, key, fill);
    }
    co_return value;
  }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const Result<Written> written = co_await ports.database.write(key, value);
    if (may_have_happened(written)) {
      const CacheArguments left = {.hold_ns = mark_hold_ns};
      (void)co_await ports.cache.call(gumball_delete, key, left);
    }
    co_return without_value(written);
  }
};

const bool gumball_registered =
    register_pattern<Gumball>("gumball", "db; the delete leaves a time stamp; a fill of an older miss is refused",
                              EntryAfterWrite::removed, look_aside_calls, {.cache_calls = CacheCalls::commands});
const bool gumball_commands_registered = CacheCommandRegistry::add(gumball_get) &&
                                         CacheCommandRegistry::add(gumball_set) &&
                                         CacheCommandRegistry::add(gumball_delete);

}  // namespace
}  // namespace stalemate
