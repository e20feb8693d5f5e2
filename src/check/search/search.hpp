// The general search for linearizability: for objects whose values do not name their writes (compare-and-set, repeated
// values, append, add). One key at a time.
//
// Depth-first over which op takes effect next, with a memory of the (ops done, state) pairs that led nowhere. An op may
// be next if no op still to come had completed before it began. A read that fits the state is always taken at once: it
// changes nothing and can never do better later. Of ops that may never have happened, one whose value nobody asks for
// is left out; of those that do the same, which differ in nothing but when they may come, the first to begin is the
// next.
//
// Source: Wing and Gong, "Testing and verifying concurrent objects", JPDC 1993; Lowe, "Testing for linearizability",
// CCPE 2017 (the memory). The problem is NP-complete, hence the budget.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "check/check.hpp"
#include "check/search/object_states.hpp"
#include "core/types.hpp"

namespace stalemate {

/// One op of the key. Requires: ok reads, and writes, cas, appends and adds that did not fail; the rest left out.
struct SearchOp {
  Nanoseconds invocation_ns = 0;
  Nanoseconds completion_ns = never;  ///< `never`: it may have happened or not
  EventKind kind = EventKind::read;
  ValueId value = nil_value;
  ValueId expected = nil_value;  ///< of a cas
  std::uint32_t origin = 0;      ///< the caller's own
};

struct SearchLimits {
  std::uint64_t states_max = 20'000'000;
  std::uint64_t bytes_max = std::uint64_t{1} << 30U;
  const std::function<bool()>* should_stop = nullptr;  ///< may be null or empty; asked every 4096 states
};

/// What the search found.
struct SearchOutcome {
  Verdict verdict = Verdict::unknown;
  bool reached_states_max = false;  ///< that is why it is unknown: more states might help
  bool has_meaning = true;          ///< false: what its ops leave is not defined, so it was not searched
  std::uint64_t states = 0;         ///< visited
  /// If invalid: the longest order found, by `origin`, and the first op that had to follow but could not.
  std::vector<std::uint32_t> longest = {};
  std::optional<std::uint32_t> stuck = {};
  ObjectState stuck_state = 0;  ///< what the object held then
};

/// Whether the ops can be put in an order that keeps their times and in which `states` gives every result.
/// Ops come in any order. `unknown` where a limit was reached first.
[[nodiscard]] SearchOutcome search_order(std::span<const SearchOp> ops, ObjectStates& states, ObjectState initial,
                                         const SearchLimits& limits);

}  // namespace stalemate
