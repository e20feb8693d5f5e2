// Walks over a history's steps: its updates, and all steps with the key of each, which only its op knows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "check/fetch.hpp"
#include "record/history.hpp"

namespace stalemate {

/// The first step of the op at that position or of a later one; of position 0 the first of all, and behind the last op
/// the end of all.
[[nodiscard]] inline std::size_t first_step_from(const History& history, std::size_t op_position) {
  const std::span<const StepRecord> steps = history.steps();
  if (op_position == 0 || op_position == history.ops().size()) {
    return op_position == 0 ? 0 : steps.size();
  }
  const auto place = std::ranges::lower_bound(steps, history.ops()[op_position].index(), {}, &StepRecord::op);
  return static_cast<std::size_t>(place - steps.begin());
}

/// Calls `take(step)` for each update among the steps from `begin` on that belong to ops before `op_end`. Returns where
/// those end, `end` at the latest. Which steps are updates is hard to predict, so they are picked without a branch
/// first.
template <class Take>
[[nodiscard, gnu::always_inline]] inline std::size_t for_each_update(std::span<const StepRecord> steps,
                                                                     std::size_t begin, std::size_t end,
                                                                     std::uint64_t op_end, const Take& take) {
  std::array<std::uint32_t, 256> updates;
  std::size_t next = begin;
  while (next < end && steps[next].op() < op_end) {
    const std::size_t picked_from = next;
    const std::size_t picked_to = std::min(end, next + updates.size());
    std::size_t count = 0;
    for (; next < picked_to && steps[next].op() < op_end; ++next) {
      fetch_ahead(&steps[next]);
      updates[count] = static_cast<std::uint32_t>(next - picked_from);
      count += steps[next].is_update() ? 1 : 0;
    }
    for (std::size_t i = 0; i < count; ++i) {
      take(steps[picked_from + updates[i]]);
    }
  }
  return next;
}

/// Calls `take(step, position, key)` for each step of [begin, end) whose op is in the history. Both are sorted by op,
/// so that it is one walk over each. Requires: the steps of [begin, end) are there.
template <class Take>
void for_each_step_with_key(const History& history, std::size_t begin, std::size_t end, const Take& take) {
  const std::span<const OpRecord> ops = history.ops();
  const std::span<const StepRecord> steps = history.steps();
  if (begin == end) {
    return;
  }
  // Where no index is missing, each op is where its index says.
  const bool has_all = ops.empty() || ops.back().index() + std::size_t{1} == ops.size();
  auto op = static_cast<std::size_t>(
      has_all ? 0 : std::ranges::lower_bound(ops, steps[begin].op(), {}, &OpRecord::index) - ops.begin());
  for (std::size_t step = begin; step < end; ++step) {
    fetch_ahead(&steps[step]);
    const OpIndex index = steps[step].op();
    if (has_all) [[likely]] {
      op = index;
    } else {
      while (op < ops.size() && ops[op].index() < index) {
        ++op;
      }
    }
    if (op < ops.size() && ops[op].index() == index) [[likely]] {
      fetch_ahead(&ops[op]);
      take(steps[step], step, ops[op].key().index);
    }
  }
}

}  // namespace stalemate
