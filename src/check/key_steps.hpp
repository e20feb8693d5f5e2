// KeySteps: a history's steps grouped by key, for what is read from steps: incoherence and causes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// A position in History::steps().
using StepPosition = std::uint32_t;

/// Memory: 4 bytes a step, 4 a key. Steps of ops that are not in the history (cut off) are left out.
class KeySteps {
 public:
  /// One pass to count, one to group. Requires: the history outlives it.
  explicit KeySteps(const History& history);

  [[nodiscard]] std::uint32_t key_count() const { return static_cast<std::uint32_t>(begin_.size() - 1); }
  /// In the history's order: by op, then start.
  [[nodiscard]] std::span<const StepPosition> of(std::uint32_t key) const {
    return std::span(order_).subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }

 private:
  std::vector<std::uint32_t> begin_;
  std::vector<StepPosition> order_;
};

}  // namespace stalemate
