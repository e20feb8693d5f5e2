#include "drive/sampling/sample_tally.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace stalemate {

void SampleTally::begin_sample(Nanoseconds at_ns) {
  STALEMATE_ASSERT(at_ns >= at_ns_, "samples are taken in the order of time");
  at_ns_ = at_ns;
  seen_.clear();
}

void SampleTally::look(Key first, std::span<const Value> rows_before, std::span<const Value> entries,
                       std::span<const Value> rows_after) {
  STALEMATE_ASSERT(rows_before.size() == entries.size() && entries.size() == rows_after.size(),
                   "a look has two rows and an entry of each key");
  for (std::size_t place = 0; place < entries.size(); ++place) {
    const Value row = rows_before[place];
    if (row == rows_after[place] && entries[place] != absent && entries[place] != row) {
      seen_.push_back({first.index + static_cast<std::uint32_t>(place), row, entries[place]});
    }
  }
}

void SampleTally::end_sample() {
  ++totals_.counts.taken;
  ++(seen_.empty() ? totals_.counts.correct : totals_.counts.incorrect);
  totals_.origin.correct += seen_.empty() ? 1 : 0;
  totals_.origin.incorrect += seen_.size();
  totals_.counts.incoherent_keys += seen_.size();
  totals_.incoherent_keys_now = seen_.size();
  totals_.oldest_episode_ns = 0;
  // Episodes that this sample does not continue are over; both lists are sorted by key.
  auto sighting = seen_.begin();
  for (const std::uint32_t key : open_) {
    while (sighting != seen_.end() && sighting->key < key) {
      ++sighting;
    }
    Episode& episode = episodes_[key];
    const bool goes_on = sighting != seen_.end() && sighting->key == key && sighting->row == episode.row &&
                         sighting->entry == episode.entry;
    if (!goes_on) {
      end_episode(episode);
    }
  }
  open_.clear();
  for (const Seen& seen : seen_) {
    Episode& episode = episodes_[seen.key];
    if (episode.sightings == 0) {
      episode = {seen.row, seen.entry, 0, at_ns_};
    }
    ++episode.sightings;
    totals_.oldest_episode_ns = std::max(totals_.oldest_episode_ns, at_ns_ - episode.first_ns);
    totals_.counts.keys_affected += affected_[seen.key] ? 0 : 1;
    affected_[seen.key] = true;
    open_.push_back(seen.key);
  }
}

void SampleTally::abandon_sample() {
  seen_.clear();
  ++totals_.counts.skipped;
}

void SampleTally::end_episode(Episode& episode) {
  SampleCounts& counts = totals_.counts;
  ++(episode.sightings == 1 ? counts.transient : counts.persistent);
  const Nanoseconds length_ns = at_ns_ - episode.first_ns;
  counts.longest_episode_ns = std::max(counts.longest_episode_ns, length_ns);
  episodes_ns_ += length_ns;
  counts.mean_episode_ns = episodes_ns_ / static_cast<Nanoseconds>(counts.transient + counts.persistent);
  episode.sightings = 0;
}

void SampleTally::finish() {
  for (const std::uint32_t key : open_) {
    end_episode(episodes_[key]);
  }
  open_.clear();
}

}  // namespace stalemate
