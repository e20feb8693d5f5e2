// StepTimes: how far along a history its steps have ended, so that they can be taken in order of their ends.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "check/crew.hpp"
#include "check/key_share.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Memory: 8 bytes for each block_steps steps. Thread rule: made by one thread with its crew, then read by any.
class StepTimes {
 public:
  static constexpr std::size_t block_steps = 1024;

  explicit StepTimes(const History& history, const Crew& crew = {});

  /// No step from that block on ended before. `never` behind the last block.
  [[nodiscard]] Nanoseconds least_end_from(std::size_t block) const {
    return block < least_ends_.size() ? least_ends_[block] : never;
  }
  /// When the last of all steps ended whose end was seen; 0 without any.
  [[nodiscard]] Nanoseconds end_ns() const { return end_ns_; }

 private:
  std::vector<Nanoseconds> least_ends_;  // of each block and all that follow
  Nanoseconds end_ns_ = 0;
};

/// The steps of some keys: what one member looks at.
struct StepShare {
  const History& history;
  const StepTimes& times;
  KeyShare keys = {};
};

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
