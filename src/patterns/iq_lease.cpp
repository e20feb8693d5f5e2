// iq-lease: a write first leaves an intent (Q) beside the entry, which deletes the entry and voids the token of any
// fill, then updates the row, then takes its intent away and deletes again. A miss is given a token (I) to fill with,
// unless an intent or another token stands: then it is waited for up to 100 ms, and the row taken without filling. A
// write that cannot leave its intent fails and does not touch the database. Intents and tokens lapse after 2 s. Of two
// writes of a key the later intent replaces the earlier.
//
// Promises: an acknowledged write was acknowledged by the database. Of ops on a key that follow one another without
// overlap, each store call answered and done, a read returns the last write. Explored: converges holds without faults
// and with evict, expire, lost-reply, refused, restart; fresh, read-your-writes hold without faults and with crash,
// evict, expire, lost-reply, refused, restart; monotonic-writes, writes-follow-reads hold without faults and with any
// fault.
//
// Does not promise: anything of a write whose intent lapses or is lost before the database commits and whose last
// delete is lost; nor that intents survive the cache. Writes need the cache.
//
// Source: Ghandeharizadeh, Yap, Nguyen, "Strong consistency in cache augmented SQL systems", Middleware 2014 (the
// invalidate technique). There the entry may stay readable until the release; here the intent deletes it, so that an
// intent that lapses leaves nothing old behind.
#include "core/pattern/pattern.hpp"
#include "patterns/steps/leased.hpp"
#include "patterns/steps/limits.hpp"
#include "patterns/steps/look_aside.hpp"

namespace stalemate {
namespace {

const CacheCommandInfo iq_get = {
    .name = "iq-get",
    .summary = "the entry, or on a miss a token to fill it with, if no write is under way",
    .role = Role::lookup,
    .command = Command::get,
    .ward = Ward::grant,
    .lua = R"lua(
local found, _, there = load(entry)
if there then return done(found, 0) end
local _, _, intended = load(mark)
local _, _, leased = load(guard)
if intended or leased then return busy(nil, 0) end
local token = now()
store(guard, nil, token, hold)
return done(nil, token)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      if (slots[Slot::entry]) {
        return {.value = slots[Slot::entry]->value};
      }
      if (slots[Slot::mark] || slots[Slot::guard]) {
        return {.verdict = CacheVerdict::busy};
      }
      slots[Slot::guard] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      return {.stamp = moment.now};
    },
};

const CacheCommandInfo iq_begin = {
    .name = "iq-begin",
    .summary = "leave the intent to write, remove the entry and void the token that is out",
    .role = Role::invalidate,
    .command = Command::erase,
    .ward = Ward::revoke,
    .lua = R"lua(
local token = now()
drop(entry)
drop(guard)
store(mark, nil, token, hold)
return done(nil, token)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      slots[Slot::entry].reset();
      slots[Slot::guard].reset();
      slots[Slot::mark] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      return {.stamp = moment.now};
    },
};

const CacheCommandInfo iq_end = {
    .name = "iq-end",
    .summary = "take the intent away, if it is still ours, remove the entry and void the token that is out",
    .role = Role::invalidate,
    .command = Command::erase,
    .ward = Ward::revoke,
    .lua = R"lua(
local _, token, intended = load(mark)
drop(entry)
drop(guard)
if intended and token == stamp then drop(mark) end
return done(nil, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      slots[Slot::entry].reset();
      slots[Slot::guard].reset();
      if (slots[Slot::mark] && slots[Slot::mark]->stamp == arguments.stamp) {
        slots[Slot::mark].reset();
      }
      return {};
    },
};

class IqLease final : public Pattern {
 public:
  Task<Result<Value>> read(Ports ports, Key key) const override { return read_leased(ports, key, iq_get, 1); }

  Task<Result<void>> write(Ports ports, Key key, Value value) const override {
    const CacheArguments wanted = {.hold_ns = lease_hold_ns};
    const Result<CacheReply> intent = co_await ports.cache.call(iq_begin, key, wanted);
    if (!intent) {
      co_return failed(intent.error().code, intent.error().detail);
    }
    const Result<Written> written = co_await ports.database.write(key, value);
    const CacheArguments ours = {.stamp = intent->stamp};
    (void)co_await ports.cache.call(iq_end, key, ours);
    co_return without_value(written);
  }
};

const bool iq_lease_registered =
    register_pattern<IqLease>("iq-lease", "an intent in the cache before db, which deletes; no fill while it stands",
                              EntryAfterWrite::removed, look_aside_calls, {.cache_calls = CacheCalls::commands});
const bool iq_lease_commands_registered =
    CacheCommandRegistry::add(iq_get) && CacheCommandRegistry::add(iq_begin) && CacheCommandRegistry::add(iq_end);

}  // namespace
}  // namespace stalemate
