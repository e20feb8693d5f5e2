// writer crashed before invalidation: the row was updated, and then nothing more was heard of its writer.
#include "check/causes/cause.hpp"

namespace stalemate {
namespace {

Steps prove_writer_crash(const Evidence& evidence) {
  const bool is_alone = evidence.changes.empty() && !evidence.is_relayed && evidence.history.is_complete();
  if (evidence.set == nullptr || evidence.update == nullptr || !is_alone || evidence.newer->outcome() == Outcome::ok) {
    return {};
  }
  return {evidence.set, evidence.update, evidence.answer};
}

const bool writer_crash_registered =
    CauseRegistry::add({.name = "writer crashed before invalidation",
                        .definition = "the newer write was applied, its outcome is unknown, and no delete was sent",
                        .conclusion = "The row was updated, but its writer never got to delete the entry.",
                        .order = CauseOrder::not_done,
                        .fault = "crash",
                        .prove = prove_writer_crash});

}  // namespace
}  // namespace stalemate
