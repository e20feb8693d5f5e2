#include "check/key_steps.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/assert.hpp"

namespace stalemate {

namespace {

/// Calls `take(step position, key)` for each step of [begin, end) whose op is there. Both arrays are sorted by op, so
/// one walk over each.
template <class Take>
void for_each_step(const History& history, std::size_t begin, std::size_t end, const Take& take) {
  const std::span<const OpRecord> ops = history.ops();
  const std::span<const StepRecord> steps = history.steps();
  if (begin == end) {
    return;
  }
  auto op =
      static_cast<std::size_t>(std::ranges::lower_bound(ops, steps[begin].op(), {}, &OpRecord::index) - ops.begin());
  for (std::size_t step = begin; step < end; ++step) {
    while (op < ops.size() && ops[op].index() < steps[step].op()) {
      ++op;
    }
    if (op < ops.size() && ops[op].index() == steps[step].op()) {
      take(static_cast<StepPosition>(step), ops[op].key().index);
    }
  }
}

}  // namespace

KeySteps::KeySteps(const History& history, const Crew& crew)
    : history_(&history), groups_(history.header.key_count, history.steps().size(), crew) {
  const std::span<const StepRecord> steps = history.steps();
  STALEMATE_ASSERT(steps.size() < std::numeric_limits<StepPosition>::max(), "positions of steps have 32 bits");
  const auto begin_of = [&](std::uint32_t member) { return share_begin(steps.size(), member, groups_.members()); };
  std::vector<Nanoseconds> ends_ns(groups_.members(), 0);
  groups_.count(crew, [&](std::uint32_t member, const auto& add) {
    Nanoseconds last_ns = 0;
    for (const StepRecord& step : steps.subspan(begin_of(member), begin_of(member + 1) - begin_of(member))) {
      last_ns = step.end_ns() == never ? last_ns : std::max(last_ns, step.end_ns());
    }
    ends_ns[member] = last_ns;
    for_each_step(history, begin_of(member), begin_of(member + 1),
                  [&add](StepPosition, std::uint32_t key) { add(key); });
  });
  groups_.place(crew, [&](std::uint32_t member, const auto& add) {
    for_each_step(history, begin_of(member), begin_of(member + 1),
                  [&add](StepPosition step, std::uint32_t key) { add(key, step); });
  });
  end_ns_ = std::ranges::max(ends_ns);
}

}  // namespace stalemate
