// The check at the end of every run: reads the history back and fills in what the checks found.
#pragma once

#include <filesystem>

#include "report/run_results.hpp"

namespace stalemate {

/// Fills results.stale from the history at `path`. A history that cannot be read or checked becomes a warning.
void check_run(const std::filesystem::path& path, RunResults& results);

}  // namespace stalemate
