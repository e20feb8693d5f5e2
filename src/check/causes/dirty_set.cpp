// dirty set: the entry held what was never in the database.
#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

Steps prove_dirty_set(const Evidence& evidence) {
  const bool is_written = evidence.setter != nullptr && evidence.setter->kind() != OpKind::read &&
                          evidence.setter->value() == evidence.set->value();
  const bool misses_a_lost_write = evidence.newer != nullptr && evidence.update == nullptr;
  if (!is_written || misses_a_lost_write || evidence.entries.find_update(evidence.set->value()) != nullptr) {
    return {};
  }
  const StepRecord* const refused = find_step(evidence.setter_steps, is_update);
  if (refused == nullptr) {
    return {};
  }
  return {evidence.answer, evidence.set, refused};
}

const bool dirty_set_registered =
    CauseRegistry::add({.name = "dirty set",
                        .definition = "the entry held a value whose own update was skipped or refused",
                        .conclusion = "The entry was set to a value whose own write never reached the database.",
                        .order = CauseOrder::nothing_newer,
                        .wrong = "returned a value that never reached the database",
                        .fault = "lost-request",
                        .prove = prove_dirty_set});

}  // namespace
}  // namespace stalemate
