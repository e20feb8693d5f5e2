// How long patterns hold and wait, where the scenario does not say.
#pragma once

#include "core/types.hpp"

namespace stalemate {

/// A lock lapses if its holder does not give it back: long against any store call that goes well.
inline constexpr Nanoseconds lock_hold_ns = 2'000'000'000;
/// How long a lock is waited for: until the one before has lapsed, and some more.
inline constexpr Nanoseconds lock_patience_ns = 3'000'000'000;
/// How long a reader waits for another reader's fill.
inline constexpr Nanoseconds fill_patience_ns = 100'000'000;
/// How long a time stamp, tombstone or marker stays: longer than any read between its load and its fill.
inline constexpr Nanoseconds mark_hold_ns = 10'000'000'000;
/// The time to live of patterns that cannot do without one.
inline constexpr Nanoseconds own_time_to_live_ns = 1'000'000'000;

}  // namespace stalemate
