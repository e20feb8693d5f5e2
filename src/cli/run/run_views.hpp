// What drive counted, as report wants it: the live screen's progress and the results.
#pragma once

#include "cli/stores/stores.hpp"
#include "drive/run.hpp"
#include "plan/plan.hpp"
#include "report/results/run_results.hpp"
#include "report/screen/progress.hpp"

namespace stalemate {

/// "PostgreSQL 15.8 (read committed) + Redis 7.0.15".
[[nodiscard]] std::string engines_text(const std::vector<EngineUsed>& engines);

/// The screen's view of a run under way.
[[nodiscard]] Progress progress_of(const RunLook& look, const Plan& plan, const std::vector<EngineUsed>& engines);

/// The results of a finished run, except what only the caller knows: replay, program_version, started_at, history and
/// stale.
[[nodiscard]] RunResults results_of(const RunOutcome& outcome, const Plan& plan,
                                    const std::vector<EngineUsed>& engines);

}  // namespace stalemate
