// stalemate demo: the origin's demonstration, before and after, side by side.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <array>

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
        "unless said otherwise.\nA flag that one of the two has no use for (--cache, --skip, --ttl) is for the other.");
    flags_.describe(app, {{"read_every", "10ms"}, {"write_every", "20ms"}, {"duration", "20s"}});
  }

  ExitCode run() override {
    if (!flags_.fail_if.empty()) {
      return say(ExitCode::usage, "demo takes no --fail-if; use 'stalemate run before --fail-if ...'");
    }
    const std::array<std::string, 2> names = {"before", "after"};
    const Result<std::vector<Scenario>> scenarios = flags_.scenarios(names);
    if (!scenarios) {
      return say(scenarios.error());
    }
    const Scenario& before = scenarios->front();
    const Scenario& after = scenarios->back();
    const Result<FinishedRun> first = run_one(before);
    if (!first) {
      return say(first.error());
    }
    if (first->results.interrupted) {
      return first->trouble.empty() ? ExitCode::interrupted : say(ExitCode::defect, first->trouble);
    }
    const Result<FinishedRun> second = run_one(after);
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
