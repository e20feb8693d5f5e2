// Moments of runs as they come, for the tests of the screen.
#pragma once

#include "report/screen/progress.hpp"

namespace stalemate {

/// The origin's `before` after 10.4 s of 20 s, with one key wrong just now.
inline Progress example_progress() {
  constexpr Nanoseconds ms = 1'000'000;
  Progress progress;
  progress.title = "before · cache-aside";
  progress.engines = "PostgreSQL 15.8 (read committed) + Redis 7.0.15";
  progress.elapsed_ns = 10'400 * ms;
  progress.duration_ns = 20'000 * ms;
  progress.reads = {
      {.planned = 2000, .sent = 1040, .ok = 1039}, 1040, 100, {100, 94'000, 310'000}, {1039, 95'000, 1'200'000}};
  progress.writes = {
      {.planned = 1000, .sent = 520, .ok = 520}, 520, 50, {50, 261'000, 812'000}, {520, 263'000, 2'310'000}};
  progress.cache = CacheCounts{668, 371, {}};
  progress.samples =
      SampleTotals{.counts = {.keys = 6, .taken = 104, .correct = 101, .incorrect = 3, .keys_affected = 2},
                   .incoherent_keys_now = 1,
                   .oldest_episode_ns = 400 * ms,
                   .origin = {101, 3}};
  progress.in_flight = 1;
  progress.faults = {{"skip", 19}};
  return progress;
}

/// The same while the cache is gone.
inline Progress example_trouble_progress() {
  Progress progress = example_progress();
  progress.reads.counts.ok -= 8;
  progress.reads.counts.info = 8;
  progress.reads.counts.late = 211;
  progress.writes.counts.ok -= 5;
  progress.writes.counts.info = 5;
  progress.writes.counts.dropped = 2;
  progress.samples->counts.skipped = 30;
  progress.counts_as_origin = true;
  progress.backlog = 1'250;
  progress.in_flight = 16;
  progress.retries = 1;
  progress.errors = {{"connection_lost", 5}, {"timed_out", 8}};
  progress.notes = {"cache unreachable since 3.2 s", "the disk is full: recording has stopped, the run goes on"};
  return progress;
}

/// The origin's `after`, just begun: no cache, and nothing measured yet.
inline Progress example_first_progress() {
  Progress progress;
  progress.title = "after · none";
  progress.engines = "PostgreSQL 15.8 (serializable)";
  progress.phase = RunPhase::starting;
  progress.duration_ns = 5'400'000'000'000;
  progress.reads.counts.planned = 540'000;
  progress.writes.counts.planned = 270'000;
  return progress;
}

}  // namespace stalemate
