// A run as it stands at one moment: what the live screen shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/run_counts.hpp"
#include "core/types.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// Two points of a distribution of response times; count 0: nothing measured.
struct ResponseTimes {
  std::uint64_t count = 0;
  Nanoseconds p50_ns = 0;
  Nanoseconds p99_ns = 0;
};

/// The ops of one kind so far.
struct KindProgress {
  OpCounts counts = {};   ///< planned: in the whole run
  std::uint64_t due = 0;  ///< whose intended start has come
  std::uint64_t done_last_second = 0;
  ResponseTimes last_second = {};
  ResponseTimes overall = {};
};

enum class RunPhase : std::uint8_t { starting, running, draining, finished, interrupted };

/// A snapshot for the screen. Lists as in RunResults.
struct Progress {
  std::string title = {};    ///< scenario and pattern, such as "before · cache-aside"
  std::string engines = {};  ///< such as "PostgreSQL 15.8 (read committed) + Redis 7.0.15"
  RunPhase phase = RunPhase::running;
  Nanoseconds elapsed_ns = 0;
  Nanoseconds duration_ns = 0;
  KindProgress reads = {};
  KindProgress writes = {};
  std::optional<CacheCounts> cache = {};     ///< none without a cache
  std::optional<SampleTotals> samples = {};  ///< none without a cache
  bool counts_as_origin = false;             ///< with --serialize: the origin's counts of samples are shown too
  std::uint64_t backlog = 0;                 ///< due, but not sent yet
  std::uint64_t in_flight = 0;               ///< sent, but not completed yet
  std::uint64_t retries = 0;
  std::vector<NamedCount> faults = {};
  std::vector<NamedCount> errors = {};
  std::vector<std::string> notes = {};  ///< what is wrong just now, such as "cache unreachable since 3.2 s"
};

}  // namespace stalemate
