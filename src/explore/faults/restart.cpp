// restart: the cache restarts and is empty.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> restarted(WorldTable& table, WorldId id) {
  World after = table[id];
  if (after.cache == 0) {
    return {};
  }
  table.set_cache(after, CacheSlots{});
  return {{table.id_of(after), "the cache restarts empty"}};
}

[[maybe_unused]] const bool restart_registered =
    VirtualFaultRegistry::add(VirtualFaultInfo{.name = "restart",
                                               .summary = "the cache restarts empty",
                                               .strike = restarted,
                                               .why_not = "its cache is never anything but empty"});

}  // namespace
}  // namespace stalemate
