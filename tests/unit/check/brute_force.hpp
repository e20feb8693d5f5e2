// The checks once more, straight from the definitions: slow, and with nothing in common with the checks themselves.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "unit/check/small_history.hpp"

namespace stalemate::test {

/// One read's sample of t-visibility.
struct VisibilitySample {
  Nanoseconds t_ns = 0;
  bool missed = false;
};

/// How many writes were read at all later than some t, and how many of them were missed.
struct WritesWithin {
  std::uint64_t checked = 0;
  std::uint64_t missed = 0;
};

/// How long entries held something other than their rows.
struct Incoherence {
  std::uint64_t keys = 0;  ///< with steps to their entries
  std::uint64_t episodes = 0;
  Nanoseconds total_ns = 0;
  Nanoseconds longest_ns = 0;
};

/// Calls that read rows, begun after the warm-up.
struct Loads {
  std::uint64_t all = 0;
  std::uint64_t while_loading = 0;  ///< another of the same key was under way
  std::uint64_t most_in_one_second = 0;
  std::uint64_t in_warm_up = 0;
  std::uint64_t refused_fills = 0;
};

/// What the definitions say of a small history.
struct Truth {
  std::map<std::string, std::uint64_t> counts;  ///< violations, by check
  bool linearizable = true;
  bool in_version_order = true;
  bool has_vague = false;       ///< a read found no row, and several deletes may be why
  bool versions_decide = true;  ///< every value that matters has a place among the versions
  bool times_decide = true;     ///< no versions are told, and the order of each key's writes is certain
  std::map<std::string, std::uint64_t> unjudged;  ///< where no versions are told, by check
  std::uint64_t stale = 0;
  Nanoseconds stale_lower_max = 0;
  Nanoseconds stale_lower_sum = 0;
  Nanoseconds stale_upper_max = 0;
  std::uint64_t versions_sum = 0;
  Nanoseconds delta = 0;  ///< the worst key's; `never` where none helps
  Nanoseconds gamma = 0;
  std::uint64_t keys_with_delta = 0;
  std::uint64_t keys_with_gamma = 0;
  std::uint64_t k = 1;  ///< the worst key's, of those that have one
  std::uint64_t keys_without_k = 0;
  std::uint64_t reads_behind_lost = 0;
  std::uint64_t reads_behind_lost_not_stale = 0;
  std::vector<VisibilitySample> visibility;
  std::array<WritesWithin, 3> within;  ///< 1 s, 1 min, 10 min
  Incoherence incoherence;
};

/// Everything by enumeration. Requires: at most about 10 ops a key; `history` is the small one, packed.
[[nodiscard]] Truth truth_of(const SmallHistory& small, const History& history, Nanoseconds clock_error_ns);

/// The acknowledged adds that began from a value from which another one began before: all but one of each base.
/// `gone`: adds that the database never applied, which are counted as such.
[[nodiscard]] std::uint64_t count_same_bases(const History& history, const std::set<OpIndex>& gone);
/// Keys whose entry, at rest, was there and not equal to the row.
[[nodiscard]] std::uint64_t count_unconverged(const History& history);
/// From what rows and entries held at every instant.
[[nodiscard]] Incoherence incoherence_of(const History& history);

/// From every pair of loads.
[[nodiscard]] Loads loads_of(const History& history, Nanoseconds warm_up_ns);

/// The greatest share that `hits` of `sample` leave possible at 95 %: 3 of `sample` for none, else the Poisson limit by
/// bisection; at most 1.
[[nodiscard]] double brute_share_upper_95(std::uint64_t hits, std::uint64_t sample);

}  // namespace stalemate::test
