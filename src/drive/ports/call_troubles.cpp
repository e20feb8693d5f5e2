#include "drive/ports/call_troubles.hpp"

namespace stalemate {

CallEffect CallTroubles::of_call(const CallMoment& moment) {
  CallEffect effect;
  const std::span<const PlannedClause> clauses = plan_.call_clauses();
  for (std::size_t place = 0; place < clauses.size(); ++place) {
    const PlannedClause& clause = clauses[place];
    if (!fits(clause, moment)) {
      continue;
    }
    if (clause.clause.nth == 0 || counts_[place].fetch_add(1) + 1 == clause.clause.nth) {
      effect.add(clause);
    }
  }
  return effect;
}

}  // namespace stalemate
