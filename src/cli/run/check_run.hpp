// The check at the end of every run: reads the history back and fills in what the checks found.
#pragma once

#include <filesystem>
#include <optional>

#include "check/check.hpp"
#include "cli/text/waiting.hpp"
#include "report/run_results.hpp"

namespace stalemate {

/// Fills results.stale from the history at `path` and returns the whole report. A history that cannot be read becomes a
/// warning, and so does a contradiction between two of our checkers. `waiting` is told the progress.
std::optional<Report> check_run(const std::filesystem::path& path, RunResults& results, Waiting& waiting);

/// Tells the results the verdict and what each check found. Requires: they have not been told.
void note_checks(const Report& report, RunResults& results);

}  // namespace stalemate
