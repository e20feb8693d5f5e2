// stalemate demo: the origin's demonstration, before and after, side by side.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>

#include "cli/run_flags.hpp"
#include "cli/run_job.hpp"
#include "cli/say.hpp"
#include "cli/subcommand.hpp"
#include "report/results_json.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

class Demo final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.footer(
        "Runs the scenarios before and after with the same flags, the origin's -r 10ms -w 20ms and 20 s each "
        "unless said otherwise.\nServer flags (--db, --cache) apply to both.");
    flags_.describe(app);
  }

  ExitCode run() override {
    if (!flags_.fail_if.empty()) {
      return say(ExitCode::usage, "demo takes no --fail-if; use 'stalemate run before --fail-if ...'");
    }
    flags_.set_default("read_every", "10ms");
    flags_.set_default("write_every", "20ms");
    flags_.set_default("duration", "20s");
    const Result<Scenario> before = flags_.scenario("before");
    const Result<Scenario> after = flags_.scenario("after");
    for (const Result<Scenario>* scenario : {&before, &after}) {
      if (!*scenario) {
        return say(scenario->error());
      }
    }
    const Result<FinishedRun> first = run_one(*before);
    if (!first) {
      return say(first.error());
    }
    if (first->results.interrupted) {
      return first->trouble.empty() ? ExitCode::interrupted : say(ExitCode::defect, first->trouble);
    }
    const Result<FinishedRun> second = run_one(*after);
    if (!second) {
      return say(second.error());
    }
    if (flags_.json) {
      fmt::print("[{},\n{}]\n", to_json(first->results), to_json(second->results));
    } else {
      fmt::print("\n{}\nResults: {}\n         {}\n",
                 compare(first->results, second->results, columns_of(STDOUT_FILENO)), first->folder.path.string(),
                 second->folder.path.string());
    }
    for (const FinishedRun* run : {&*first, &*second}) {
      if (!run->trouble.empty()) {
        return say(ExitCode::defect, run->trouble);
      }
    }
    return second->results.interrupted ? ExitCode::interrupted : ExitCode::ok;
  }

 private:
  Result<FinishedRun> run_one(const Scenario& scenario) {
    fmt::print(stderr, "{}: {}\n", scenario.name, scenario.question);
    Result<FinishedRun> run = do_run(scenario, flags_);
    if (run && !flags_.json) {
      fmt::print("\n{}", summarize(run->results, columns_of(STDOUT_FILENO)));
    }
    return run;
  }

  RunFlags flags_ = {};
};

[[maybe_unused]] const bool registered =
    register_subcommand<Demo>("demo", "the origin's demonstration: before and after, side by side");

}  // namespace
}  // namespace stalemate
