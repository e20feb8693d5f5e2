// expired lock or lease: two held the key's lock at once, so that one's work came in the middle of the other's.
#include <algorithm>
#include <optional>

#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

/// An op's time as holder of the lock, as far as it knew.
struct Holding {
  const StepRecord* taken = nullptr;  // nullptr: it took none
  Nanoseconds until_ns = 0;           // when it began to give it back, or else did its last step
  std::optional<EntryPlace> place = {};
};

Holding find_holding(const Evidence& evidence, const OpRecord& op, std::span<const StepRecord> steps) {
  const HistoryHeader& header = evidence.history.header;
  Holding holding;
  for (const StepRecord& step : steps) {
    const Ward ward = ward_of(header, step);
    if (ward == Ward::hold && step.outcome() == Outcome::ok) {
      holding.taken = &step;
      holding.place = evidence.entries.place_of(step);
    }
    if (holding.taken != nullptr) {
      holding.until_ns = step.start_ns();
    }
    if (ward == Ward::release) {
      break;
    }
  }
  return op.kind() == OpKind::background ? Holding() : holding;
}

Steps prove_expired_lock(const Evidence& evidence) {
  if (!evidence.is_race()) {
    return {};
  }
  const Holding old_one = find_holding(evidence, *evidence.setter, evidence.setter_steps);
  const Holding new_one = find_holding(evidence, *evidence.newer, evidence.newer_steps);
  const bool is_same_lock = old_one.taken != nullptr && new_one.taken != nullptr && old_one.place == new_one.place;
  if (!is_same_lock ||
      std::max(old_one.taken->end_ns(), new_one.taken->end_ns()) > std::min(old_one.until_ns, new_one.until_ns)) {
    return {};
  }
  Steps proof = {old_one.taken, new_one.taken, evidence.update, evidence.changes.back(), evidence.set, evidence.answer};
  if (evidence.source != nullptr) {
    proof.push_back(evidence.source);
  }
  return proof;
}

const bool expired_lock_registered = CauseRegistry::add(
    {.name = "expired lock or lease",
     .definition = "who set the old version and the newer write held the key's lock at the same time",
     .conclusion = "Two held the key's lock at once: that of the first had run out, or was lost.",
     .order = CauseOrder::special_race,
     .fault = "expire",
     .prove = prove_expired_lock});

}  // namespace
}  // namespace stalemate
