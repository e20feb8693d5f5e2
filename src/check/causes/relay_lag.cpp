// relay or CDC lag: a background part was to carry the newer write on, to the cache or to the database, and had not
// come to it yet.
#include <algorithm>

#include "check/causes/cause.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

/// The relay, or the consumer of the log, had not changed the entry.
Steps prove_old_entry(const Evidence& evidence) {
  const StepRecord* const answer = evidence.answer;
  if (evidence.set == nullptr || !evidence.is_relayed || evidence.lost_change() != nullptr) {
    return {};
  }
  const auto was_in_time = [answer](const StepRecord* change) { return effect_end_ns(*change) < answer->start_ns(); };
  // What a background part did for a write that is not told may have been for this one.
  const bool is_unclear = evidence.changes.empty() &&
                          evidence.entries.has_unknown_relay(evidence.update->start_ns(), answer->start_ns() - 1);
  if (is_unclear || std::ranges::any_of(evidence.changes, was_in_time)) {
    return {};
  }
  Steps proof = {evidence.set, evidence.update, answer};
  const auto late = std::ranges::find_if(
      evidence.changes, [answer](const StepRecord* change) { return change->end_ns() >= answer->start_ns(); });
  if (late != evidence.changes.end()) {
    proof.push_back(*late);
  }
  return proof;
}

/// The flusher had not written the row.
Steps prove_old_row(const Evidence& evidence) {
  const bool is_flushed = evidence.update->op() != evidence.newer->index();
  if (!is_flushed || evidence.update->end_ns() < evidence.answer->start_ns() || evidence.changes.empty()) {
    return {};
  }
  Steps proof = {evidence.changes.front(), evidence.answer, evidence.update};
  for (const StepRecord& step : evidence.read_steps) {
    if (&step != evidence.answer) {
      proof.push_back(&step);
    }
  }
  return proof;
}

Steps prove_relay_lag(const Evidence& evidence) {
  if (evidence.update == nullptr) {
    return {};
  }
  return evidence.is_hit() ? prove_old_entry(evidence) : prove_old_row(evidence);
}

const bool relay_lag_registered =
    CauseRegistry::add({.name = "relay or CDC lag",
                        .definition = "a background part is to change the entry for the newer write, or to write its "
                                      "row, and had not done so before the lookup",
                        .conclusion = "A background part was to carry the newer write on, and had not yet come to it.",
                        .order = CauseOrder::not_done,
                        .prove = prove_relay_lag});

}  // namespace
}  // namespace stalemate
