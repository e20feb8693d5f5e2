// replica-lag: the replica falls behind: from a moment on it gets each commit at any later one.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> falls_behind(WorldTable& table, WorldId id) {
  World after = table[id];
  if (after.lags) {
    return {};
  }
  after.lags = true;
  after.replica_row = after.row;
  after.replica_version = after.version;
  return {{table.id_of(after), "the replica begins to lag"}};
}

[[maybe_unused]] const bool replica_lag_registered = VirtualFaultRegistry::add(
    VirtualFaultInfo{.name = "replica-lag",
                     .summary = "the replica gets commits late",
                     .strike = falls_behind,
                     .concerns = [](const PatternInfo& pattern) { return pattern.needs.replica; },
                     .why_not = "it reads from no replica"});

}  // namespace
}  // namespace stalemate
