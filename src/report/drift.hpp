// Why the ratio of reads to writes done differs from the one planned.
#pragma once

#include "report/results/run_results.hpp"

namespace stalemate {

/// Derives the drift from the rest of the results: both ratios, and the causes as sentences with figures, the
/// weightiest first ("none: ..." where nothing was lost). Reads plan, asked, reads, writes, latency, limit, outages and
/// interrupted; pure.
[[nodiscard]] Drift derive_drift(const RunResults& results);

}  // namespace stalemate
