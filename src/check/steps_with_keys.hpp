// A walk over a history's steps with the key of each, which only its op knows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "record/history.hpp"

namespace stalemate {

/// Calls `take(step, position, key)` for each step of [begin, end) whose op is in the history. Both are sorted by op,
/// so that it is one walk over each. Requires: the steps of [begin, end) are there.
template <class Take>
void for_each_step_with_key(const History& history, std::size_t begin, std::size_t end, const Take& take) {
  const std::span<const OpRecord> ops = history.ops();
  const std::span<const StepRecord> steps = history.steps();
  if (begin == end) {
    return;
  }
  if (ops.empty() || ops.back().index() + std::size_t{1} == ops.size()) [[likely]] {
    // No index is missing, so that each op is where its index says.
    for (std::size_t step = begin; step < end; ++step) {
      if (steps[step].op() < ops.size()) [[likely]] {
        take(steps[step], step, ops[steps[step].op()].key().index);
      }
    }
    return;
  }
  auto op =
      static_cast<std::size_t>(std::ranges::lower_bound(ops, steps[begin].op(), {}, &OpRecord::index) - ops.begin());
  for (std::size_t step = begin; step < end; ++step) {
    while (op < ops.size() && ops[op].index() < steps[step].op()) {
      ++op;
    }
    if (op < ops.size() && ops[op].index() == steps[step].op()) {
      take(steps[step], step, ops[op].key().index);
    }
  }
}

}  // namespace stalemate
