// One whole run, from a scenario to a folder of results: what `run` does once and `demo` twice.
#pragma once

#include <filesystem>
#include <string>

#include "cli/output/results_folder.hpp"
#include "cli/run/check_run.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_ground.hpp"
#include "cli/text/waiting.hpp"
#include "core/error.hpp"
#include "plan/plan.hpp"
#include "report/page/run_page.hpp"
#include "report/results/run_results.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

class LivePage;

struct FinishedRun {
  RunResults results = {};
  ResultsFolder folder = {};
  RunOnPage shown = {};                  ///< as it is in report.html
  std::filesystem::path page_file = {};  ///< report.html; empty where it could not be written
  /// A sentence: another run used the same table during this one, or the user's rows could not be put back; else empty.
  std::string lost_claim = {};
  std::string trouble = {};  ///< a sentence: what could not be written, or an internal error; empty if none
};

/// Starts or reaches the servers, runs the plan with a live screen on standard error, checks the history and writes
/// the run folder (history, results.json, report.html, its inputs, `latest`). Private servers are gone when it
/// returns. `page`, which may be nullptr, is told what goes on; `checked` is as of check_run. Errors: a sentence for
/// people; the run did not begin, and left no folder.
[[nodiscard]] Result<FinishedRun> do_run(const Scenario& scenario, const RunFlags& flags, LivePage* page = nullptr,
                                         const HistoryReader& checked = {});

/// The same of a plan, on a ground that is ready. Requires: check_results_base, allow_many_files.
[[nodiscard]] Result<FinishedRun> run_on(const Plan& plan, const RunFlags& flags, RunGround& ground, Waiting& waiting,
                                         LivePage* page = nullptr, const HistoryReader& checked = {});

/// Raises the limit of open files as far as this process may.
void allow_many_files();

/// COLUMNS of the environment, else the columns of the terminal behind a file descriptor; 80 where it is none. From 40
/// to 120.
[[nodiscard]] unsigned columns_of(int file_descriptor);

}  // namespace stalemate
