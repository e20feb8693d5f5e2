// One whole run, from a scenario to a folder of results: what `run` does once and `demo` twice.
#pragma once

#include <string>

#include "cli/run/results_folder.hpp"
#include "cli/run/run_flags.hpp"
#include "core/error.hpp"
#include "report/run_results.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

struct FinishedRun {
  RunResults results = {};
  ResultsFolder folder = {};
  std::string lost_claim = {};  ///< a sentence: another run used the same table during this one; empty if none did
  std::string trouble = {};     ///< a sentence: what could not be written, or an internal error; empty if none
};

/// Starts or reaches the servers, runs the plan with a live screen on standard error, checks the history and writes
/// the run folder (history, results.json, scenario.toml, and `latest`). Private servers are gone when it returns.
/// Errors: a sentence for people; the run did not begin, and left no folder.
[[nodiscard]] Result<FinishedRun> do_run(const Scenario& scenario, const RunFlags& flags);

/// COLUMNS of the environment, else the columns of the terminal behind a file descriptor; 80 where it is none. From 40
/// to 120.
[[nodiscard]] unsigned columns_of(int file_descriptor);

}  // namespace stalemate
