// KeySteps: a history's steps grouped by key, for what is read from steps: incoherence and causes.
#pragma once

#include <cstdint>
#include <span>

#include "check/crew.hpp"
#include "check/key_groups.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// A position in History::steps().
using StepPosition = std::uint32_t;

/// Memory: as KeyGroups. Steps of ops that are not in the history (cut off) are left out.
class KeySteps {
 public:
  /// One pass to count, one to group. Requires: the history outlives it.
  explicit KeySteps(const History& history, const Crew& crew = {});

  [[nodiscard]] const History& history() const { return *history_; }
  [[nodiscard]] std::uint32_t key_count() const { return groups_.key_count(); }
  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// In the history's order: by op, then start.
  [[nodiscard]] std::span<const StepPosition> of(std::uint32_t key) const { return groups_.of(key); }
  /// The number of steps of keys below `key`. Requires: key <= key_count().
  [[nodiscard]] std::size_t before(std::uint32_t key) const { return groups_.before(key); }
  /// The end of all keys' positions, which lie one key after the other.
  [[nodiscard]] const StepPosition* end() const { return groups_.end(); }
  /// When the last of all steps ended whose end was seen; 0 without any.
  [[nodiscard]] Nanoseconds end_ns() const { return end_ns_; }

 private:
  const History* history_;
  KeyGroups groups_;
  Nanoseconds end_ns_ = 0;
};

}  // namespace stalemate
