// KeyChanges: the steps that changed rows and entries, or were to, grouped by key.
#pragma once

#include <cstdint>
#include <span>

#include "check/crew.hpp"
#include "check/exact/key_groups.hpp"
#include "record/history.hpp"

namespace stalemate {

/// A position in History::steps().
using StepPosition = std::uint32_t;

/// Memory: as KeyGroups. Steps of ops that are not in the history (cut off) are left out.
/// Thread rule: made by one thread with its crew, then read by any.
class KeyChanges {
 public:
  /// Cost: two passes over the steps, and one over the ops.
  explicit KeyChanges(const History& history, const Crew& crew = {});

  /// In the history's order: by op, then start.
  [[nodiscard]] std::span<const StepPosition> of(std::uint32_t key) const { return groups_.of(key); }
  /// Whether some part that serves no client is recorded.
  [[nodiscard]] bool has_background() const { return has_background_; }

 private:
  KeyGroups groups_;
  bool has_background_;
};

}  // namespace stalemate
