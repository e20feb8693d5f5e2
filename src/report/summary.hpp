// What a run found, in plain words: numbers first, sample sizes beside every claim.
#pragma once

#include <string>

#include "report/run_results.hpp"

namespace stalemate {

/// What was asked, what was done, what disagreed and for how long, and what that means to a customer; then a table.
/// Plain text, lines at most `width` wide (a longer single word stays whole), one newline at the end. Pure.
/// Requires: width >= 40.
[[nodiscard]] std::string summarize(const RunResults& results, unsigned width);

/// Two runs side by side: a table, then a few sentences; what makes them not alike is said first. As summarize().
[[nodiscard]] std::string compare(const RunResults& before, const RunResults& after, unsigned width);

}  // namespace stalemate
