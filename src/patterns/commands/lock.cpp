// lock and unlock: as lock.hpp says.
#include "patterns/commands/lock.hpp"

namespace stalemate {

const CacheCommandInfo lock_command = {
    .name = "lock",
    .summary = "take the key's lock and look at its entry, or be told that another has it",
    .role = Role::lookup,
    .command = Command::get,
    .ward = Ward::hold,
    .lua = R"lua(
local _, _, taken = load(guard)
if taken then return busy(nil, 0) end
local token = now()
store(guard, nil, token, hold)
local found = load(entry)
return done(found, token)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment& moment) -> CacheReply {
      if (slots[Slot::guard]) {
        return {.verdict = CacheVerdict::busy};
      }
      slots[Slot::guard] = SlotContent{absent, moment.now, arguments.hold_ns > 0};
      const std::optional<SlotContent>& entry = slots[Slot::entry];
      return {.value = entry ? entry->value : absent, .stamp = moment.now};
    },
};

const CacheCommandInfo unlock_command = {
    .name = "unlock",
    .summary = "give the key's lock back, if it is still ours",
    .role = Role::lookup,
    .command = Command::get,
    .ward = Ward::release,
    .shows_entry = false,
    .lua = R"lua(
local _, token, taken = load(guard)
if not taken or token ~= stamp then return refused(nil, token) end
drop(guard)
return done(nil, token)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      const std::optional<SlotContent>& guard = slots[Slot::guard];
      if (!guard || guard->stamp != arguments.stamp) {
        return {.verdict = CacheVerdict::refused, .stamp = guard ? guard->stamp : 0};
      }
      slots[Slot::guard].reset();
      return {.stamp = arguments.stamp};
    },
};

namespace {

const bool lock_commands_registered =
    CacheCommandRegistry::add(lock_command) && CacheCommandRegistry::add(unlock_command);

}  // namespace
}  // namespace stalemate
