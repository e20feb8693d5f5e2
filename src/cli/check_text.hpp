// A check's report for people and for programs.
#pragma once

#include <string>

#include "check/check.hpp"

namespace stalemate {

/// A table, one line a check (verdict, count, worst, sample size), then the first violations of each in words.
[[nodiscard]] std::string report_text(const Report& report, unsigned width);

/// Everything in the report, as indented JSON.
[[nodiscard]] std::string report_json(const Report& report);

}  // namespace stalemate
