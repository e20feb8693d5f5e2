// What a sweep measured: one figure, or those of a search, at many values of
// one or two settings.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/bounds.hpp"
#include "report/comparison/spread.hpp"
#include "report/sweep/bisection.hpp"
#include "report/sweep/spacing.hpp"

namespace stalemate {

/// A figure of every run.
struct SweptFigure {
  std::string name = {};  ///< as it was asked for, such as "hit_ratio"
  std::string kind = {};  ///< "nanoseconds", "seconds", "ratio", "count", "number" or "yes/no"
};

/// A setting that takes several values.
struct SweepAxis {
  std::string name = {};  ///< of the scenario's field, such as "write_rate"
  std::string unit = {};  ///< such as "ops a second"; empty for plain numbers
                          ///< and for times, whose values have units
  Spacing spacing = Spacing::even;
  std::vector<double> values = {};      ///< sorted, distinct; times in nanoseconds
  std::vector<std::string> texts = {};  ///< of each value, as a scenario says it
};

/// One run at a point.
struct SweptRun {
  std::string folder = {};  ///< relative to the sweep's
  std::uint64_t seed = 0;
  std::vector<std::optional<double>> values = {};     ///< of each figure; none where the run has none
  std::vector<std::optional<double>> predicted = {};  ///< of each figure; none where nothing is predicted
  std::uint64_t stale = 0;                            ///< reads
  std::uint64_t checked = 0;                          ///< reads
  std::uint64_t dropped = 0;                          ///< planned ops that were never sent
};

/// One value of each setting.
struct SweepPoint {
  std::vector<std::size_t> at = {};  ///< of each axis the value's index
  std::vector<SweptRun> runs = {};   ///< none: not reached
};

/// What is to hold of the figure at the same place.
struct SweepCondition {
  std::string text = {};  ///< as written, such as "read_p99<5ms"
  double bound = 0;       ///< in the figure's unit
};

/// The search for a value.
struct SweepSearch {
  std::vector<SweepCondition> conditions = {};  ///< one a figure
  std::vector<Trial> trials = {};               ///< sorted by value
  Boundary boundary = Boundary::unknown;
  std::optional<std::pair<Trial, Trial>> bracket = {};  ///< of a boundary: the one that holds first
  bool is_cut_short = false;                            ///< by the budget or an interrupt
};

struct SweepResults {
  std::string scenario = {};
  std::string question = {};
  std::string pattern = {};
  std::string program_version = {};
  std::string started_at = {};  ///< UTC
  std::string command = {};     ///< that does it again
  std::int64_t run_ns = 0;      ///< how long a run is; 0 where that is what is swept
  unsigned repeat = 1;          ///< runs wanted at each point
  std::vector<SweptFigure> figures = {};
  std::vector<SweepAxis> axes = {};             ///< one or two
  std::vector<SweepPoint> points = {};          ///< of a grid all, the last axis varying
                                                ///< fastest; of a search sorted by value
  std::vector<std::string> engines = {};        ///< such as "PostgreSQL 15.8"
  std::optional<SweepSearch> search = {};       ///< none: a grid
  std::vector<std::string> not_predicted = {};  ///< clauses: why a figure has no prediction somewhere
  bool interrupted = false;
  bool is_over_budget = false;  ///< the budget was over before all was measured
};

/// Of the runs that have the figure; none if no run has.
[[nodiscard]] std::optional<Spread> spread_of(const SweepPoint& point, std::size_t figure);
/// The median of the predictions; none without.
[[nodiscard]] std::optional<double> predicted_of(const SweepPoint& point, std::size_t figure);

/// The least and the greatest of all that is drawn.
struct DrawnExtent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();
  void take(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  /// 0 at the least, 1 at the greatest, 0.5 where they are one.
  [[nodiscard]] double place_of(double value) const { return low == high ? 0.5 : (value - low) / (high - low); }
};
/// Of what was measured and predicted; `low` is above `high` where nothing was.
[[nodiscard]] DrawnExtent drawn_extent_of(const SweepResults& results, std::size_t figure);
/// Of a figure that counts stale reads (stale_share, stale_reads_per_million),
/// the range that holds the true one with 95 % confidence, from the reads of
/// all runs of the point; none for other figures and without checked reads.
[[nodiscard]] std::optional<Bounds> stale_bounds(const SweepPoint& point, const SweptFigure& figure);
/// Points without as many runs as wanted, and those without any.
[[nodiscard]] std::size_t points_incomplete(const SweepResults& results);
[[nodiscard]] std::size_t points_missing(const SweepResults& results);

/// As people read it: "1.24 ms", "64.3 %", "12,000".
[[nodiscard]] std::string figure_text(double value, std::string_view kind);
/// What an axis or a figure is called where its unit matters: "write_rate (ops
/// a second)".
[[nodiscard]] std::string name_with_unit(const SweepAxis& axis);
[[nodiscard]] std::string name_with_unit(const SweptFigure& figure);

/// sweep.json, as docs/sweep.md describes it; one newline at the end.
[[nodiscard]] std::string to_json(const SweepResults& results);
/// sweep.csv: a heading, then a line a run; plain numbers, times in
/// nanoseconds.
[[nodiscard]] std::string to_csv(const SweepResults& results);

}  // namespace stalemate
