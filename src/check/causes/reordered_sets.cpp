// reordered sets: two writers set the entry in the other order than the database applied their writes.
#include <algorithm>

#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove(const Evidence& evidence) {
  const auto is_set = [](const StepRecord* change) { return change->command() == Command::set; };
  if (!evidence.is_race() || evidence.source != nullptr || std::ranges::none_of(evidence.changes, is_set)) {
    return {};
  }
  Steps proof = {evidence.answer, evidence.set, evidence.update};
  proof.insert(proof.end(), evidence.changes.begin(), evidence.changes.end());
  return proof;
}

const bool registered = CauseRegistry::add(
    {.name = "reordered sets",
     .definition = "a writer's set of the old version landed after the newer write's set",
     .conclusion = "Two writers set the entry in the other order than the database applied their writes.",
     .order = CauseOrder::race,
     .prove = prove});

}  // namespace
}  // namespace stalemate
