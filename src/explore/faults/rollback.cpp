// rollback: the cache goes back to an earlier state: a standby that had stopped following it takes over.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> left_behind(WorldTable& table, WorldId id) {
  World after = table[id];
  if (after.standby) {
    return {};
  }
  after.standby = true;
  after.kept = after.cache;
  return {{table.id_of(after),
           "the standby of the cache stops following it; it holds: " + words_of(table.slots(after.cache))}};
}

[[maybe_unused]] const bool rollback_registered = VirtualFaultRegistry::add(VirtualFaultInfo{
    .name = "rollback",
    .summary = "the cache fails over to a standby that had stopped following it",
    .strike = left_behind,
    .concerns = [](const PatternInfo& pattern) { return pattern.entry_after_write != EntryAfterWrite::no_cache; },
    .why_not = "it keeps nothing in the cache"});

}  // namespace
}  // namespace stalemate
