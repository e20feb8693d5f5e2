#include "check/causes.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "check/key_history.hpp"
#include "check/key_steps.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

constexpr std::size_t proof_steps_max = 8;
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

bool is_update(const StepRecord& step) {
  return step.store() == Store::database && step.command() == Command::write;
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

struct CauseFinder::State {
  explicit State(const History& of_history) : history(of_history), key_steps(of_history) {
    has_background =
        std::ranges::any_of(history.ops(), [](const OpRecord& op) { return op.kind() == OpKind::background; });
  }

  void turn_to(std::uint32_t key);
  const StepRecord* find_setter(const StepRecord& lookup) const;
  bool was_removed_between(const StepRecord& set, const StepRecord& lookup) const;
  Cause classify(const StepRecord& set, const StepRecord& lookup, Explanation& explanation) const;
  Cause classify_relayed(const StepRecord& update, const StepRecord& lookup, Explanation& explanation) const;
  Cause classify_own(const StepRecord& set, Explanation& explanation) const;
  void explain_hit(const StepRecord& lookup, Explanation& explanation) const;
  void explain_loss(std::span<const StepRecord> reader_steps, Explanation& explanation) const;
  void explain_read(const OpRecord& read, Explanation& explanation) const;
  static void add_steps(std::span<const StepRecord> steps, Explanation& explanation);

  const History& history;
  KeySteps key_steps;
  bool has_background = false;  // some part that serves no client is recorded
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
  const std::span<const StepRecord> steps = history.steps_of(set.op());
  const StepRecord* refused = find_step(steps, is_update);
  if (refused == nullptr || find_possible_update(steps) != nullptr) {
    return Cause::unexplained;
  }
  explanation.steps.push_back(to_step(*refused));
  return Cause::dirty_set;
}

/// The newer write left the entry to a background part: had that come to it before the lookup?
Cause CauseFinder::State::classify_relayed(const StepRecord& update, const StepRecord& lookup,
                                           Explanation& explanation) const {
  for (const StepPosition position : changes) {
    const StepRecord& change = history.steps()[position];
    const OpRecord* op = history.find_op(change.op());
    if (op == nullptr || op->kind() != OpKind::background || change.start_ns() < update.start_ns()) {
      continue;
    }
    if (change.end_ns() < lookup.start_ns()) {
      return Cause::unexplained;
    }
    explanation.steps.push_back(to_step(change));
    return Cause::relay_lag;
  }
  return Cause::relay_lag;
}

/// What became of the newer write's change of the entry, given the set that put the old version there.
Cause CauseFinder::State::classify(const StepRecord& set, const StepRecord& lookup, Explanation& explanation) const {
  const OpIndex newer_write = explanation.newer_write;
  const std::span<const StepRecord> steps = history.steps_of(newer_write);
  const StepRecord* update = find_possible_update(steps);
  if (update == nullptr) {
    return Cause::unexplained;
  }
  explanation.steps.push_back(to_step(*update));
  bool has_change = false;
  bool has_lost_change = false;  // lost, and it would have come after the set
  bool all_before_update = true;
  Nanoseconds last_change_ns = before_all;
  for (const StepRecord& step : steps) {
    if (!changes_entry(step)) {
      continue;
    }
    has_change = true;
    explanation.steps.push_back(to_step(step));
    all_before_update = all_before_update && step.end_ns() <= update->start_ns();
    last_change_ns = std::max(last_change_ns, step.end_ns());
    has_lost_change = has_lost_change || (step.outcome() != Outcome::ok && step.end_ns() >= set.start_ns());
  }
  if (has_lost_change) {
    return Cause::lost_invalidation;
  }
  if (!has_change) {
    const OpRecord* op = history.find_op(newer_write);
    if (!history.is_complete()) {
      return Cause::unexplained;  // the change may be in the missing part
    }
    if (has_background && op != nullptr && op->outcome() == Outcome::ok) {
      return classify_relayed(*update, lookup, explanation);
    }
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
  // An update without an answer may have taken effect at any later time.
  if (load->start_ns() > effect_end_ns(*update)) {
    return load->store() == Store::replica ? Cause::replica_lag : Cause::unexplained;
  }
  // A load that began after the deletes and still found the old row proves that they came before the update.
  return all_before_update || load->start_ns() > last_change_ns ? Cause::early_invalidation_refill : Cause::stale_fill;
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
    explanation.cause = classify(*set, lookup, explanation);
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
  const std::span<const StepRecord> newer = history.steps_of(explanation.newer_write);
  const StepRecord* update = find_possible_update(newer);
  if (update == nullptr && explanation.newer_write != no_op) {
    explain_loss(steps, explanation);
  } else if (answer->role() == Role::lookup) {
    explain_hit(*answer, explanation);
  } else if (update != nullptr && answer->store() == Store::replica && answer->start_ns() > effect_end_ns(*update)) {
    explanation.cause = Cause::replica_lag;
    explanation.steps.push_back(to_step(*update));
    add_steps(steps, explanation);
  }
}

/// The missed write's update was refused or never sent: all that its writer did, what the reader did, and the update
/// whose value was returned.
void CauseFinder::State::explain_loss(std::span<const StepRecord> reader_steps, Explanation& explanation) const {
  explanation.cause = Cause::never_applied;
  add_steps(history.steps_of(explanation.newer_write), explanation);
  add_steps(reader_steps, explanation);
  const OpRecord* read = history.find_op(explanation.read);
  for (const StepPosition position : key_steps.of(key)) {
    const StepRecord& step = history.steps()[position];
    if (is_update(step) && step.outcome() == Outcome::ok && step.value() == read->value()) {
      add_steps(std::span(&step, 1), explanation);
    }
  }
}

/// As many as there is room for in a proof.
void CauseFinder::State::add_steps(std::span<const StepRecord> steps, Explanation& explanation) {
  for (const StepRecord& step : steps) {
    if (explanation.steps.size() < proof_steps_max) {
      explanation.steps.push_back(to_step(step));
    }
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
    case Cause::relay_lag: return "relay or CDC lag";
    case Cause::never_applied: return "write acknowledged but never applied";
    case Cause::dirty_set: return "dirty set";
    case Cause::unexplained: return "unexplained";
  }
  STALEMATE_ASSERT(false, "a cause outside the enumeration");
}

}  // namespace stalemate
