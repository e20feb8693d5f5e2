// expire: a lock, lease, tombstone or marker runs out while somebody still counts on it.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> expiries(WorldTable& table, WorldId id) {
  std::vector<WorldChange> changes;
  const World world = table[id];
  const CacheSlots slots = table.slots(world.cache);
  for (const Slot slot : {Slot::entry, Slot::guard, Slot::mark, Slot::counter}) {
    // An entry with a value expires by itself, without a fault; a tombstone is counted on.
    if (slots[slot] && slots[slot]->expires && (slot != Slot::entry || slots[slot]->value == absent)) {
      CacheSlots left = slots;
      left[slot].reset();
      World after = world;
      table.set_cache(after, left);
      changes.push_back({table.id_of(after), "the " + std::string(slot == Slot::entry ? "tombstone" : name_of(slot)) +
                                                 " in the cache expires"});
    }
  }
  return changes;
}

[[maybe_unused]] const bool expire_registered = VirtualFaultRegistry::add(
    VirtualFaultInfo{.name = "expire",
                     .summary = "a lock, lease, tombstone or marker runs out",
                     .strike = expiries,
                     .why_not = "it keeps no lock, lease, tombstone or marker that could run out"});

}  // namespace
}  // namespace stalemate
