// A check's report for people and for programs.
#pragma once

#include <span>
#include <string>

#include "check/check.hpp"

namespace stalemate {

/// A table, one line a check (verdict, count, worst, sample size); then the curve over the clock error, if there is
/// one; then the first violations of each check in words.
[[nodiscard]] std::string report_text(const Report& report, unsigned width,
                                      std::span<const ClockErrorPoint> curve = {});

/// Everything in the report, as indented JSON.
[[nodiscard]] std::string report_json(const Report& report, std::span<const ClockErrorPoint> curve = {});

}  // namespace stalemate
