// Values between two ends: evenly, or each the same multiple of the one before.
#pragma once

#include <vector>

namespace stalemate {

enum class Spacing : unsigned char { even, by_ratio };

/// What values lie between two ends. Invariant: low < high, both finite; above
/// 0 with Spacing::by_ratio.
struct ValueRange {
  double low = 0;
  double high = 1;
  Spacing spacing = Spacing::even;
  bool is_whole = false;  ///< only whole numbers are values; both ends are

  /// Where a value lies: 0 at low, 1 at high, between them as the spacing is.
  /// Requires: low <= value <= high.
  [[nodiscard]] double place_of(double value) const;
  /// The value at that place, short to write (three significant digits) and
  /// whole where it must be, if such a value lies between the ends. Requires: 0
  /// <= place <= 1.
  [[nodiscard]] double value_at(double place) const;
  /// `count` values from low to high, both among them; fewer where there are
  /// not as many whole ones. Sorted, distinct. Requires: count >= 2.
  [[nodiscard]] std::vector<double> values(unsigned count) const;
};

}  // namespace stalemate
