// What the checks are told of the ops that they do not see, since a Prefilter cleared them.
#pragma once

#include <cstdint>
#include <span>

#include "core/types.hpp"

namespace stalemate {

/// What the checks would have counted of them: no violations, and these samples.
struct Cleared {
  std::uint64_t keys = 0;      ///< clean ones
  std::uint64_t values = 0;    ///< zones
  std::uint64_t versions = 0;  ///< values in the order of versions, with every initial one
  std::uint64_t unplaced = 0;  ///< values whose version is not known
  std::uint64_t reads = 0;     ///< `ok` reads
  std::uint64_t writes = 0;    ///< `ok` writes and adds; of clean keys only of a prefilter `for_sessions`
  bool has_adds = false;       ///< the same

  void add(const Cleared& other) {
    keys += other.keys;
    values += other.values;
    versions += other.versions;
    unplaced += other.unplaced;
    reads += other.reads;
    writes += other.writes;
    has_adds = has_adds || other.has_adds;
  }
};

/// Times of ops of clean and partly clean keys, which are measured where nothing is wrong too.
struct ClearedTimes {
  /// Writes that were not read for longer than this are left out of write_spans_ns.
  static constexpr Nanoseconds span_ns_min = 1'000'000'000;

  std::span<const Nanoseconds> read_ages_ns = {};    ///< of `ok` reads: begun so long after a write last completed
  std::span<const Nanoseconds> write_spans_ns = {};  ///< of `ok` writes: the key's last `ok` read began so much later
};

}  // namespace stalemate
