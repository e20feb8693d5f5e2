// CleanKeys: what a Screen tells the checks of the keys that it has cleared.
#pragma once

#include <cstdint>
#include <span>

#include "core/types.hpp"

namespace stalemate {

/// What the checks would have counted of clean keys and of the settled ops of others: no violations, and these samples.
struct CleanKeys {
  std::uint64_t keys = 0;      ///< clean ones
  std::uint64_t values = 0;    ///< zones
  std::uint64_t versions = 0;  ///< values in the order of versions, with every initial one
  std::uint64_t unplaced = 0;  ///< values whose version is not known
  std::uint64_t reads = 0;     ///< `ok` reads
  std::uint64_t writes = 0;    ///< `ok` writes and adds; of clean keys only where some check `needs_turns`
  bool has_adds = false;       ///< the same
};

/// Times of some ops of clean and partly clean keys.
struct CleanBatch {
  /// Writes that were not read for longer than this are left out of write_spans_ns.
  static constexpr Nanoseconds span_ns_min = 1'000'000'000;

  std::span<const Nanoseconds> read_ages_ns = {};    ///< of `ok` reads: begun so long after a write last completed
  std::span<const Nanoseconds> write_spans_ns = {};  ///< of `ok` writes: the key's last `ok` read began so much later
};

}  // namespace stalemate
