// lost-push: an invalidation that the cache pushes to an application server never arrives.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> lost(WorldTable& table, WorldId id) {
  std::vector<WorldChange> changes;
  const World world = table[id];
  for (std::size_t server = 0; server < table.servers(); ++server) {
    if (world.pushes.at(server) > 0) {
      World after = world;
      after.pushes.at(server) = static_cast<std::uint8_t>(after.pushes.at(server) - 1);
      changes.push_back(
          {table.id_of(after), "an invalidation pushed to server " + std::to_string(server + 1) + " is lost"});
    }
  }
  return changes;
}

[[maybe_unused]] const bool lost_push_registered = VirtualFaultRegistry::add(VirtualFaultInfo{
    .name = "lost-push",
    .summary = "an invalidation pushed to an application server never arrives",
    .strike = lost,
    .concerns = [](const PatternInfo& pattern) { return pattern.needs.feed == FeedKind::invalidations; },
    .why_not = "the cache pushes no invalidations to its application servers"});

}  // namespace
}  // namespace stalemate
