// What the summary says of the samples.
#pragma once

#include <string>

#include "report/results/run_results.hpp"

namespace stalemate {

/// Sentences: how often rows and entries differed, for how long, and what the samples cost.
/// Requires: results.samples.
[[nodiscard]] std::string samples_words(const RunResults& results);

}  // namespace stalemate
