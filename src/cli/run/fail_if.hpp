// Thresholds for CI: --fail-if 'reads.dropped>0'.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "report/run_results.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// One threshold: a field of results.json, how to compare, and a bound.
struct Threshold {
  enum class Relation : std::uint8_t { less, less_or_equal, equal, not_equal, greater_or_equal, greater };
  std::string text = {};  ///< as written
  std::string path = {};  ///< such as "latency.read.response.p99_ns"
  Relation relation = Relation::greater;
  double bound = 0;
};

/// Reads FIELD RELATION BOUND, relations < <= == != >= >; the bound is a number, or a duration (in nanoseconds, for
/// fields that end in _ns; in seconds for those that end in _s).
/// Errors: wrong_type: not of that form, or no numeric field of that name (with the nearest).
[[nodiscard]] Result<Threshold> parse_threshold(std::string_view text);

/// A run of the scenario can have a figure for each of them. Errors: wrong_type: why not, such as that it has no cache.
[[nodiscard]] Result<void> check_thresholds(const std::vector<Threshold>& thresholds, const Scenario& scenario);

/// The thresholds that came true, as sentences with the figure. A field without a figure in this run (no cache, say) is
/// an error: a threshold that cannot be tested must not pass.
[[nodiscard]] Result<std::vector<std::string>> thresholds_crossed(const std::vector<Threshold>& thresholds,
                                                                  const RunResults& results);

}  // namespace stalemate
