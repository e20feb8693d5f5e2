// How long patterns hold and wait, where the scenario does not say.
#pragma once

#include "core/pattern/ports.hpp"
#include "core/types.hpp"

namespace stalemate {

/// A lock lapses if its holder does not give it back: long against any store call that goes well.
inline constexpr Nanoseconds lock_hold_ns = 2'000'000'000;
/// How long a lock is waited for: until the one before has lapsed, and some more.
inline constexpr Nanoseconds lock_patience_ns = 3'000'000'000;
/// A token to fill with lapses if its reader does not fill, and an intent to write if its writer does not end.
inline constexpr Nanoseconds lease_hold_ns = 2'000'000'000;
/// How long a reader waits for another reader's fill.
inline constexpr Nanoseconds fill_patience_ns = 100'000'000;
/// How long a time stamp, tombstone or marker stays: longer than any read between its load and its fill.
inline constexpr Nanoseconds mark_hold_ns = 10'000'000'000;
/// The time to live of patterns that cannot do without one.
inline constexpr Nanoseconds own_time_to_live_ns = 1'000'000'000;
/// The scenario's time to live, or their own where it wants none.
[[nodiscard]] constexpr Nanoseconds life_ns(const Ports& ports) {
  return ports.time_to_live_ns > 0 ? ports.time_to_live_ns : own_time_to_live_ns;
}

}  // namespace stalemate
