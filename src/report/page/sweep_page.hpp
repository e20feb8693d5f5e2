// A sweep as a page: the curve or the map, every point in a table with the pages of its runs, and the answer of a
// search.
#pragma once

#include <string>

#include "report/page/page.hpp"
#include "report/sweep/sweep_results.hpp"

namespace stalemate {

/// The page will lie in the sweep's folder; its links lead to the pages of the runs below it. Pure. web/sweep_page.js
/// draws it.
[[nodiscard]] Page sweep_page(const SweepResults& results, const std::string& generator);

}  // namespace stalemate
