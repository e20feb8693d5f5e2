// Histories for the tests of the prefilter.
#pragma once

#include <cstdint>

#include "unit/check/small_history.hpp"

namespace stalemate::test {

/// Small enough to be judged by eye, mixed enough for every rule.
[[nodiscard]] SmallHistory some_history(std::uint64_t seed, Nanoseconds& clock_error_ns);

/// Ops that overlap, each taking effect at an instant of its own, on keys that several write at once: linearizable.
[[nodiscard]] SmallHistory overlapping_history(std::uint64_t seed, std::uint32_t ops, std::uint32_t keys);

/// Of the same kind, as runs leave it: few keys or many, some of them hot; slow ops among fast ones; writes that failed
/// or were never answered, with updates that may have been applied; updates tried again; ops of background parts.
/// Linearizable, but not always without reads that came too late for a prefilter.
[[nodiscard]] SmallHistory mixed_history(std::uint64_t seed);

/// What is not as it should be, of a thousand.
struct Defects {
  std::uint32_t wrong = 0;       ///< ops that fail, are not answered, or read anything
  std::uint32_t stale = 0;       ///< reads that return an older value of their key
  std::uint32_t unanswered = 0;  ///< writes that took place
  std::uint32_t slow = 0;        ///< ops that take many times as long as others
};

/// Of clients that each do one op at a time, for `unit_ns` times as long.
[[nodiscard]] SmallHistory taking_turns(std::uint64_t seed, Nanoseconds unit_ns, const Defects& defects);

/// With some of its versions, answers or values not as they should be.
[[nodiscard]] SmallHistory with_defects(SmallHistory small, SeededRandom& random);

}  // namespace stalemate::test
