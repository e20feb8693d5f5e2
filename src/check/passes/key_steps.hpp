// KeySteps: a history's steps grouped by key, for the causes of stale reads.
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
class KeySteps {
 public:
  /// One pass to count, one to group.
  explicit KeySteps(const History& history, const Crew& crew = {});

  /// In the history's order: by op, then start.
  [[nodiscard]] std::span<const StepPosition> of(std::uint32_t key) const { return groups_.of(key); }

 private:
  KeyGroups groups_;
};

}  // namespace stalemate
