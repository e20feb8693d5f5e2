// stalemate run SCENARIO: one run, its summary, its folder.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>

#include "cli/run/fail_if.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "report/results_json.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

class Run final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", scenario_, "a built-in scenario (see 'stalemate list scenarios') or a .toml file")
        ->required();
    flags_.describe(app);
  }

  ExitCode run() override {
    const Result<Scenario> scenario = flags_.scenario(scenario_);
    if (!scenario) {
      return say(scenario.error());
    }
    std::vector<Threshold> thresholds;
    for (const std::string& text : flags_.fail_if) {
      Result<Threshold> threshold = parse_threshold(text);
      if (!threshold) {
        return say(threshold.error());
      }
      thresholds.push_back(std::move(*threshold));
    }
    if (const Result<void> fine = check_thresholds(thresholds, *scenario); !fine) {
      return say(fine.error());
    }
    const Result<FinishedRun> run = do_run(*scenario, flags_);
    if (!run) {
      return say(run.error());
    }
    if (flags_.json) {
      fmt::print("{}", to_json(run->results));
    } else {
      fmt::print("\n{}\nResults: {}\n", summarize(run->results, columns_of(STDOUT_FILENO)), run->folder.path.string());
    }
    return verdict(*run, thresholds);
  }

 private:
  static ExitCode verdict(const FinishedRun& run, const std::vector<Threshold>& thresholds) {
    if (!run.trouble.empty()) {
      return say(ExitCode::defect, run.trouble);
    }
    if (!run.lost_claim.empty()) {
      return say(ExitCode::server_unavailable, run.lost_claim);
    }
    const Result<std::vector<std::string>> crossed = thresholds_crossed(thresholds, run.results);
    if (!crossed) {
      return say(crossed.error());
    }
    for (const std::string& sentence : *crossed) {
      say(ExitCode::threshold, "threshold crossed: " + sentence);
    }
    if (run.results.interrupted) {
      return ExitCode::interrupted;
    }
    return crossed->empty() ? ExitCode::ok : ExitCode::threshold;
  }

  std::string scenario_ = {};
  RunFlags flags_ = {};
};

[[maybe_unused]] const bool run_registered = register_subcommand<Run>("run", "run a scenario and say what happened");

}  // namespace
}  // namespace stalemate
