// What a finished run comes to: its exit code, the lines of --fail-if, and the sheet for CI.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/run/fail_if.hpp"
#include "cli/run/run_job.hpp"
#include "report/ci/verdict_sheet.hpp"

namespace stalemate {

struct RunVerdict {
  ExitCode code = ExitCode::ok;
  std::string sentence = {};  ///< why the code is not 0; empty where nothing is to be said
  std::string lines = {};     ///< a heading and a line for each condition of --fail-if; empty without
  VerdictSheet sheet = {};
};

/// A condition that came true gives 99, else one that could not be judged 64; trouble of the run goes before both. On
/// the sheet a violated property fails, unless conditions were given: then they alone do. Reads the run's history once
/// more where a stale read can be explained and `wants_proof`.
[[nodiscard]] RunVerdict verdict_of(const FinishedRun& run, const std::vector<JudgedThreshold>& judged,
                                    bool wants_proof);

}  // namespace stalemate
