#include "check/causes.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "check/key_steps.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

constexpr std::size_t cause_count = static_cast<std::size_t>(Cause::unexplained) + 1;

bool changes_entry(const StepRecord& step) {
  return step.store() == Store::cache && (step.command() == Command::set || step.command() == Command::erase);
}
bool may_have_happened(const StepRecord& step) {
  return step.outcome() != Outcome::fail;
}

/// The latest instant at which the step's effect may have come.
Nanoseconds effect_end_ns(const StepRecord& step) {
  return step.outcome() == Outcome::ok ? step.end_ns() : never;
}

/// The one step of the op that fits, or nullptr.
template <class Fits>
const StepRecord* find_step(std::span<const StepRecord> steps, const Fits& fits) {
  const auto place = std::ranges::find_if(steps, fits);
  return place == steps.end() ? nullptr : &*place;
}

}  // namespace

struct CauseFinder::State {
  explicit State(const History& of_history) : history(of_history), key_steps(of_history) {}

  void turn_to(std::uint32_t key);
  const StepRecord* find_setter(const StepRecord& lookup) const;
  bool was_removed_between(const StepRecord& set, const StepRecord& lookup) const;
  Cause classify(const StepRecord& set, OpIndex newer_write, Explanation& explanation) const;
  Cause classify_own(const StepRecord& set, Explanation& explanation) const;
  void explain_hit(const StepRecord& lookup, Explanation& explanation) const;
  void explain_read(const OpRecord& read, Explanation& explanation) const;

  const History& history;
  KeySteps key_steps;
  std::uint32_t key = ~std::uint32_t{0};
  std::vector<StepPosition> changes;  // of the key's entry, by start
  std::vector<StepPosition> sets;     // of the same, by value, then start
};

/// Sorts what changed the key's entry.
void CauseFinder::State::turn_to(std::uint32_t wanted) {
  if (key == wanted) {
    return;
  }
  key = wanted;
  changes.clear();
  sets.clear();
  const std::span<const StepRecord> steps = history.steps();
  for (const StepPosition position : key_steps.of(wanted)) {
    if (changes_entry(steps[position]) && may_have_happened(steps[position])) {
      changes.push_back(position);
      if (steps[position].command() == Command::set) {
        sets.push_back(position);
      }
    }
  }
  std::ranges::sort(changes, {}, [steps](StepPosition at) { return std::pair(steps[at].start_ns(), at); });
  std::ranges::sort(sets, {},
                    [steps](StepPosition at) { return std::tuple(steps[at].value(), steps[at].start_ns(), at); });
}

/// The set that put the value there which the lookup found: the last one of that value that nothing certainly removed
/// in between.
const StepRecord* CauseFinder::State::find_setter(const StepRecord& lookup) const {
  constexpr int tries_max = 8;
  const std::span<const StepRecord> steps = history.steps();
  const auto end =
      std::ranges::upper_bound(sets, std::pair(lookup.value(), lookup.end_ns()), {},
                               [steps](StepPosition at) { return std::pair(steps[at].value(), steps[at].start_ns()); });
  auto place = end;
  for (int tries = 0; tries < tries_max && place != sets.begin(); ++tries) {
    --place;
    const StepRecord& set = steps[*place];
    if (set.value() != lookup.value()) {
      return nullptr;
    }
    if (!was_removed_between(set, lookup)) {
      return &set;
    }
  }
  return nullptr;
}

/// Whether some other change of the entry certainly came after the set and before the lookup.
bool CauseFinder::State::was_removed_between(const StepRecord& set, const StepRecord& lookup) const {
  const Nanoseconds set_end_ns = effect_end_ns(set);
  if (set_end_ns == never) {
    return false;
  }
  const std::span<const StepRecord> steps = history.steps();
  auto place =
      std::ranges::upper_bound(changes, set_end_ns, {}, [steps](StepPosition at) { return steps[at].start_ns(); });
  for (; place != changes.end() && steps[*place].start_ns() < lookup.start_ns(); ++place) {
    if (effect_end_ns(steps[*place]) < lookup.start_ns()) {
      return true;
    }
  }
  return false;
}

/// The set's own op did not get its value into the database.
Cause CauseFinder::State::classify_own(const StepRecord& set, Explanation& explanation) const {
  const OpRecord* op = history.find_op(set.op());
  if (op == nullptr || op->kind() == OpKind::read || op->value() != set.value()) {
    return Cause::unexplained;
  }
  const StepRecord* update = find_step(history.steps_of(set.op()), [](const StepRecord& step) {
    return step.role() == Role::update && step.outcome() != Outcome::ok;
  });
  if (update == nullptr) {
    return Cause::unexplained;
  }
  explanation.steps.push_back(to_step(*update));
  return Cause::dirty_set;
}

/// What became of the newer write's change of the entry, given the set that put the old version there.
Cause CauseFinder::State::classify(const StepRecord& set, OpIndex newer_write, Explanation& explanation) const {
  const std::span<const StepRecord> steps = history.steps_of(newer_write);
  const StepRecord* update = find_step(steps, [](const StepRecord& step) {
    return step.store() == Store::database && step.command() == Command::write && may_have_happened(step);
  });
  if (update == nullptr) {
    return Cause::unexplained;
  }
  explanation.steps.push_back(to_step(*update));
  bool has_change = false;
  bool has_lost_change = false;  // lost, and it would have come after the set
  bool all_before_update = true;
  for (const StepRecord& step : steps) {
    if (!changes_entry(step)) {
      continue;
    }
    has_change = true;
    explanation.steps.push_back(to_step(step));
    all_before_update = all_before_update && step.end_ns() <= update->start_ns();
    has_lost_change = has_lost_change || (step.outcome() != Outcome::ok && step.end_ns() >= set.start_ns());
  }
  if (has_lost_change) {
    return Cause::lost_invalidation;
  }
  if (!has_change) {
    const OpRecord* op = history.find_op(newer_write);
    return op != nullptr && op->outcome() == Outcome::ok ? Cause::not_yet_expired : Cause::writer_crashed;
  }
  if (set.role() == Role::refresh) {
    return Cause::reordered_sets;
  }
  // A fill: it must have loaded the old row before the newer write was surely applied.
  const StepRecord* load = find_step(history.steps_of(set.op()), [&set](const StepRecord& step) {
    return step.role() == Role::load && step.outcome() == Outcome::ok && step.value() == set.value();
  });
  if (load == nullptr) {
    return Cause::unexplained;
  }
  explanation.steps.push_back(to_step(*load));
  if (load->store() == Store::replica && load->start_ns() > update->end_ns()) {
    return Cause::replica_lag;
  }
  if (load->start_ns() > update->end_ns()) {
    return Cause::unexplained;
  }
  return all_before_update ? Cause::early_invalidation_refill : Cause::stale_fill;
}

void CauseFinder::State::explain_hit(const StepRecord& lookup, Explanation& explanation) const {
  explanation.steps.push_back(to_step(lookup));
  const StepRecord* set = find_setter(lookup);
  if (set == nullptr) {
    return;
  }
  explanation.filler = set->op();
  explanation.steps.push_back(to_step(*set));
  explanation.cause = classify_own(*set, explanation);
  if (explanation.cause == Cause::unexplained && explanation.newer_write != no_op) {
    explanation.cause = classify(*set, explanation.newer_write, explanation);
  }
}

void CauseFinder::State::explain_read(const OpRecord& read, Explanation& explanation) const {
  const std::span<const StepRecord> steps = history.steps_of(read.index());
  const StepRecord* answer = find_step(steps, [&read](const StepRecord& step) {
    const bool reads = step.role() == Role::lookup || step.role() == Role::load;
    return reads && step.outcome() == Outcome::ok && step.value() == read.value();
  });
  if (answer == nullptr) {
    return;
  }
  const StepRecord* update = find_step(history.steps_of(explanation.newer_write),
                                       [](const StepRecord& step) { return step.role() == Role::update; });
  if (update != nullptr && update->outcome() == Outcome::fail) {
    explanation.cause = Cause::never_applied;
    explanation.steps.push_back(to_step(*update));
    for (const StepRecord& step : steps) {
      explanation.steps.push_back(to_step(step));
    }
  } else if (answer->role() == Role::lookup) {
    explain_hit(*answer, explanation);
  } else if (update != nullptr && answer->store() == Store::replica && answer->start_ns() > update->end_ns()) {
    explanation.cause = Cause::replica_lag;
    explanation.steps = {to_step(*update), to_step(*answer)};
  }
}

CauseFinder::CauseFinder(const History& history) : state_(std::make_unique<State>(history)) {}
CauseFinder::CauseFinder(CauseFinder&&) noexcept = default;
CauseFinder& CauseFinder::operator=(CauseFinder&&) noexcept = default;
CauseFinder::~CauseFinder() = default;

Explanation CauseFinder::explain(const StaleRead& stale) {
  return explain(stale.read, stale.newer_write);
}

Explanation CauseFinder::explain(OpIndex read, OpIndex newer_write) {
  Explanation explanation{.read = read, .newer_write = newer_write};
  const OpRecord* op = state_->history.find_op(read);
  if (op == nullptr || op->kind() != OpKind::read || op->outcome() != Outcome::ok) {
    return explanation;
  }
  state_->turn_to(op->key().index);
  state_->explain_read(*op, explanation);
  if (explanation.cause == Cause::unexplained) {
    explanation.steps.clear();
  }
  std::ranges::stable_sort(explanation.steps, {}, &Step::start_ns);
  return explanation;
}

std::vector<CauseCount> count_causes(const History& history, std::span<const StaleRead> stale) {
  std::array<std::uint64_t, cause_count> counts = {};
  if (!stale.empty()) {
    CauseFinder finder(history);
    std::vector<std::pair<std::uint32_t, std::size_t>> by_key;
    for (std::size_t i = 0; i < stale.size(); ++i) {
      const OpRecord* op = history.find_op(stale[i].read);
      by_key.emplace_back(op == nullptr ? 0 : op->key().index, i);
    }
    std::ranges::sort(by_key);
    for (const auto& [key, i] : by_key) {
      ++counts[static_cast<std::size_t>(finder.explain(stale[i]).cause)];
    }
  }
  std::vector<CauseCount> found;
  for (std::size_t cause = 0; cause < counts.size(); ++cause) {
    if (counts[cause] > 0) {
      found.push_back({static_cast<Cause>(cause), counts[cause]});
    }
  }
  return found;
}

std::string_view name_of(Cause cause) {
  switch (cause) {
    case Cause::lost_invalidation: return "lost invalidation";
    case Cause::writer_crashed: return "writer crashed before invalidation";
    case Cause::stale_fill: return "stale fill";
    case Cause::reordered_sets: return "reordered sets";
    case Cause::early_invalidation_refill: return "invalidate-before-commit refill";
    case Cause::replica_lag: return "replica-lag fill";
    case Cause::not_yet_expired: return "TTL not yet expired";
    case Cause::never_applied: return "write acknowledged but never applied";
    case Cause::dirty_set: return "dirty set";
    case Cause::unexplained: return "unexplained";
  }
  STALEMATE_ASSERT(false, "a cause outside the enumeration");
}

}  // namespace stalemate
