// Runs that differ from the examples, and what is said of them as one line of text.
#pragma once

#include <array>
#include <functional>
#include <string>

#include "one_line.hpp"
#include "report/summary.hpp"
#include "unit/report/example_results.hpp"

namespace stalemate {

inline std::string compare(const RunResults& first, const RunResults& second, unsigned width) {
  return compare(std::array{first, second}, width);
}

inline std::string summary_after(const std::function<void(RunResults&)>& change) {
  RunResults results = example_before();
  change(results);
  return as_one_line(summarize(results, 80));
}

inline std::string comparison_after(const std::function<void(RunResults&)>& change) {
  RunResults after = example_before();
  change(after);
  return as_one_line(compare(example_before(), after, 80));
}

inline RunResults all_writes_lost() {
  RunResults results = example_before();
  results.samples = SampleCounts{100 * example_ms, 6, 599, 0, 599};
  results.stale = StaleReads{.checked = 6000};
  results.lost = LostWrites{3000, 3000, 5990, 5990};
  results.violations = {{"linearizable", 149}, {"lost-updates", 3000}};
  return results;
}

// As after a run of update-first whose database refuses every fifth value.
inline RunResults with_dirty_reads() {
  RunResults results = example_before();
  results.samples = SampleCounts{100 * example_ms, 6, 599, 0, 599};
  results.stale = StaleReads{.checked = 4850};
  results.lost = LostWrites{.checked = 2400};
  results.verdict = "invalid";
  results.checks = {
      {"dirty-reads", "invalid", true, 1150, 6000, "reads", 0, "showed a quantity that the database had refused",
       "client 3's read of 1005 returned the value of client 1's write of 1005, which failed.", ""},
      {"new-check", "invalid", true, 3, 2400, "writes", 0, "", "", ""},
      {"stale-reads", "valid", true, 0, 4850, "reads", 1150, "", "", "1150 reads could not be judged."}};
  results.violations = {{"dirty-reads", 1150}, {"new-check", 3}, {"stale-reads", 0}};
  return results;
}

}  // namespace stalemate
