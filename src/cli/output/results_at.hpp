// The results of a finished run, read back.
#pragma once

#include <string>

#include "core/error.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// Of a run's folder, a folder of runs (its latest), or a results.json. What others wrote in it stays as it is: see
/// printable(). Errors: wrong_type, with a sentence that names the file and what is wrong with it.
[[nodiscard]] Result<RunResults> results_at(const std::string& run_or_file);

}  // namespace stalemate
