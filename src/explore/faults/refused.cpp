// refused: the database rolls a write back and says so: a constraint, a trigger, a transaction that had to give way.
// The row, its version, the log of changes and the outbox stay as they were.
#include "explore/model/virtual_fault.hpp"

namespace stalemate {
namespace {

[[maybe_unused]] const bool refused_registered = VirtualFaultRegistry::add(VirtualFaultInfo{
    .name = "refused",
    .summary = "the database rolls a write back and tells the writer",
    .call =
        VirtualCallFault{
            .trouble = refused_write, .row_writes_only = true, .words = "the database rolls it back and says so"},
    .why_not = "it writes no row",
    .former_name = "refuse"});

}  // namespace
}  // namespace stalemate
