#include "check/causes/entry_changes.hpp"

#include <algorithm>
#include <tuple>

#include "check/exact/step_version.hpp"
#include "check/passes/nearly_sorted.hpp"
#include "check/passes/step_facts.hpp"

namespace stalemate {

namespace {

// At most so many sets of one value are searched; beyond, nothing is claimed.
constexpr int sets_max = 64;

}  // namespace

void EntryChanges::turn_to(std::uint32_t key) {
  if (key_ == key) {
    return;
  }
  key_ = key;
  for (Place& place : places_) {
    place.changes.clear();
    place.sets.clear();
  }
  updates_.clear();
  relayed_.clear();
  unknown_relay_.clear();
  for (const StepPosition position : key_changes_.of(key)) {
    take(position);
  }
  sort();
}

void EntryChanges::take(StepPosition position) {
  const StepRecord& step = at(position);
  if (is_update(step) && may_have_happened(step)) {
    updates_.push_back({step.value(), position});
  }
  const std::optional<EntryPlace> where = changes_entry(step) ? place_of(step) : std::nullopt;
  if (!where) {
    return;
  }
  if (may_have_happened(step)) {
    Place& place = places_[*where];
    place.changes.push_back(position);
    if (step.command() == Command::set) {
      place.sets.push_back(position);
    }
  }
  const OpRecord* op = has_background() && *where == cache_place ? history_.find_op(step.op()) : nullptr;
  if (op != nullptr && op->kind() == OpKind::background) {
    // What sets an entry tells its value itself.
    const Value value = op->value() == absent ? step.value() : op->value();
    if (value != absent) {
      relayed_.push_back({value, position});
    } else {
      unknown_relay_.push_back(position);
    }
  }
}

void EntryChanges::sort() {
  // Steps come in the order of their ops, which is nearly that of their starts and, where later writes have greater
  // values, of these.
  const auto sort_by = [](auto& list, const auto& order) {
    sort_nearly_sorted(list.begin(), list.end(),
                       [&order](const auto& left, const auto& right) { return order(left) < order(right); });
  };
  for (Place& place : places_) {
    sort_by(place.changes, [this](StepPosition position) { return std::pair(at(position).start_ns(), position); });
    sort_by(place.sets, [this](StepPosition position) {
      return std::tuple(at(position).value(), at(position).start_ns(), position);
    });
  }
  const auto by_value = [this](const ValueStep& entry) {
    return std::tuple(entry.value, at(entry.step).start_ns(), entry.step);
  };
  sort_by(updates_, by_value);
  sort_by(relayed_, by_value);
}

std::optional<EntryPlace> EntryChanges::place_of(const StepRecord& step) const {
  if (step.store() == Store::cache) {
    return cache_place;
  }
  const std::uint32_t servers = history_.header.server_count;
  const OpRecord* op = step.store() == Store::local && servers > 0 ? history_.find_op(step.op()) : nullptr;
  if (op == nullptr) {
    return std::nullopt;
  }
  return 1 + op->client() % servers;
}

Origin EntryChanges::find_origin(EntryPlace where, const StepRecord& lookup) const {
  const Place& place = places_[where];
  const auto end = std::ranges::upper_bound(
      place.sets, std::pair(lookup.value(), lookup.end_ns()), {},
      [this](StepPosition position) { return std::pair(at(position).value(), at(position).start_ns()); });
  Origin origin;
  int tries = 0;
  for (auto next = end; next != place.sets.begin() && at(*(next - 1)).value() == lookup.value(); --next) {
    if (++tries > sets_max) {
      return {};
    }
    const StepRecord& set = at(*(next - 1));
    const StepRecord* removal = find_removal(place, set, lookup);
    if (removal == nullptr) {
      return {.set = &set};
    }
    if (origin.undone == nullptr) {
      origin = {.undone = &set, .removal = removal};
    }
  }
  return origin;
}

/// Another change of the entry that certainly came after the set and before the lookup, or nullptr.
const StepRecord* EntryChanges::find_removal(const Place& place, const StepRecord& set,
                                             const StepRecord& lookup) const {
  const Nanoseconds set_end_ns = effect_end_ns(set);
  if (set_end_ns == never) {
    return nullptr;
  }
  auto next = std::ranges::upper_bound(place.changes, set_end_ns, {},
                                       [this](StepPosition position) { return at(position).start_ns(); });
  for (; next != place.changes.end() && at(*next).start_ns() < lookup.start_ns(); ++next) {
    if (effect_end_ns(at(*next)) < lookup.start_ns()) {
      return &at(*next);
    }
  }
  return nullptr;
}

const StepRecord* EntryChanges::find_update(Value value) const {
  const StepRecord* found = nullptr;
  for (const ValueStep& entry : std::ranges::equal_range(updates_, value, {}, &ValueStep::value)) {
    const StepRecord& step = at(entry.step);
    const bool is_better = found == nullptr || found->outcome() != Outcome::ok;
    found = is_better && (found == nullptr || step.outcome() == Outcome::ok) ? &step : found;
  }
  return found;
}

bool EntryChanges::was_written_before(Value value, const StepRecord& update) const {
  const auto of_value = std::ranges::equal_range(updates_, value, {}, &ValueStep::value);
  return (!of_value.empty() || value == history_.header.initial_value) &&
         std::ranges::all_of(of_value, [&](const ValueStep& entry) {
           const StepRecord& step = at(entry.step);
           return packed_version::is_told(step) && packed_version::is_told(update) && step.version() < update.version();
         });
}

std::vector<const StepRecord*> EntryChanges::relayed_for(Value value) const {
  std::vector<const StepRecord*> steps;
  for (const ValueStep& entry : std::ranges::equal_range(relayed_, value, {}, &ValueStep::value)) {
    steps.push_back(&at(entry.step));
  }
  return steps;
}

bool EntryChanges::has_unknown_relay(Nanoseconds from_ns, Nanoseconds to_ns) const {
  return std::ranges::any_of(unknown_relay_, [&](StepPosition position) {
    return at(position).end_ns() >= from_ns && at(position).start_ns() <= to_ns;
  });
}

bool EntryChanges::leaves_entries_to_background() {
  if (!leaves_entries_) {
    leaves_entries_ = has_background() && std::ranges::none_of(history_.steps(), [this](const StepRecord& step) {
                        const OpRecord* op = changes_entry(step) ? history_.find_op(step.op()) : nullptr;
                        return op != nullptr && (op->kind() == OpKind::write || op->kind() == OpKind::add);
                      });
  }
  return *leaves_entries_;
}

}  // namespace stalemate
