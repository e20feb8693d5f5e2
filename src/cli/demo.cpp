// stalemate demo: the origin's demonstration, before and after, side by side with what is left where nothing fails.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <vector>

#include "cli/program.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "core/assert.hpp"
#include "explore/matrix/guarantees.hpp"
#include "report/phrases.hpp"
#include "report/results_json.hpp"
#include "report/summary.hpp"
#include "report/words.hpp"
#include "servers/engines/cockroach_program.hpp"

namespace stalemate {
namespace {

constexpr const char* unskipped_name = "before-no-skips";

// Why a run without faults in which no read was stale had none.
std::string why_none(const RunResults& unskipped) {
  if (unskipped.asked.serialize()) {
    return ": under one global lock (--serialize) no two ops overlap, so there is no race.";
  }
  const std::string& pattern = unskipped.pattern;
  const JudgeInfo* const fresh = JudgeRegistry::find("fresh");
  STALEMATE_ASSERT(fresh != nullptr, "docs/guarantees.md has the property");
  const std::vector<std::string_view> holding = patterns_that_hold(*fresh, {});
  if (std::ranges::find(holding, pattern) != holding.end()) {
    return fmt::format(", as it should be: no interleaving of 'stalemate explore {}' makes one stale.", pattern);
  }
  return fmt::format(
      ". That is chance: 'stalemate explore {}' shows the shortest way to one; more reads and writes a "
      "second make it likelier.",
      pattern);
}

// What the run without faults shows of the pattern itself.
std::string left_by_itself(const RunResults& unskipped) {
  std::string text = fmt::format("What is left when nothing fails: in {} no call was left out, ", unskipped.scenario);
  if (!unskipped.stale || unskipped.stale->checked == 0) {
    return text + "but no read of it could be checked.";
  }
  const StaleReads& stale = *unskipped.stale;
  if (stale.stale == 0) {
    return text + fmt::format("and none of {} was stale", counted(stale.checked, "checked read")) + why_none(unskipped);
  }
  return text + fmt::format(
                    "and {} were stale all the same ({}). That takes no failure, only two clients at one key within a "
                    "short time, which is likelier at {} reads a second{} than in the other runs. 'stalemate explore "
                    "{}' shows the shortest way to it.",
                    share_phrase(stale.stale, stale.checked, "read"), counts_phrase(stale.causes),
                    short_number(unskipped.asked.read_rate()),
                    unskipped.asked.arrivals() == "poisson" ? " and at random times" : "", unskipped.pattern);
}

class Demo final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.footer(fmt::format(
        "Runs the scenarios before and after with the same flags, the origin's -r 10ms -w 20ms and 20 s each unless "
        "said otherwise;\nthen {}: before with no fault at all, at random times unless --arrivals says otherwise, and "
        "at a rate at which a race shows (at least 1,000 reads and 500 writes a second).\nA flag that one of them has "
        "no use for (--cache, --skip, --ttl) is for the others. --pattern is for the two with a cache: after stays the "
        "database alone.",
        unskipped_name));
    flags_.describe(app, {{"read_every", "10ms"}, {"write_every", "20ms"}, {"duration", "20s"}});
  }

  ExitCode run() override {
    if (!flags_.fail_if.empty()) {
      return say(ExitCode::usage, "demo takes no --fail-if; use 'stalemate run before --fail-if ...'");
    }
    const std::array<std::string, 2> names = {"before", "after"};
    Result<std::vector<Scenario>> scenarios = flags_.scenarios(names);
    if (!scenarios) {
      return say(scenarios.error());
    }
    const Result<Scenario> unskipped = unskipped_of(scenarios->front());
    if (!unskipped) {
      return say(unskipped.error());
    }
    scenarios->push_back(*unskipped);
    // What only a later run needs is missed before the first one.
    const bool wants_cockroach = flags_.stores.database_urls.empty() && !flags_.stores.cockroach_path.empty();
    if (wants_cockroach) {
      if (const Result<void> usable = check_cockroach_program(flags_.stores.cockroach_path); !usable) {
        return say(usable.error());
      }
    }
    std::vector<FinishedRun> runs;
    for (const Scenario& scenario : *scenarios) {
      Result<FinishedRun> run = run_one(scenario);
      if (!run) {
        print(runs);
        return say(run.error());
      }
      runs.push_back(std::move(*run));
      if (runs.back().results.interrupted || !runs.back().lost_claim.empty()) {
        break;
      }
    }
    print(runs);
    const auto troubled = std::ranges::find_if(runs, [](const FinishedRun& run) { return !run.trouble.empty(); });
    if (troubled != runs.end()) {
      return say(ExitCode::defect, troubled->trouble);
    }
    if (!runs.back().lost_claim.empty()) {
      return say(ExitCode::server_unavailable, runs.back().lost_claim);
    }
    return runs.back().results.interrupted ? ExitCode::interrupted : ExitCode::ok;
  }

 private:
  // `before` where nothing fails, at random times, and as quick as the scenario of that name if that is quicker.
  [[nodiscard]] Result<Scenario> unskipped_of(const Scenario& before) const {
    const Result<Scenario> own = load_scenario(unskipped_name);
    if (!own) {
      return own;
    }
    Scenario scenario = before;
    scenario.name = own->name;
    scenario.question = own->question;
    scenario.faults.clear();
    if (scenario.pacing != Pacing::ticker && !flags_.are_given_for("arrivals")) {
      scenario.arrivals = own->arrivals;
    }
    const double more = std::max(1.0, (own->read_rate + own->write_rate) / (scenario.read_rate + scenario.write_rate));
    scenario.read_rate *= more;
    scenario.write_rate *= more;
    if (const Result<void> valid = validate(scenario); !valid) {
      return std::unexpected(valid.error());
    }
    return scenario;
  }

  Result<FinishedRun> run_one(const Scenario& scenario) {
    note(fmt::format("{}: {}", scenario.name, scenario.question));
    Result<FinishedRun> run = do_run(scenario, flags_);
    if (run && !flags_.json) {
      fmt::print("\n{}", summarize(run->results, columns_of(STDOUT_FILENO)));
    }
    return run;
  }

  void print(const std::vector<FinishedRun>& runs) const {
    if (runs.empty()) {
      return;
    }
    std::vector<RunResults> results;
    for (const FinishedRun& run : runs) {
      results.push_back(run.results);
    }
    if (flags_.json) {
      print_json(results);
      return;
    }
    const unsigned columns = columns_of(STDOUT_FILENO);
    if (results.size() > 1) {
      fmt::print("\n{}", compare(results, columns));
    }
    if (results.back().scenario == unskipped_name) {
      fmt::print("{}", wrap(left_by_itself(results.back()), columns, "- "));
    }
    for (const FinishedRun& run : runs) {
      fmt::print("{}{}\n", &run == &runs.front() ? "\nResults: " : "         ", run.folder.path.string());
    }
    print_next_steps(runs);
  }

  static void print_json(const std::vector<RunResults>& results) {
    std::string text;
    for (const RunResults& result : results) {
      text += (text.empty() ? "" : ",\n") + to_json(result);
    }
    fmt::print("[{}]\n", text);
  }

  static void print_next_steps(const std::vector<FinishedRun>& runs) {
    const std::string program = own_command();
    for (const FinishedRun& run : runs) {
      if (wrong_reads(run.results) > 0) {
        fmt::print("\nWhy a read was stale, step by step:\n  {} explain {}\n", program,
                   shell_word(run.folder.path.string()));
        break;
      }
    }
    fmt::print("\nWhat else there is:\n  {} --help\n", program);
  }

  RunFlags flags_ = {};
};

[[maybe_unused]] const bool demo_registered = register_subcommand<Demo>(
    "demo", "the origin's demonstration: before and after, side by side, and what is left where nothing fails");

}  // namespace
}  // namespace stalemate
