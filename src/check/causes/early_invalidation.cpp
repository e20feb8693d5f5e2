// invalidate-before-commit refill: the delete came before the row was new, and a miss put the old row back.
#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove_early_invalidation(const Evidence& evidence) {
  if (!evidence.is_race() || !evidence.is_too_early()) {
    return {};
  }
  Steps proof = {evidence.answer, evidence.set, evidence.source, evidence.update};
  proof.insert(proof.end(), evidence.changes.begin(), evidence.changes.end());
  return proof;
}

const bool early_invalidation_registered = CauseRegistry::add(
    {.name = "invalidate-before-commit refill",
     .definition =
         "the delete or set of the entry had ended before the update took effect, and a miss refilled the old row",
     .conclusion =
         "The write had deleted or set the entry before the new row was there, and a miss put the old row back.",
     .order = CauseOrder::race,
     .prove = prove_early_invalidation});

}  // namespace
}  // namespace stalemate
