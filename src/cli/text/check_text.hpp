// A check's report for people and for programs.
#pragma once

#include <span>
#include <string>

#include "check/check.hpp"
#include "report/ci/verdict_sheet.hpp"

namespace stalemate {

/// A table, one line a check (verdict, count, worst, sample size); then the curve over the clock error, if there is
/// one; then the first violations of each check in words.
[[nodiscard]] std::string report_text(const Report& report, unsigned width, const Marks& marks,
                                      std::span<const ClockErrorPoint> curve = {});

/// For CI: a case a deciding check. `again`: the command that checks once more.
[[nodiscard]] VerdictSheet sheet_of(const Report& report, const std::string& file, const std::string& again);

/// Everything in the report, as indented JSON.
[[nodiscard]] std::string report_json(const Report& report, std::span<const ClockErrorPoint> curve = {});

}  // namespace stalemate
