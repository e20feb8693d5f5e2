#include "check/key_steps.hpp"

#include <limits>

#include "core/assert.hpp"

namespace stalemate {

namespace {

/// Calls `take(step position, key)` for each step whose op is there. Both arrays are sorted by op, so one walk over
/// each.
template <class Take>
void for_each_step(const History& history, const Take& take) {
  const std::span<const OpRecord> ops = history.ops();
  const std::span<const StepRecord> steps = history.steps();
  std::size_t op = 0;
  for (std::size_t step = 0; step < steps.size(); ++step) {
    while (op < ops.size() && ops[op].index() < steps[step].op()) {
      ++op;
    }
    if (op < ops.size() && ops[op].index() == steps[step].op()) {
      take(static_cast<StepPosition>(step), ops[op].key().index);
    }
  }
}

}  // namespace

KeySteps::KeySteps(const History& history) : begin_(std::size_t{history.header.key_count} + 1, 0) {
  STALEMATE_ASSERT(history.steps().size() < std::numeric_limits<StepPosition>::max(),
                   "positions of steps have 32 bits");
  std::size_t count = 0;
  for_each_step(history, [&](StepPosition, std::uint32_t key) {
    ++begin_[key + 1];
    ++count;
  });
  for (std::size_t key = 1; key < begin_.size(); ++key) {
    begin_[key] += begin_[key - 1];
  }
  order_.resize(count);
  // Each key's beginning serves as its cursor, and is one key further when the pass is over.
  for_each_step(history, [&](StepPosition step, std::uint32_t key) { order_[begin_[key]++] = step; });
  for (std::size_t key = begin_.size() - 1; key > 0; --key) {
    begin_[key] = begin_[key - 1];
  }
  begin_[0] = 0;
}

}  // namespace stalemate
