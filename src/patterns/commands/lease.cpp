// lease-get, lease-set and lease-delete: as lease.hpp says.
#include "patterns/commands/lease.hpp"

namespace stalemate {

const CacheCommandInfo lease_get = {
    .name = "lease-get",
    .summary = "the entry, or on a miss a token to fill it with",
    .role = Role::lookup,
    .command = Command::get,
    .ward = Ward::grant,
    .lua = R"lua(
local found, _, there = load(entry)
if there then return done(found, 0) end
local _, _, leased = load(guard)
if leased then return busy(nil, 0) end
local token = now()
store(guard, nil, token, hold)
return done(nil, token)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      if (slots[Slot::entry]) {
        return {.value = slots[Slot::entry]->value};
      }
      if (slots[Slot::guard]) {
        return {.verdict = CacheVerdict::busy};
      }
      slots[Slot::guard] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      return {.stamp = moment.now};
    },
};

const CacheCommandInfo lease_set = {
    .name = "lease-set",
    .summary = "set the entry, if the token still counts",
    .role = Role::fill,
    .command = Command::set,
    .ward = Ward::redeem,
    .lua = R"lua(
local _, token, leased = load(guard)
if not leased or token ~= stamp then return refused(nil, token) end
drop(guard)
store(entry, value, 0, ttl)
return done(value, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      const std::optional<SlotContent>& guard = slots[Slot::guard];
      if (!guard || guard->stamp != arguments.stamp) {
        return {.verdict = CacheVerdict::refused, .stamp = guard ? guard->stamp : 0};
      }
      slots[Slot::guard].reset();
      slots[Slot::entry] = SlotContent{arguments.value, 0, arguments.time_to_live_ns > 0};
      return {.value = arguments.value};
    },
};

const CacheCommandInfo lease_delete = {
    .name = "lease-delete",
    .summary = "remove the entry, and make the token that is out count no more",
    .role = Role::invalidate,
    .command = Command::erase,
    .ward = Ward::revoke,
    .lua = R"lua(
drop(entry)
drop(guard)
return done(nil, 0)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments&, const CacheMoment&) -> CacheReply {
      slots[Slot::entry].reset();
      slots[Slot::guard].reset();
      return {};
    },
};

namespace {

const bool lease_commands_registered = CacheCommandRegistry::add(lease_get) && CacheCommandRegistry::add(lease_set) &&
                                       CacheCommandRegistry::add(lease_delete);

}  // namespace
}  // namespace stalemate
