// rollback of the database: a standby that lacked the newer write, or the one whose value was read, took its place.
#include <algorithm>

#include "check/causes/cause.hpp"
#include "check/passes/fault_windows.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {
namespace {

using Rollbacks = std::vector<TimeWindow>;

/// The row was loaded as it had been before an update that the database had answered.
Steps prove_row_was_lost(const Evidence& evidence, const Rollbacks& rollbacks) {
  const StepRecord* const load = evidence.is_hit() ? evidence.source : evidence.answer;
  const StepRecord& update = *evidence.update;
  if (load == nullptr || load->role() != Role::load || load->start_ns() <= effect_end_ns(update) ||
      !evidence.entries.was_written_before(evidence.read.value(), update)) {
    return {};
  }
  const bool is_lost = std::ranges::any_of(rollbacks, [&](const TimeWindow& rollback) {
    // A replica that is read from is the standby. Until it has taken over it merely lags.
    const bool shows_loss = load->store() == Store::database || load->start_ns() > rollback.end_ns;
    return shows_loss && is_between(rollback, update.start_ns(), load->end_ns());
  });
  if (!is_lost) {
    return {};
  }
  Steps proof = {&update, load};
  if (const StepRecord* const shown = evidence.entries.find_update(evidence.read.value())) {
    proof.push_back(shown);
  }
  if (evidence.is_hit()) {
    proof.insert(proof.end(), {evidence.set, evidence.answer});
  }
  for (const StepRecord& step : evidence.read_steps) {
    if (!evidence.is_hit() && &step != load) {
      proof.push_back(&step);
    }
  }
  return proof;
}

/// The entry is of a lost write. The newer write was given the version that the lost one had had, or an older one, so
/// that the cache refused what it did to the entry.
Steps prove_version_was_reused(const Evidence& evidence, const Rollbacks& rollbacks) {
  const StepRecord* const shown = evidence.entries.find_update(evidence.read.value());
  const StepRecord& update = *evidence.update;
  const auto refused = std::ranges::find_if(evidence.changes, [&](const StepRecord* change) {
    return was_refused(*change) && evidence.set != nullptr && evidence.set->end_ns() <= change->start_ns();
  });
  if (!evidence.is_hit() || shown == nullptr || shown->outcome() != Outcome::ok || refused == evidence.changes.end()) {
    return {};
  }
  const bool is_reused = std::ranges::any_of(rollbacks, [&](const TimeWindow& rollback) {
    return is_between(rollback, shown->start_ns(), shown->end_ns()) && update.start_ns() >= rollback.end_ns;
  });
  return is_reused ? Steps{shown, &update, *refused, evidence.set, evidence.answer} : Steps();
}

Steps prove_database_rolled_back(const Evidence& evidence) {
  const Rollbacks rollbacks = database_rollbacks(evidence.history);
  if (rollbacks.empty() || evidence.update == nullptr) {
    return {};
  }
  Steps proof = prove_row_was_lost(evidence, rollbacks);
  return proof.empty() ? prove_version_was_reused(evidence, rollbacks) : proof;
}

std::string_view conclude_rollback(const Evidence& evidence) {
  return prove_row_was_lost(evidence, database_rollbacks(evidence.history)).empty()
             ? "The database had come back without the write of the entry, and gave its version to the newer one."
             : std::string_view();
}

const bool database_rolled_back_registered =
    CauseRegistry::add({.name = "rollback of the database",
                        .definition = "the old row was loaded after the update had been answered, with a failover of "
                                      "the database in between; or the entry is of a write that the failover lost, "
                                      "and the cache refused the newer write's change for its version",
                        .conclusion = "The database had come back without the newer write.",
                        .order = CauseOrder::nothing_newer,
                        .fault = "db-rollback",
                        .prove = prove_database_rolled_back,
                        .conclude = conclude_rollback});

}  // namespace
}  // namespace stalemate
