// replica-lag fill: the old version came from a replica.
#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

Steps prove_replica_lag(const Evidence& evidence) {
  const StepRecord* const load = evidence.is_hit() ? evidence.source : evidence.answer;
  const bool is_late = load != nullptr && evidence.update != nullptr && load->store() == Store::replica &&
                       load->start_ns() > effect_end_ns(*evidence.update);
  if (!is_late || evidence.lost_change() != nullptr) {
    return {};
  }
  Steps proof = {evidence.update, load};
  if (evidence.is_hit()) {
    if (evidence.changes.empty()) {
      return {};
    }
    proof.insert(proof.end(), {evidence.set, evidence.answer, evidence.changes.back()});
    return proof;
  }
  for (const StepRecord& step : evidence.read_steps) {
    if (&step != load) {
      proof.push_back(&step);
    }
  }
  return proof;
}

const bool replica_lag_registered =
    CauseRegistry::add({.name = "replica-lag fill",
                        .definition = "the old version was loaded from a replica after the update had ended",
                        .conclusion = "The replica had not yet applied the newer write.",
                        .order = CauseOrder::not_done,
                        .fault = "replica-lag",
                        .prove = prove_replica_lag});

}  // namespace
}  // namespace stalemate
