// The curve over ε: how many violations are left if the clocks were that far apart.
//
//   clock error        0   10 us   100 us      what a widened interval can explain is no violation
//   stale-reads       34      12        0      here clocks 100 us apart would explain all
//
// Cost: one check of the history a point.

#include <algorithm>

#include "check/check.hpp"

namespace stalemate {

std::vector<ClockErrorPoint> clock_error_curve(const Checker& check, const CheckOptions& options,
                                               std::span<const Nanoseconds> errors_ns) {
  std::vector<ClockErrorPoint> curve;
  for (const Nanoseconds error_ns : errors_ns) {
    CheckOptions widened = options;
    widened.clock_error_ns = error_ns;
    widened.violations_max = 0;
    widened.stale_reads_max = 0;
    widened.disagreement_gap_ns.reset();
    ClockErrorPoint point{.clock_error_ns = error_ns};
    for (const CheckResult& result : check(widened).results) {
      if (result.decides && result.verdict != Verdict::unknown) {
        point.counts.push_back({.name = result.name, .value = static_cast<double>(result.count)});
      }
    }
    curve.push_back(std::move(point));
  }
  return curve;
}

std::vector<ClockErrorPoint> clock_error_curve(const History& history, const CheckOptions& options,
                                               std::span<const Nanoseconds> errors_ns) {
  return clock_error_curve([&history](const CheckOptions& widened) { return check_all(history, widened); }, options,
                           errors_ns);
}

std::vector<Nanoseconds> clock_errors_up_to(Nanoseconds greatest_ns) {
  std::vector<Nanoseconds> errors_ns = {0};
  for (const Nanoseconds percent : {1, 5, 20, 50, 100}) {
    errors_ns.push_back(percent == 100 ? greatest_ns : greatest_ns / 100 * percent + greatest_ns % 100 * percent / 100);
  }
  errors_ns.erase(std::ranges::unique(errors_ns).begin(), errors_ns.end());
  return errors_ns;
}

}  // namespace stalemate
