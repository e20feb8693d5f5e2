// lost invalidation: the newer write sent its delete or set, and it was lost.
#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove_lost_invalidation(const Evidence& evidence) {
  if (evidence.update == nullptr || evidence.lost_change() == nullptr) {
    return {};
  }
  Steps proof = {evidence.answer, evidence.set, evidence.update};
  proof.insert(proof.end(), evidence.changes.begin(), evidence.changes.end());
  return proof;
}

std::string_view conclude_lost_invalidation(const Evidence& evidence) {
  return evidence.place == cache_place
             ? ""
             : "The change of the entry that should have followed the newer write was lost, so no push came, and the "
               "application server's copy stayed.";
}

const bool lost_invalidation_registered = CauseRegistry::add(
    {.name = "lost invalidation",
     .definition = "the newer write's delete or set, due after the old entry was set (or to have its set refused, or a "
                   "copy of it pushed out), was skipped, "
                   "failed or never answered",
     .conclusion =
         "The change of the entry that should have followed the newer write was lost, so the old entry stayed.",
     .order = CauseOrder::not_done,
     .fault = "lost-request",
     .prove = prove_lost_invalidation,
     .conclude = conclude_lost_invalidation});

}  // namespace
}  // namespace stalemate
