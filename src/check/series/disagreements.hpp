// When the cache's entry and the row of a key disagreed, for the keys that matter most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "check/check.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// One key.
struct KeyDisagreement {
  Key key = {};
  Nanoseconds total_ns = 0;                      ///< exact
  std::uint64_t episodes = 0;                    ///< exact
  std::uint64_t stale = 0;                       ///< stale reads of the key
  std::vector<DisagreementSpan> spans = {};      ///< by time, as the check kept them
  std::vector<Nanoseconds> stale_reads_ns = {};  ///< when they began; those closer together than the gap once
};

struct Disagreements {
  std::vector<KeyDisagreement> keys = {};  ///< those with the most stale reads, then the longest disagreement
  std::uint64_t keys_disagreeing = 0;      ///< that disagreed at all
  std::uint64_t keys_judged = 0;           ///< whose entry some step shows
};

struct DisagreementOptions {
  std::size_t keys_max = 20;
  Nanoseconds gap_ns = 0;
};

/// `incoherence`, `stale`: what the checks `incoherence` (with CheckOptions::disagreement_gap_ns) and `stale-reads`
/// found in this history. Cost: linear in what they found. Memory: 32 bytes a key of the history, for a while.
[[nodiscard]] Disagreements disagreements_of(const History& history, const CheckResult& incoherence,
                                             std::span<const StaleRead> stale, const DisagreementOptions& options);

}  // namespace stalemate
