// cache restart or failover rolled back: what was removed from the cache, or made to count no more, was there again.
#include <algorithm>

#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

Steps prove_entry_is_back(const Evidence& evidence) {
  // What is missing from a cut history may have set the entry.
  if (evidence.origin.undone == nullptr || !evidence.history.is_complete()) {
    return {};
  }
  return {evidence.origin.undone, evidence.origin.removal, evidence.answer, evidence.update};
}

Steps prove_token_is_back(const Evidence& evidence) {
  const HistoryHeader& header = evidence.history.header;
  if (ward_of(header, *evidence.set) != Ward::redeem || evidence.set->outcome() != Outcome::ok) {
    return {};
  }
  const StepRecord* const granted = find_step(evidence.setter_steps, [&](const StepRecord& step) {
    return ward_of(header, step) == Ward::grant && step.outcome() == Outcome::ok &&
           step.version() == evidence.set->version();
  });
  if (granted == nullptr) {
    return {};
  }
  const auto revoked = std::ranges::find_if(evidence.changes, [&](const StepRecord* change) {
    return ward_of(header, *change) == Ward::revoke && change->outcome() == Outcome::ok &&
           change->start_ns() > granted->end_ns() && change->end_ns() < evidence.set->start_ns();
  });
  if (revoked == evidence.changes.end()) {
    return {};
  }
  return {granted, evidence.update, *revoked, evidence.set, evidence.answer};
}

Steps prove_rolled_back(const Evidence& evidence) {
  if (evidence.update == nullptr || !evidence.is_hit() || evidence.answer->store() != Store::cache) {
    return {};
  }
  return evidence.set == nullptr ? prove_entry_is_back(evidence) : prove_token_is_back(evidence);
}

const bool rolled_back_registered =
    CauseRegistry::add({.name = "cache restart or failover rolled back",
                        .definition = "the old entry had certainly been removed and nothing set it "
                                      "again; or a set was taken whose token had been revoked",
                        .conclusion = "The cache had come back with an older state.",
                        .order = CauseOrder::undone,
                        .fault = "rollback",
                        .prove = prove_rolled_back});

}  // namespace
}  // namespace stalemate
