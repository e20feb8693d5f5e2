// evict: the cache drops one of the things it keeps of the key, to make room.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> evictions(WorldTable& table, WorldId id) {
  std::vector<WorldChange> changes;
  const World world = table[id];
  const CacheSlots slots = table.slots(world.cache);
  for (std::size_t slot = 0; slot < slot_count; ++slot) {
    if (slots.slots[slot]) {
      CacheSlots left = slots;
      left.slots[slot].reset();
      World after = world;
      table.set_cache(after, left);
      changes.push_back({table.id_of(after),
                         "the cache evicts the " + std::string(name_of(static_cast<Slot>(slot))) + " to make room"});
    }
  }
  return changes;
}

[[maybe_unused]] const bool evict_registered =
    VirtualFaultRegistry::add(VirtualFaultInfo{.name = "evict",
                                               .summary = "the cache drops an entry, guard, mark or counter",
                                               .strike = evictions,
                                               .why_not = "the cache holds nothing of it that could be dropped"});

}  // namespace
}  // namespace stalemate
