// StepTimes: how far along a history its steps have ended, so that they can be taken in order of their ends.
#pragma once

#include <cstddef>
#include <vector>

#include "check/crew.hpp"
#include "check/passes/key_share.hpp"
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

/// The steps of some keys: what one member sees.
struct StepShare {
  const History& history;
  const StepTimes& times;
  KeyShare keys = {};
};

}  // namespace stalemate
