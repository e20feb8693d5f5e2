// reordered sets: two writers set the entry in the other order than the database applied their writes.
#include <algorithm>

#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove_reordered_sets(const Evidence& evidence) {
  const auto is_set = [](const StepRecord* change) { return change->command() == Command::set; };
  if (!evidence.is_race() || evidence.source != nullptr || std::ranges::none_of(evidence.changes, is_set)) {
    return {};
  }
  Steps proof = {evidence.answer, evidence.set, evidence.update};
  proof.insert(proof.end(), evidence.changes.begin(), evidence.changes.end());
  return proof;
}

const bool reordered_sets_registered = CauseRegistry::add(
    {.name = "reordered sets",
     .definition = "a writer's set of the old version landed after the newer write's set",
     .conclusion = "Two writers set the entry in the other order than the database applied their writes.",
     .order = CauseOrder::race,
     .prove = prove_reordered_sets});

}  // namespace
}  // namespace stalemate
