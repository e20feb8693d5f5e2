#include "check/causes/key_changes.hpp"

#include <algorithm>
#include <limits>

#include "check/passes/step_facts.hpp"
#include "check/passes/steps_with_keys.hpp"
#include "core/assert.hpp"

namespace stalemate {

namespace {

/// Calls `take(position, key)` for each change among a member's share of the steps.
template <class Take>
void for_each_change(const History& history, std::uint32_t member, std::uint32_t members, const Take& take) {
  const std::size_t steps = history.steps().size();
  for_each_step_with_key(history, share_begin(steps, member, members), share_begin(steps, member + 1, members),
                         [&take](const StepRecord& step, std::size_t position, std::uint32_t key) {
                           if (is_update(step) || changes_entry(step)) {
                             take(static_cast<StepPosition>(position), key);
                           }
                         });
}

}  // namespace

KeyChanges::KeyChanges(const History& history, const Crew& crew)
    : groups_(history.header.key_count, history.steps().size(), crew),
      has_background_(
          std::ranges::any_of(history.ops(), [](const OpRecord& op) { return op.kind() == OpKind::background; })) {
  STALEMATE_ASSERT(history.steps().size() < std::numeric_limits<StepPosition>::max(),
                   "positions of steps have 32 bits");
  groups_.count(crew, [&](std::uint32_t member, const auto& add) {
    for_each_change(history, member, groups_.members(), [&add](StepPosition, std::uint32_t key) { add(key); });
  });
  groups_.place(crew, [&](std::uint32_t member, const auto& add) {
    for_each_change(history, member, groups_.members(),
                    [&add](StepPosition position, std::uint32_t key) { add(key, position); });
  });
}

}  // namespace stalemate
