// TTL not yet expired: writes leave the entry alone, and only its time to live ends it.
#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove_not_yet_expired(const Evidence& evidence) {
  const bool is_alone = evidence.changes.empty() && !evidence.is_relayed && evidence.history.is_complete();
  if (evidence.set == nullptr || evidence.update == nullptr || !is_alone || evidence.newer->outcome() != Outcome::ok) {
    return {};
  }
  return {evidence.set, evidence.update, evidence.answer};
}

const bool not_yet_expired_registered =
    CauseRegistry::add({.name = "TTL not yet expired",
                        .definition = "the newer write was acknowledged and made no attempt to change the entry",
                        .conclusion = "Writes leave the entry alone here: it stays until its time to live has passed.",
                        .order = CauseOrder::not_done,
                        .prove = prove_not_yet_expired});

}  // namespace
}  // namespace stalemate
