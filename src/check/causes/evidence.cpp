#include "check/causes/evidence.hpp"

#include <algorithm>

#include "check/exact/key_history.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {

namespace {

/// The last step before `end_ns` in which the value was looked up or loaded.
const StepRecord* find_answer_in(std::span<const StepRecord> steps, Value value, Nanoseconds end_ns) {
  return find_last_step(steps, [&](const StepRecord& step) {
    const bool asks = step.command() == Command::get || step.command() == Command::read;
    return asks && step.outcome() == Outcome::ok && step.value() == value && step.end_ns() <= end_ns;
  });
}

/// The op's update that was applied, else the one that may have been, else nullptr.
const StepRecord* find_possible_update(std::span<const StepRecord> steps) {
  const StepRecord* applied =
      find_step(steps, [](const StepRecord& step) { return is_update(step) && step.outcome() == Outcome::ok; });
  return applied != nullptr
             ? applied
             : find_step(steps, [](const StepRecord& step) { return is_update(step) && may_have_happened(step); });
}

}  // namespace

const StepRecord* Evidence::lost_change() const {
  const auto was_done = [](const StepRecord* change) { return change->outcome() == Outcome::ok; };
  // A background part tries again until it is done.
  if (set == nullptr || (is_relayed && std::ranges::any_of(changes, was_done))) {
    return nullptr;
  }
  // Without the cache's delete no push follows, whenever the copy was made.
  const bool has_no_push = place != cache_place && removals.empty() && std::ranges::none_of(changes, was_done);
  const auto lost = std::ranges::find_if(changes, [&](const StepRecord* change) {
    // What would have had the set refused counts even where it was due before the set.
    const Ward ward = ward_of(history.header, *change);
    const bool refuses = ward == Ward::mark || ward == Ward::revoke;
    return was_lost(*change) && (has_no_push || refuses || change->end_ns() >= set->start_ns());
  });
  return lost == changes.end() ? nullptr : *lost;
}

bool Evidence::is_race() const {
  const bool is_own_value = source == nullptr && setter != nullptr && setter->kind() != OpKind::read;
  return set != nullptr && update != nullptr && !changes.empty() && lost_change() == nullptr &&
         (is_own_value || is_source_in_time);
}

bool Evidence::is_too_early() const {
  if (source == nullptr || place != cache_place) {
    return false;
  }
  // A load that began after the deletes and still found the old row proves that they came before the update.
  const auto was_before = [this](const StepRecord* change) { return change->end_ns() <= update->start_ns(); };
  const auto was_before_load = [this](const StepRecord* change) { return change->end_ns() < source->start_ns(); };
  return std::ranges::all_of(changes, was_before) || std::ranges::all_of(changes, was_before_load);
}

Evidence EvidenceFinder::find(const OpRecord& read, OpIndex newer) {
  entries_.turn_to(read.key().index);
  Evidence evidence{.history = history_, .entries = entries_, .read = read};
  evidence.newer = history_.find_op(newer);
  evidence.read_steps = history_.steps_of(read.index());
  if (evidence.newer != nullptr) {
    evidence.newer_steps = history_.steps_of(newer);
    evidence.update = find_possible_update(evidence.newer_steps);
    if (evidence.update == nullptr && entries_.has_background()) {
      evidence.update = entries_.find_update(evidence.newer->value());
    }
  }
  find_answer(evidence);
  return evidence;
}

void EvidenceFinder::find_answer(Evidence& evidence) {
  evidence.answer = find_answer_in(evidence.read_steps, evidence.read.value(), never);
  find_changes(evidence);
  find_set(evidence);
  const bool is_copy = evidence.set != nullptr && evidence.place != cache_place;
  if (is_copy && evidence.source != nullptr && evidence.source->store() == Store::cache &&
      !evidence.is_source_in_time) {
    follow_copy(evidence);
    find_set(evidence);
  } else if (is_copy) {
    find_removals(evidence);
  }
}

/// The copy was made of an entry that was old already: that lookup is what needs to be explained.
void EvidenceFinder::follow_copy(Evidence& evidence) {
  evidence.copied = {evidence.set, evidence.answer};
  evidence.answer = evidence.source;
}

void EvidenceFinder::find_set(Evidence& evidence) const {
  evidence.set = evidence.source = nullptr;
  const std::optional<EntryPlace> place = evidence.is_hit() ? entries_.place_of(*evidence.answer) : std::nullopt;
  if (!place) {
    return;
  }
  evidence.place = *place;
  evidence.origin = entries_.find_origin(*place, *evidence.answer);
  evidence.set = evidence.origin.set;
  if (evidence.set == nullptr) {
    return;
  }
  evidence.setter = history_.find_op(evidence.set->op());
  evidence.setter_steps = history_.steps_of(evidence.set->op());
  evidence.source = find_answer_in(evidence.setter_steps, evidence.set->value(), evidence.set->start_ns());
  judge_source(evidence);
}

/// Whether the row, or the entry in the cache, may still have been the old one when the source asked.
void EvidenceFinder::judge_source(Evidence& evidence) {
  const StepRecord* source = evidence.source;
  if (source == nullptr || evidence.update == nullptr) {
    evidence.is_source_in_time = false;
  } else if (source->role() == Role::load) {
    evidence.is_source_in_time =
        source->store() == Store::database && source->start_ns() <= effect_end_ns(*evidence.update);
  } else {
    evidence.is_source_in_time = std::ranges::any_of(evidence.changes, [source](const StepRecord* change) {
      return change->outcome() == Outcome::ok && source->start_ns() <= change->end_ns();
    });
  }
}

void EvidenceFinder::find_changes(Evidence& evidence) {
  if (evidence.newer == nullptr) {
    return;
  }
  for (const StepRecord& step : evidence.newer_steps) {
    if (changes_entry(step) && step.store() == Store::cache) {
      evidence.changes.push_back(&step);
    }
  }
  if (evidence.changes.empty() && entries_.has_background()) {
    evidence.is_relayed = evidence.newer->outcome() == Outcome::ok || entries_.leaves_entries_to_background();
    if (evidence.is_relayed) {
      evidence.changes = entries_.relayed_for(evidence.newer->value());
    }
  }
}

/// The server's own removal by `newer`, and what the cache's push led to.
void EvidenceFinder::find_removals(Evidence& evidence) const {
  if (evidence.newer == nullptr) {
    return;
  }
  Nanoseconds pushed_ns = never;
  for (const StepRecord* change : evidence.changes) {
    pushed_ns = may_have_happened(*change) ? std::min(pushed_ns, change->start_ns()) : pushed_ns;
  }
  const Nanoseconds from_ns = std::min(pushed_ns, evidence.newer->invocation_ns());
  const std::span<const StepRecord> steps = history_.steps();
  const std::span<const StepPosition> positions = entries_.changes_in(evidence.place);
  auto next =
      std::ranges::lower_bound(positions, from_ns, {}, [steps](StepPosition at) { return steps[at].start_ns(); });
  for (; next != positions.end() && steps[*next].start_ns() <= evidence.set->end_ns(); ++next) {
    const StepRecord& step = steps[*next];
    const bool is_removal = step.command() == Command::erase;
    const OpRecord* op = is_removal ? history_.find_op(step.op()) : nullptr;
    const bool is_pushed = op != nullptr && op->kind() == OpKind::background && step.start_ns() >= pushed_ns;
    if (is_pushed || (op != nullptr && op == evidence.newer)) {
      evidence.removals.push_back(&step);
    }
  }
}

}  // namespace stalemate
