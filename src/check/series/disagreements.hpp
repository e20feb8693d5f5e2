// When the cache's entry and the row of a key disagreed, key by key, from the steps: what `incoherence` adds up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "check/check.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

struct TimeSpan {
  Nanoseconds begin_ns = 0;
  Nanoseconds end_ns = 0;
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// One key.
/// Invariant: spans are sorted, do not overlap, and hold at least total_ns.
struct KeyDisagreement {
  Key key = {};
  Nanoseconds total_ns = 0;    ///< exact
  std::uint64_t episodes = 0;  ///< exact
  std::uint64_t stale = 0;     ///< stale reads of the key
  /// Episodes, those closer together than DisagreementOptions::gap_ns told as one.
  std::vector<TimeSpan> spans = {};
  std::vector<Nanoseconds> stale_reads_ns = {};  ///< when they began; those closer together than gap_ns once
};

struct Disagreements {
  std::vector<KeyDisagreement> keys = {};  ///< those with the most stale reads, then the longest disagreement
  std::size_t keys_looked_at = 0;          ///< whose steps were walked
  std::size_t keys_disagreeing = 0;        ///< of them, those that disagreed at all
  std::size_t keys_with_steps = 0;
};

struct DisagreementOptions {
  std::size_t keys_max = 20;
  Nanoseconds gap_ns = 0;
  /// Keys are walked as long as their steps are no more than that, those with the most stale reads first.
  std::size_t steps_max = 4'000'000;
};

/// `stale`: what the check `stale-reads` found. Episodes as the check `incoherence` counts them.
/// Cost: groups all steps by key, then sorts those of the keys walked. Memory: 4 bytes a step.
[[nodiscard]] Disagreements disagreements_of(const History& history, std::span<const StaleRead> stale,
                                             const DisagreementOptions& options);

}  // namespace stalemate
