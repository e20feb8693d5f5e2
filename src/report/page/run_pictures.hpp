// What a run's page shows beyond results.json: series over time, and some stale reads told in full. From the history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "check/causes/causes.hpp"
#include "check/causes/story.hpp"
#include "check/check.hpp"
#include "check/series/disagreements.hpp"
#include "check/series/timeline.hpp"
#include "record/history.hpp"
#include "report/words/guarantee_cell.hpp"

namespace stalemate {

/// One point of t-visibility.
struct VisibilityPoint {
  std::string t = {};        ///< "t below 10 ms": how long after the last write the reads began
  double reads = 0;          ///< so many of them
  double visible = 0;        ///< the share that returned that write or a newer one
  double visible_least = 0;  ///< and what it is at least, at 95 % confidence
};

/// A stale read as the page tells it.
struct StaleReadTold {
  OpIndex read = no_op;
  std::string key = {};
  std::string client = {};
  Nanoseconds begin_ns = 0;
  Nanoseconds lower_ns = 0;  ///< stale by at least this
  Nanoseconds upper_ns = 0;  ///< stale by at most this
  std::uint32_t versions = 0;
  std::string cause = {};
  StoryWords words = {};
  StorySequence sequence = {};
  /// How many of the steps began before the missed write was acknowledged: from then on an older value is stale.
  std::size_t steps_before_certain = 0;
  std::string certain = {};  ///< says so; empty where there is no such write
  GuaranteeCell cell = {};
};

/// Memory: bounded, whatever the history's size.
struct RunPictures {
  Timeline timeline = {};
  Disagreements disagreements = {};
  std::vector<std::string> key_names = {};  ///< of disagreements.keys, in their order
  std::vector<VisibilityPoint> visibility = {};
  std::string visibility_note = {};
  std::vector<StaleReadTold> stale_reads = {};  ///< by when they began; every cause has its share
  std::uint64_t stale_reads_found = 0;          ///< of which these are some
  std::vector<std::string> notes = {};          ///< sentences: what the pictures lack
};

/// How many stale reads a page tells.
inline constexpr std::size_t stale_reads_told_max = 40;

/// The CheckOptions::disagreement_gap_ns of a report that is to be drawn: what is shorter cannot be seen.
[[nodiscard]] Nanoseconds drawn_gap_ns(const History& history);

/// `report`: what check_all found in the history, with drawn_gap_ns; `causes`: what `finder`, which is of this history,
/// found of its stale reads. Nothing but speed depends on the crew.
[[nodiscard]] RunPictures pictures_of(const History& history, const Report& report,
                                      std::span<const CauseInfo* const> causes, CauseFinder& finder,
                                      const Crew& crew = {});

/// Positions, sorted, of at most `count_max` of these reads: turn by turn one of each cause, of those of one cause the
/// first, the last and others evenly between them. Pure.
[[nodiscard]] std::vector<std::size_t> sample_by_cause(std::span<const CauseInfo* const> causes, std::size_t count_max);

}  // namespace stalemate
