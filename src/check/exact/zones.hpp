// Zones in conflict: the test of linearizability by Gibbons and Korach, and how far it fails.
//
// Two zones i and j conflict if f_i < s_j and f_j < s_i: an op of each value ended before an op of the other began, so
// neither value can come first. Disjoint forward zones and no backward zone strictly inside a forward one say the same.
//
// Source: Gibbons, Korach, "Testing shared memories", SIAM J. Comput. 1997; Golab, Li, Shah, "Analyzing consistency
// properties for fun and profit", PODC 2011 (zones, Δ); Golab et al., "Client-centric benchmarking of eventual
// consistency for cloud storage systems", ICDCS 2014 (Γ).
#pragma once

#include <cstdint>
#include <vector>

#include "check/exact/key_history.hpp"

namespace stalemate {

/// Two zones of a key in conflict.
struct ZoneConflict {
  Rank earlier = 0;  ///< the rank whose zone's f is the smaller
  Rank later = 0;
  Nanoseconds amount_ns = 0;  ///< by how much, as the measure counts it; greater than 0
};

/// How much of a conflict remains: nothing but that there is one; for Δ and Γ the least change that would end it.
enum class ZoneMeasure : std::uint8_t { delta, gamma };

/// Finds conflicts, key by key. Cost: nothing for keys whose zones cannot conflict; else a pass over the zones and a
/// binary search for each that begins before an earlier one has ended.
class ZoneFinder {
 public:
  /// For each zone that conflicts with one of smaller f, the worst such conflict by `measure`, in order of f. Valid
  /// until the next call.
  [[nodiscard]] const std::vector<ZoneConflict>& find(const KeyHistory& key, ZoneMeasure measure);
  /// One conflict for each value that has to be left out, of as few as will do, for no two of the others to be in
  /// conflict; so that one bad read gives one, however many values it was in conflict with. Values that were read
  /// before they were written count as left out. `amount_ns` is 0. Valid until the next call of either.
  [[nodiscard]] const std::vector<ZoneConflict>& find_least(const KeyHistory& key);

 private:
  void note_backward_zones(const KeyHistory& key);

  std::vector<Nanoseconds> last_;         // by zone: the greatest end of the zones up to it, or of some of them
  std::vector<std::uint32_t> last_zone_;  // which zone that is
  std::vector<ZoneConflict> conflicts_;
};

/// Whether some read cannot be in any order: a phantom, a failed
/// write's value, or a value before its write began.
[[nodiscard]] bool has_impossible_reads(const KeyHistory& key);

}  // namespace stalemate
