// stalemate sweep SCENARIO: one figure at many values of one or two settings, or the value up to which something holds.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <string>

#include "cli/output/output_file.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/run/figures.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/sweep/sweep_job.hpp"
#include "cli/sweep/sweep_plan.hpp"
#include "cli/text/say.hpp"
#include "cli/text/whole_number.hpp"
#include "report/sweep/sweep_svg.hpp"
#include "report/sweep/sweep_text.hpp"

namespace stalemate {
namespace {

class Sweep final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", words_.scenario, "a built-in scenario (see 'stalemate list scenarios') or a .toml file")
        ->required();
    app.add_option("--over", words_.over,
                   "NAME=LOW..HIGH, NAME=LOW..HIGH/STEPS or NAME=V,V,V: a setting ('stalemate list fields') and its "
                   "values; twice for a map")
        ->group("Sweep");
    app.add_option("--of", words_.of,
                   "the figure: one of 'stalemate list figures' or of docs/results.md (with a cache hit_ratio, else "
                   "read_p99)")
        ->group("Sweep");
    app.add_option(
           "--find", words_.find,
           "'NAME=LOW..HIGH where CONDITION and CONDITION', such as 'write_rate=10..10000 where read_p99<5ms and "
           "stale_share<0.01%': the largest or smallest value at which the conditions hold")
        ->group("Sweep");
    app.add_option("--repeat", words_.repeat, "runs at each point, each with the next seed; their median counts")
        ->check(whole_number(1, repeat_max))
        ->capture_default_str()
        ->group("Sweep");
    app.add_option("--steps", words_.steps,
                   "of --find: values tried between the two ends, at most; then two more as a check")
        ->check(whole_number(1, steps_max))
        ->capture_default_str()
        ->group("Sweep");
    app.add_flag("--linear", words_.is_linear,
                 "evenly spaced values; times, rates and whole numbers above 0 are else "
                 "spaced by equal ratios")
        ->group("Sweep");
    app.add_option("--budget", words_.budget,
                   "the longest that all runs may take, such as 10m; what is left out is told")
        ->group("Sweep");
    app.add_option("--svg", words_.svg, "draw it into this FILE, too; - for standard output in place of the text")
        ->type_name("FILE")
        ->group("Sweep");
    flags_.describe(app);
    app_ = &app;
  }

  ExitCode run() override {
    if (!flags_.fail_if.empty()) {
      return say(ExitCode::usage, "sweep takes no --fail-if; --find looks for the value up to which conditions hold");
    }
    if (words_.find.empty() && app_->count("--steps") > 0) {
      return say(ExitCode::usage, "--steps is only for --find; how many values --over has stands behind a /");
    }
    words_.draws_svg = app_->count("--svg") > 0;
    if (flags_.json && is_standard_output(words_.svg)) {
      return say(ExitCode::usage, "--svg - and --json both want standard output; name a file for one of them");
    }
    const Result<SweepPlan> plan = plan_sweep(words_, flags_);
    if (!plan) {
      return say(plan.error());
    }
    const Result<FinishedSweep> sweep = do_sweep(*plan, words_, flags_);
    if (!sweep) {
      return say(sweep.error());
    }
    return tell(*sweep);
  }

 private:
  [[nodiscard]] ExitCode tell(const FinishedSweep& sweep) const {
    if (flags_.json) {
      fmt::print("{}", to_json(sweep.results));
    } else if (!is_standard_output(words_.svg)) {
      fmt::print("{}\nResults: {}\nPage:    {}\n", sweep_text(sweep.results, columns_of(STDOUT_FILENO)),
                 sweep.folder.path.string(), (sweep.folder.path / run_page_name).string());
    }
    const Result<void> drawn =
        words_.draws_svg ? write_output_file("--svg", words_.svg, sweep_svg(sweep.results, 0)) : Result<void>();
    if (sweep.trouble) {
      return say(*sweep.trouble);
    }
    if (!drawn) {
      return say(drawn.error());
    }
    return sweep.results.interrupted ? ExitCode::interrupted : verdict(sweep.results);
  }

  static ExitCode verdict(const SweepResults& results) {
    const bool is_whole = !results.is_over_budget && points_incomplete(results) == 0;
    const bool is_answered = !results.search || results.search->boundary == Boundary::largest ||
                             results.search->boundary == Boundary::smallest;
    return is_whole && is_answered ? ExitCode::ok : ExitCode::unknown;
  }

  static constexpr unsigned repeat_max = 99;
  static constexpr unsigned steps_max = 60;

  CLI::App* app_ = nullptr;
  SweepWords words_ = {};
  RunFlags flags_ = {};
};

[[maybe_unused]] const bool sweep_registered =
    register_subcommand<Sweep>("sweep", "a figure at many values of one or two settings, as a curve or a map");

}  // namespace
}  // namespace stalemate
