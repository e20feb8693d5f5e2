// Adds up what the sampler saw: which keys disagreed, how often, and for how long. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// The counts of a run. A *sighting* is one incoherent key in one sample; an *episode* a chain of sightings of one key
/// with the same row and entry in samples that follow each other.
struct SampleTotals {
  std::uint64_t taken = 0;
  std::uint64_t skipped = 0;          ///< sampling times without a sample
  std::uint64_t overrun = 0;          ///< of them, those that passed while the sample before was still under way
  std::uint64_t calls = 0;            ///< to the stores, for samples
  Nanoseconds busy_ns = 0;            ///< from the begin of samples to their end, added up
  std::uint64_t correct = 0;          ///< samples without a sighting
  std::uint64_t incorrect = 0;        ///< samples with one or more
  std::uint64_t incoherent_keys = 0;  ///< sightings
  std::uint64_t transient = 0;        ///< episodes of one sighting
  std::uint64_t persistent = 0;       ///< episodes of two or more
  std::uint64_t keys_affected = 0;    ///< distinct keys ever sighted
  std::uint64_t incoherent_now = 0;   ///< in the last sample
  Nanoseconds longest_episode_ns = 0;
  Nanoseconds episodes_ns = 0;         ///< of all ended episodes, added up
  Nanoseconds oldest_now_ns = 0;       ///< age of the oldest episode of the last sample
  std::uint64_t origin_correct = 0;    ///< as the origin counts: one a sample in which all entries agree,
  std::uint64_t origin_incorrect = 0;  ///< one a wrong entry
};

/// Thread rule: one thread at a time.
class SampleTally {
 public:
  explicit SampleTally(std::uint32_t keys) : episodes_(keys), affected_(keys, false) {}

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
    totals_.skipped += times;
    totals_.overrun += times;
  }
  /// What a sample cost, also a discarded one.
  void spent(std::uint64_t calls, Nanoseconds busy_ns) {
    totals_.calls += calls;
    totals_.busy_ns += busy_ns;
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
  std::vector<Episode> episodes_;
  std::vector<bool> affected_;
  std::vector<std::uint32_t> open_ = {};  ///< keys with an episode, sorted
  std::vector<Seen> seen_ = {};           ///< in the sample being taken, sorted by key
  Nanoseconds at_ns_ = 0;
};

}  // namespace stalemate
