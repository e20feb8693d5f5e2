// near-cache push lost or late: an application server answered from its own copy, which the push that follows a change
// of the entry had not removed.
#include <algorithm>

#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

/// The first removal of the copy after the lookup had begun, or nullptr.
const StepRecord* find_late_removal(const Evidence& evidence) {
  const std::span<const StepRecord> steps = evidence.history.steps();
  const std::span<const StepPosition> positions = evidence.entries.changes_in(evidence.place);
  auto next = std::ranges::lower_bound(positions, evidence.answer->start_ns(), {},
                                       [steps](StepPosition at) { return steps[at].start_ns(); });
  next =
      std::find_if(next, positions.end(), [steps](StepPosition at) { return steps[at].command() == Command::erase; });
  return next == positions.end() ? nullptr : &steps[*next];
}

Steps prove_lost_push(const Evidence& evidence) {
  const bool is_copy = evidence.set != nullptr && evidence.place != cache_place && evidence.update != nullptr;
  if (!is_copy || !evidence.is_source_in_time || !evidence.removals.empty() || evidence.lost_change() != nullptr) {
    return {};
  }
  const auto pushed =
      std::ranges::find(evidence.changes, Outcome::ok, [](const StepRecord* change) { return change->outcome(); });
  if (pushed == evidence.changes.end()) {
    return {};
  }
  Steps proof = {evidence.source, evidence.set, evidence.update, *pushed, evidence.answer};
  if (const StepRecord* late = find_late_removal(evidence); late != nullptr) {
    proof.push_back(late);
  }
  return proof;
}

const bool lost_push_registered = CauseRegistry::add(
    {.name = "near-cache push lost or late",
     .definition =
         "the copy was made before the newer write's delete, and no push removed it between that delete and the lookup",
     .conclusion = "The application server still had its copy: the push that was to remove it had not come.",
     .order = CauseOrder::not_done,
     .prove = prove_lost_push});

}  // namespace
}  // namespace stalemate
