// Adds up what the sampler saw: which keys disagreed, how often, and for how long. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/run_counts.hpp"
#include "core/types.hpp"

namespace stalemate {

/// Thread rule: one thread at a time.
class SampleTally {
 public:
  SampleTally(std::uint32_t keys, Nanoseconds interval_ns) : episodes_(keys), affected_(keys, false) {
    totals_.counts.keys = keys;
    totals_.counts.interval_ns = interval_ns;
  }

  /// Starts a sample. Requires: `at_ns` does not fall.
  void begin_sample(Nanoseconds at_ns);
  /// Takes the keys first, first + 1, ...: a key is incoherent if its row was the same before and after the entries
  /// were read and the entry is there and holds something else. Requires: three spans of one size.
  void look(Key first, std::span<const Value> rows_before, std::span<const Value> entries,
            std::span<const Value> rows_after);
  void end_sample();
  /// Discards the sample that was begun. A sample that could not be taken ends no episode: the next one may continue
  /// it.
  void abandon_sample();
  /// This many sampling times passed while the last sample was under way.
  void overrun(std::uint64_t times) {
    totals_.counts.skipped += times;
    totals_.counts.overrun += times;
  }
  /// What a sample cost, also a discarded one.
  void spent(std::uint64_t calls, Nanoseconds busy_ns) {
    totals_.counts.calls += calls;
    totals_.counts.busy_ns += busy_ns;
  }
  /// Ends all episodes. Requires: no sample is begun.
  void finish();

  [[nodiscard]] const SampleTotals& totals() const { return totals_; }

 private:
  struct Episode {
    Value row = absent;
    Value entry = absent;
    std::uint32_t sightings = 0;  ///< 0: none going on
    Nanoseconds first_ns = 0;
  };
  struct Seen {
    std::uint32_t key;
    Value row;
    Value entry;
  };
  void end_episode(Episode& episode);

  SampleTotals totals_ = {};
  Nanoseconds episodes_ns_ = 0;  ///< of all ended episodes, added up
  std::vector<Episode> episodes_;
  std::vector<bool> affected_;
  std::vector<std::uint32_t> open_ = {};  ///< keys with an episode, sorted
  std::vector<Seen> seen_ = {};           ///< in the sample being taken, sorted by key
  Nanoseconds at_ns_ = 0;
};

}  // namespace stalemate
