// What a run found, in plain words: numbers first, sample sizes beside every claim.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "report/results/run_results.hpp"

namespace stalemate {

/// One paragraph of a run's summary. Several of one label may follow each other.
struct SummaryParagraph {
  std::string_view label = {};  ///< such as "Asked"
  std::string text = {};        ///< sentences; never empty
};

/// "before: cache-aside on PostgreSQL 15.8 (read committed) and Redis 7.0.15, seed 1". Pure.
[[nodiscard]] std::string summary_heading(const RunResults& results);
/// What was asked, what was done, what disagreed and for how long, and what that means to a customer, in the order in
/// which it is told. Pure.
[[nodiscard]] std::vector<SummaryParagraph> summary_paragraphs(const RunResults& results);

/// What was asked, what was done, what disagreed and for how long, and what that means to a customer; then a table.
/// Plain text, lines at most `width` wide (a longer single word stays whole), one newline at the end. Pure.
/// Requires: width >= 40.
[[nodiscard]] std::string summarize(const RunResults& results, unsigned width);

/// How many runs may stand side by side.
inline constexpr std::size_t compared_runs_max = 6;

/// Runs side by side: a table, then a few sentences; what makes them not alike is said first. Times are compared with
/// those of the first. As summarize(). Requires: 2 to compared_runs_max runs.
[[nodiscard]] std::string compare(std::span<const RunResults> compared, unsigned width);

}  // namespace stalemate
