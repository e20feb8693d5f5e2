// set-if-newer: as set_if_newer.hpp says.
#include "patterns/commands/set_if_newer.hpp"

namespace stalemate {

// Equal versions do not refuse: a tombstone tells the version of the row that is to be read again.
const CacheCommandInfo set_if_newer = {
    .name = "set-if-newer",
    .summary = "set the entry, unless it is of a newer version",
    .role = Role::fill,
    .command = Command::set,
    .ward = Ward::compare,
    .lua = R"lua(
local _, version, there = load(entry)
if there and version > stamp then return refused(nil, version) end
store(entry, value, stamp, ttl)
return done(value, stamp)
)lua",
    .apply = [](CacheSlots& slots, const CacheArguments& arguments, const CacheMoment&) -> CacheReply {
      std::optional<SlotContent>& entry = slots[Slot::entry];
      if (entry && entry->stamp > arguments.stamp) {
        return {.verdict = CacheVerdict::refused, .stamp = entry->stamp};
      }
      entry = SlotContent{arguments.value, arguments.stamp, arguments.time_to_live_ns > 0};
      return {.value = arguments.value, .stamp = arguments.stamp};
    },
};

namespace {

const bool set_if_newer_commands_registered = CacheCommandRegistry::add(set_if_newer);

}  // namespace
}  // namespace stalemate
