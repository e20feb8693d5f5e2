// stale fill: what a reader had loaded before the update came into the cache after the delete.
#include <algorithm>

#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove_stale_fill(const Evidence& evidence) {
  const auto is_set = [](const StepRecord* change) { return change->command() == Command::set; };
  const bool is_writers_set = evidence.source == nullptr && std::ranges::any_of(evidence.changes, is_set);
  const bool is_copy_in_time = evidence.place != cache_place && evidence.removals.empty();
  if (!evidence.is_race() || evidence.is_too_early() || is_writers_set || is_copy_in_time) {
    return {};
  }
  Steps proof = {evidence.answer, evidence.set, evidence.update, evidence.changes.back()};
  if (evidence.source != nullptr) {
    proof.push_back(evidence.source);
  }
  if (!evidence.removals.empty()) {
    proof.push_back(evidence.removals.front());
  }
  return proof;
}

/// Of the first removal that a copy in an application server came after.
bool removal_was_pushed(const Evidence& evidence) {
  const OpRecord* op = evidence.history.find_op(evidence.removals.front()->op());
  return op != nullptr && op->kind() == OpKind::background;
}

std::string_view conclude_stale_fill(const Evidence& evidence) {
  if (evidence.removals.empty()) {
    return {};
  }
  return removal_was_pushed(evidence)
             ? "The copy was made of what was there before the newer write, and landed after the push that was to "
               "remove it."
             : "The copy was made of what was there before the newer write, and landed after the server's own removal.";
}

const bool stale_fill_registered = CauseRegistry::add(
    {.name = "stale fill",
     .definition = "the old version was loaded before the update, and its fill landed after the newer write's delete, "
                   "or the copy of it after the push",
     .conclusion =
         "The fill carried a row that was loaded before the newer write, and landed after that write's delete.",
     .order = CauseOrder::race,
     .prove = prove_stale_fill,
     .conclude = conclude_stale_fill});

}  // namespace
}  // namespace stalemate
