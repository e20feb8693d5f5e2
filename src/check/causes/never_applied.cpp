// write acknowledged but never applied: there was nothing newer for the read to find.
#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

Steps prove_never_applied(const Evidence& evidence) {
  if (evidence.newer == nullptr || evidence.update != nullptr) {
    return {};
  }
  Steps proof;
  const auto add = [&proof](std::span<const StepRecord> steps) {
    for (const StepRecord& step : steps) {
      proof.push_back(&step);
    }
  };
  add(evidence.newer_steps);
  add(evidence.read_steps);
  const StepRecord* const shown = evidence.entries.find_update(evidence.read.value());
  if (shown != nullptr && shown->outcome() == Outcome::ok) {
    proof.push_back(shown);
  }
  return proof;
}

const bool never_applied_registered =
    CauseRegistry::add({.name = "write acknowledged but never applied",
                        .definition = "the read missed an acknowledged write whose update was skipped or refused",
                        .conclusion = "The write was acknowledged, but its update never reached the database.",
                        .order = CauseOrder::nothing_newer,
                        .wrong = "did not show a write that had been acknowledged",
                        .fault = "lost-request",
                        .prove = prove_never_applied});

}  // namespace
}  // namespace stalemate
