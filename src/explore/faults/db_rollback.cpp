// db-rollback: the database goes back to an earlier state: a standby that had stopped following it takes over, as under
// `db: rollback` of a run. Writes that it lacks are lost, acknowledged or not. Where a pattern reads from a replica,
// that is the standby.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

std::vector<WorldChange> database_left_behind(WorldTable& table, WorldId id) {
  const World& before = table[id];
  if (before.left_behind || before.unseen != 0) {
    return {};
  }
  const WorldId after = table.standby_left_behind(id);
  return {{after, "the standby of the database stops following it; it has the row " +
                      std::to_string(table[after].replica_row)}};
}

[[maybe_unused]] const bool db_rollback_registered = VirtualFaultRegistry::add(
    VirtualFaultInfo{.name = "db-rollback",
                     .summary = "the database fails over to a standby that had stopped following it",
                     .strike = database_left_behind,
                     .concerns = [](const PatternInfo& pattern) { return pattern.needs.feed != FeedKind::change_log; },
                     .why_not = "it follows the database's log of changes, which ends with its server"});

}  // namespace
}  // namespace stalemate
