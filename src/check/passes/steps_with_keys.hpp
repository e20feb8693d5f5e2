// Walks over a history's steps: its updates, and all steps with the key of each, which only its op knows.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "check/passes/fetch.hpp"
#include "record/history.hpp"

namespace stalemate {

/// The first step of the op at that position or of a later one; of position 0 the first of all, and behind the last op
/// the end of all.
[[nodiscard]] inline std::size_t first_step_from(const History& history, std::size_t op_position) {
  const std::span<const StepRecord> steps = history.steps();
  if (op_position == 0 || op_position == history.ops().size()) {
    return op_position == 0 ? 0 : steps.size();
  }
  const auto first = std::ranges::lower_bound(steps, history.ops()[op_position].index(), {}, &StepRecord::op);
  return static_cast<std::size_t>(first - steps.begin());
}

/// Picks updates without a branch, for which steps are updates is hard to predict.
struct PickedUpdates {
  static constexpr std::size_t steps_max = 256;

  std::array<std::uint32_t, steps_max> offsets;  // the first `count`
  std::size_t count = 0;

  /// Requires: offset < steps_max.
  [[gnu::always_inline]] void add(const StepRecord& step, std::size_t offset) {
    fetch_ahead(&step);
    offsets[count] = static_cast<std::uint32_t>(offset);
    count += step.is_update() ? 1 : 0;
  }
};

/// Calls `take(step)` for each update among the steps from `begin` on that belong to ops before `op_end`. Returns where
/// those end, `end` at the latest.
template <class Take>
[[nodiscard, gnu::always_inline]] inline std::size_t for_each_update(std::span<const StepRecord> steps,
                                                                     std::size_t begin, std::size_t end,
                                                                     std::uint64_t op_end, const Take& take) {
  constexpr std::size_t at_once = 8;
  std::size_t next = begin;
  while (next < end && steps[next].op() < op_end) {
    PickedUpdates picked;
    const StepRecord* const from = &steps[next];
    const std::size_t count_max = std::min(end - next, PickedUpdates::steps_max);
    std::size_t count = 0;
    for (; count + at_once <= count_max && from[count + at_once - 1].op() < op_end; count += at_once) {
#pragma GCC unroll 8
      for (std::size_t i = count; i < count + at_once; ++i) {
        picked.add(from[i], i);
      }
    }
    for (; count < count_max && from[count].op() < op_end; ++count) {
      picked.add(from[count], count);
    }
    for (std::size_t i = 0; i < picked.count; ++i) {
      take(from[picked.offsets[i]]);
    }
    next += count;
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
