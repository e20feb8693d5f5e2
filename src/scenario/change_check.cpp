#include "scenario/change_check.hpp"

#include <algorithm>
#include <string>

#include "core/pattern/pattern.hpp"

namespace stalemate {
namespace {

std::unexpected<Error> cannot_guard(const std::string& why) {
  return failed(ErrorCode::wrong_type, "add_guard: " + why + "; leave it out");
}

bool has_late_copies(const Scenario& scenario) {
  return std::ranges::any_of(scenario.faults, [](const auto& named) {
    const Result<ConfiguredFault> fault = configure_fault(named.first, named.second);
    return fault && std::ranges::any_of(fault->clauses, [](const CallClause& clause) {
             return (clause.calls & role_bit(Role::update)) != 0 && clause.trouble.late_copies > 0;
           });
  });
}

Result<void> check_guard(const Scenario& scenario) {
  const PatternInfo& pattern = *PatternRegistry::find(scenario.pattern);
  // With a queue in the cache and entries that a write replaces, the row is written by whoever takes the queue.
  const bool writes_later =
      pattern.needs.feed == FeedKind::cache_queue && pattern.entry_after_write == EntryAfterWrite::replaced;
  if (pattern.needs.feed == FeedKind::outbox || writes_later) {
    return cannot_guard("pattern " + scenario.pattern + " does not write the row by a statement of its own");
  }
  if (scenario.data) {
    return cannot_guard("it is for the table stock, not for one that [data] names");
  }
  if (has_late_copies(scenario)) {
    return cannot_guard("a fault of this scenario has updates take effect late, when nothing guards them");
  }
  return {};
}

}  // namespace

Result<void> check_changes(const Scenario& scenario) {
  return scenario.add_guard ? check_guard(scenario) : Result<void>();
}

}  // namespace stalemate
