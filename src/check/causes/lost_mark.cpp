// lost tombstone or version: a set was taken that a stamp in the cache was to refuse, so the stamp was gone.
#include <algorithm>

#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

Steps prove_lost_mark(const Evidence& evidence) {
  const HistoryHeader& header = evidence.history.header;
  const StepRecord* const set = evidence.set;
  const bool is_refusable = set != nullptr && evidence.update != nullptr && set->outcome() == Outcome::ok &&
                            ward_of(header, *set) == Ward::compare;
  if (!is_refusable) {
    return {};
  }
  const auto left = std::ranges::find_if(evidence.changes, [&](const StepRecord* change) {
    const Ward ward = ward_of(header, *change);
    return (ward == Ward::mark || ward == Ward::compare) && change->outcome() == Outcome::ok &&
           change->version() > set->version() && change->end_ns() < set->start_ns();
  });
  if (left == evidence.changes.end()) {
    return {};
  }
  Steps proof = {evidence.update, *left, set, evidence.answer};
  if (evidence.source != nullptr) {
    proof.push_back(evidence.source);
  }
  return proof;
}

const bool lost_mark_registered =
    CauseRegistry::add({.name = "lost tombstone or version",
                        .definition = "a set of the old version was taken after the newer write had left a tombstone, "
                                      "time stamp, token or version that refuses it",
                        .conclusion = "What the newer write had left in the cache to refuse older sets was gone: "
                                      "evicted, expired, or lost with the cache.",
                        .order = CauseOrder::undone,
                        .fault = "evict",
                        .prove = prove_lost_mark});

}  // namespace
}  // namespace stalemate
