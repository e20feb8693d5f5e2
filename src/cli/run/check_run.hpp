// The check at the end of every run: reads the history back and fills in what the checks found.
#pragma once

#include <filesystem>
#include <functional>

#include "check/check.hpp"
#include "cli/text/waiting.hpp"
#include "core/error.hpp"
#include "report/page/run_pictures.hpp"
#include "report/results/run_results.hpp"

namespace stalemate {

/// Told the history of a run, what the checks found in it, and its results, while all are there.
using HistoryReader = std::function<void(const History& history, const Report& report, const RunResults& results)>;

/// Checks the history at `path`, and returns what it shows beyond the results. Where the results hold no verdict yet,
/// they are told what was found; a contradiction between two of our checkers becomes a warning. `waiting` is told the
/// progress; `checked`, which may be empty, is called last. Errors: as read_history.
[[nodiscard]] Result<RunPictures> check_run(const std::filesystem::path& path, RunResults& results, Waiting& waiting,
                                            const HistoryReader& checked = {});

/// Tells the results the verdict and what each check found. Requires: they have not been told.
void note_checks(const Report& report, RunResults& results);

}  // namespace stalemate
