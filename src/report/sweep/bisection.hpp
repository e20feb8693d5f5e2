// Looks for the value of one parameter up to which, or from which on, something
// holds, measuring few of its values.
#pragma once

#include <optional>
#include <vector>

#include "report/sweep/spacing.hpp"

namespace stalemate {

/// What was measured at a value.
struct Trial {
  double value = 0;
  bool holds = false;
};

/// What the trials say.
enum class Boundary : unsigned char {
  largest,       ///< it holds up to a value and no further
  smallest,      ///< it holds from a value on
  everywhere,    ///< it holds at both ends: the boundary, if there is one, is not
                 ///< between them
  nowhere,       ///< at neither end
  contradicted,  ///< it holds, fails and holds again, or the reverse: there is
                 ///< no one boundary
  unknown        ///< not even both ends were tried
};

/// First both ends are tried. Where they differ, the stretch between the two
/// nearest trials that differ is halved, until it is narrower than a fiftieth
/// of its upper end (by ratio) or of the range (even), or the steps are spent.
/// Then the widest stretches between trials that agree are tried, so that a
/// boundary that is not the only one may show.
///
///   values   1 . . . . . . . . 100       trials: 1 holds, 100 fails, 10
///   holds, 31.6 fails, 17.8 holds: largest, holds    y       y   y n     n
///   from 17.8 to 31.6
///
/// Source: bisection; the tries afterwards are our own.
class Bisection {
 public:
  /// Besides the ends, `steps` values at most are tried to narrow the stretch,
  /// and `probes` to contradict.
  Bisection(ValueRange range, unsigned steps, unsigned probes);

  /// The value to be tried next, which was not tried before; none at the end.
  [[nodiscard]] std::optional<double> next() const;
  /// How many trials there may still be, at most.
  [[nodiscard]] unsigned left() const;
  /// Requires: the value of next().
  void add(Trial trial);

  [[nodiscard]] Boundary boundary() const;
  /// The nearest trials that differ, the one that holds first. Requires: the
  /// boundary is `largest` or `smallest`.
  [[nodiscard]] std::pair<Trial, Trial> bracket() const;
  /// All of them, sorted by value.
  [[nodiscard]] const std::vector<Trial>& trials() const { return trials_; }

 private:
  [[nodiscard]] std::optional<double> narrower() const;
  [[nodiscard]] std::optional<double> probe() const;
  [[nodiscard]] std::optional<double> between(double low, double high) const;
  [[nodiscard]] std::vector<Trial>::const_iterator first_change() const;

  ValueRange range_;
  unsigned steps_left_;
  unsigned probes_left_;
  std::vector<Trial> trials_ = {};
};

}  // namespace stalemate
