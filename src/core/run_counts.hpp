// What a run counts: of its ops, and of the sampler's samples. Drive counts them, report tells them.
#pragma once

#include <cstdint>

#include "core/types.hpp"

namespace stalemate {

/// What became of the ops of one kind.
/// Invariants at the end of a run: planned = sent + dropped + not_reached; sent = ok + fail + info; late <= sent;
/// not_reached = 0 unless the run was interrupted. While it goes on, what is in flight is sent and has not ended.
struct OpCounts {
  std::uint64_t planned = 0;
  std::uint64_t sent = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;
  std::uint64_t late = 0;         ///< sent, but later after the intended start than the scenario's bound
  std::uint64_t dropped = 0;      ///< never sent though its time came (with `ticker`: ticks that found the loop busy)
  std::uint64_t not_reached = 0;  ///< never sent because the run was interrupted before its time

  [[nodiscard]] std::uint64_t failed() const { return fail + info; }
  [[nodiscard]] std::uint64_t ended() const { return ok + fail + info; }
  OpCounts& operator+=(const OpCounts& other) {
    planned += other.planned;
    sent += other.sent;
    ok += other.ok;
    fail += other.fail;
    info += other.info;
    late += other.late;
    dropped += other.dropped;
    not_reached += other.not_reached;
    return *this;
  }
  friend bool operator==(const OpCounts&, const OpCounts&) = default;
};

/// What the sampler saw: all rows against all entries, once an interval.
/// A *sighting* is one incoherent key in one sample; an *episode* is a chain of sightings of one key with the same row
/// and entry in samples that follow each other. An episode lasts from its first sighting to the first sample that
/// no longer shows it (or the last sample of the run), so it is right to about one interval either way.
/// Invariants: taken = correct + incorrect; incoherent_keys >= incorrect and >= transient + 2 persistent;
/// mean_episode_ns <= longest_episode_ns; keys_affected <= keys; overrun <= skipped.
struct SampleCounts {
  Nanoseconds interval_ns = 0;
  std::uint64_t keys = 0;             ///< compared in each sample
  std::uint64_t taken = 0;            ///< samples that saw every row and every entry
  std::uint64_t skipped = 0;          ///< sampling times without a sample: a server did not answer, or overrun
  std::uint64_t correct = 0;          ///< samples in which no key was incoherent
  std::uint64_t incorrect = 0;        ///< samples in which at least one was
  std::uint64_t incoherent_keys = 0;  ///< sightings
  std::uint64_t transient = 0;        ///< episodes of one sighting
  std::uint64_t persistent = 0;       ///< episodes of two or more
  std::uint64_t keys_affected = 0;    ///< distinct keys ever seen incoherent
  std::uint64_t unrepaired_keys = 0;  ///< of all keys, incoherent when compared once more after the last op
  Nanoseconds longest_episode_ns = 0;
  Nanoseconds mean_episode_ns = 0;
  std::uint64_t overrun = 0;  ///< of skipped: passed while the sample before was still under way
  std::uint64_t calls = 0;    ///< to the stores, for samples; not among the history's steps
  Nanoseconds busy_ns = 0;    ///< time that samples took, added up
  friend bool operator==(const SampleCounts&, const SampleCounts&) = default;
};

/// The origin's own way of counting, under its global lock: one correct a sample in which all entries agree, one
/// incorrect a wrong entry.
struct OriginCounts {
  std::uint64_t correct = 0;
  std::uint64_t incorrect = 0;
  friend bool operator==(const OriginCounts&, const OriginCounts&) = default;
};

/// The sampler's counts while it goes on. Episodes that have not ended are not in `counts`.
struct SampleTotals {
  SampleCounts counts = {};
  std::uint64_t incoherent_keys_now = 0;  ///< in the last sample
  Nanoseconds oldest_episode_ns = 0;      ///< how long the oldest disagreement of the last sample has lasted
  OriginCounts origin = {};
};

}  // namespace stalemate
