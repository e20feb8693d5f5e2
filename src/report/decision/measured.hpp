// What was measured of the alternatives that a decision is between.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "record/history.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// Ops with an intended start while a fault was in force.
struct FaultTime {
  Nanoseconds length_ns = 0;  ///< stretches in which two were count once
  std::uint64_t reads = 0;    ///< sent
  std::uint64_t reads_failed = 0;
  std::uint64_t writes = 0;  ///< sent
  std::uint64_t writes_failed = 0;
  std::uint64_t stale_reads = 0;
  std::uint64_t reads_checked = 0;  ///< with outcome ok, where the history was checked for stale reads
  friend bool operator==(const FaultTime&, const FaultTime&) = default;
};

/// What results.json does not tell of a run's history.
struct HistoryFigures {
  std::uint64_t database_calls = 0;  ///< after the warm-up, by clients and background; of replicas as well
  std::uint64_t cache_calls = 0;
  Nanoseconds calls_ns = 0;                       ///< the time in which they were counted
  LatencyFigures first_second = {};               ///< response of reads planned in the run's first second
  std::optional<Nanoseconds> warm_after_ns = {};  ///< none where too few lookups show it, or without a cache
  std::optional<FaultTime> in_faults = {};        ///< none where no fault was in force
  friend bool operator==(const HistoryFigures&, const HistoryFigures&) = default;
};

/// Lookups that are looked at together, to say when a cache was warm.
inline constexpr std::size_t warm_lookups = 100;

/// Pure. `results`: of the run with that history, for its warm-up and the faults in force. `report`: what the checks
/// found in it.
/// A cache is warm from the first lookup on before which, of the last warm_lookups, nine tenths as many were hits as of
/// the same number in the second half of the run.
[[nodiscard]] HistoryFigures figures_of_history(const History& history, const Report& report,
                                                const RunResults& results);

/// One run of an alternative.
struct MeasuredRun {
  std::string folder = {};  ///< below the decision's
  RunResults results = {};
  HistoryFigures history = {};
};

/// What is decided between: a pattern, under a load that is the same for all.
struct Alternative {
  std::string name = {};                   ///< the pattern's
  std::vector<std::string> left_out = {};  ///< sentences: what of the scenario has no effect with it
  std::vector<MeasuredRun> runs = {};      ///< whole ones, a round each, in order
  std::optional<MeasuredRun> turned = {};  ///< at another share of writes, for the turn
};

}  // namespace stalemate
