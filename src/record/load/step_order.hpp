// The order of steps within a history: by op, then by start; the other fields only make it deterministic.
#pragma once

#include <tuple>

#include "record/op_record.hpp"

namespace stalemate {

[[nodiscard]] inline bool step_before(const StepRecord& left, const StepRecord& right) {
  const auto order = [](const StepRecord& step) {
    return std::tuple(step.end_ns(), step.role(), step.command(), step.store(), step.value(), step.version(),
                      step.outcome(), step.error(), step.fault(), step.retries(), step.cache_command(), step.skipped());
  };
  // By op and start alone wherever they differ, which is nearly everywhere.
  if (left.op() != right.op()) [[likely]] {
    return left.op() < right.op();
  }
  return left.start_ns() != right.start_ns() ? left.start_ns() < right.start_ns() : order(left) < order(right);
}

}  // namespace stalemate
