#include "check/passes/key_steps.hpp"

#include <limits>

#include "check/passes/steps_with_keys.hpp"
#include "core/assert.hpp"

namespace stalemate {

KeySteps::KeySteps(const History& history, const Crew& crew)
    : groups_(history.header.key_count, history.steps().size(), crew) {
  const std::size_t steps = history.steps().size();
  STALEMATE_ASSERT(steps < std::numeric_limits<StepPosition>::max(), "positions of steps have 32 bits");
  const auto begin_of = [&](std::uint32_t member) { return share_begin(steps, member, groups_.members()); };
  groups_.count(crew, [&](std::uint32_t member, const auto& add) {
    for_each_step_with_key(history, begin_of(member), begin_of(member + 1),
                           [&add](const StepRecord&, std::size_t, std::uint32_t key) { add(key); });
  });
  groups_.place(crew, [&](std::uint32_t member, const auto& add) {
    for_each_step_with_key(
        history, begin_of(member), begin_of(member + 1),
        [&add](const StepRecord&, std::size_t step, std::uint32_t key) { add(key, static_cast<StepPosition>(step)); });
  });
}

}  // namespace stalemate
