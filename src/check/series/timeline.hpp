// A run over time: how many ops, how long they took, what the cache and the database were asked, stretch by stretch.
//
// For people who look at a run. Nothing is judged here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "check/check.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

/// The ops of one kind, a number a stretch.
struct OpsOverTime {
  std::vector<std::uint64_t> planned = {};        ///< by intended start
  std::vector<std::uint64_t> ok = {};             ///< by completion
  std::vector<std::uint64_t> fail = {};           ///< by completion
  std::vector<std::uint64_t> info = {};           ///< by invocation: nobody knows their end
  std::vector<Nanoseconds> response_p50_ns = {};  ///< of the ok ops with an intended start in it; 0 without
  std::vector<Nanoseconds> response_p99_ns = {};
  std::vector<Nanoseconds> response_max_ns = {};
  std::vector<Nanoseconds> service_p99_ns = {};
  friend bool operator==(const OpsOverTime&, const OpsOverTime&) = default;
};

/// All lists have `stretches` numbers. Memory: bounded by the number of stretches, whatever the history's size.
struct Timeline {
  Nanoseconds stretch_ns = 0;  ///< how long each is; 1, 2 or 5 times a power of ten
  std::size_t stretches = 0;
  Nanoseconds end_ns = 0;  ///< of the run; the last stretch may reach beyond it
  OpsOverTime reads = {};
  OpsOverTime writes = {};                       ///< and read-modify-writes
  std::vector<std::uint64_t> hits = {};          ///< lookups that found an entry, by their end
  std::vector<std::uint64_t> misses = {};        ///< lookups that found none
  std::vector<std::uint64_t> loads = {};         ///< rows read from the database or a replica, by their start
  std::vector<std::uint64_t> retries = {};       ///< attempts of database calls after the first, by the call's start
  std::vector<std::uint64_t> faulted = {};       ///< calls to which a fault was applied, by their start
  std::vector<std::uint64_t> stale = {};         ///< stale reads, by completion: of `reads.ok`
  std::vector<Nanoseconds> stale_worst_ns = {};  ///< the worst of their lower bounds; 0 without
  friend bool operator==(const Timeline&, const Timeline&) = default;
};

/// `stale`: what the check `stale-reads` found. What lies beyond the last stretch counts to it. At least one stretch,
/// at most `stretches_max`, and fewer where there would be less than 50 ops in each. Nothing but speed depends on the
/// crew. Cost: a pass over ops and one over steps. Requires: stretches_max >= 1.
[[nodiscard]] Timeline timeline_of(const History& history, std::span<const StaleRead> stale, const Crew& crew = {},
                                   std::size_t stretches_max = 240);

/// When the run was over: as its trailer says, else when the last op or step ended. At least 1.
[[nodiscard]] Nanoseconds end_of(const History& history);

}  // namespace stalemate
