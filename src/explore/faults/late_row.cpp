// late-row: a write is in the database's log of changes before readers can see the row. PostgreSQL does so with a
// synchronous standby: the commit record is written and decoded, and the row stays hidden until the standby has
// answered; the writer waits as long, and so does whoever else writes the row. Where the writer dies meanwhile, the row
// is taken to appear at that moment.
//
// Source: PostgreSQL documentation, "Synchronous Replication"; SyncRepWaitForLSN is called before
// ProcArrayEndTransaction.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool late_row_registered = VirtualFaultRegistry::add(VirtualFaultInfo{
    .name = "late-row",
    .summary = "the log of changes has a write before readers can see the row",
    .call =
        VirtualCallFault{
            .row_writes_only = true, .in_log_only = true, .words = "the log has it, and the row is not to be seen yet"},
    .concerns = [](const PatternInfo& pattern) { return pattern.needs.feed == FeedKind::change_log; },
    .why_not = "nothing of it lives on the database's log of changes"});

}  // namespace
}  // namespace stalemate
