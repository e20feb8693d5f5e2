// stalemate decide SCENARIO: the same load with the cache, without it and with other patterns, and what follows.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "application/application.hpp"
#include "cli/decide/alternatives.hpp"
#include "cli/decide/decide_rounds.hpp"
#include "cli/interrupt.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/run/fail_if.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/command_again.hpp"
#include "cli/text/name_lists.hpp"
#include "cli/text/say.hpp"
#include "cli/text/whole_number.hpp"
#include "core/input_file.hpp"
#include "core/text/duration.hpp"
#include "report/decision/told.hpp"

namespace stalemate {
namespace {

constexpr const char* bare_pattern = "none";

// Those that --want may name besides a run's own.
std::vector<RunFigure> wanted_figures() {
  std::vector<RunFigure> figures;
  for (const DecisionFigure& figure : decision_figures()) {
    const bool is_time = figure.unit == FigureUnit::latency || figure.unit == FigureUnit::span;
    figures.push_back({std::string(figure.name), is_time                            ? "nanoseconds"
                                                 : figure.unit == FigureUnit::share ? "ratio"
                                                                                    : "number"});
  }
  return figures;
}

// A share of stale reads is judged as they are a million, of which there are bounds.
Want want_of(const Threshold& threshold) {
  const bool is_share = threshold.figure.path == "stale_share";
  return {threshold.text, is_share ? std::string(staleness_figure) : threshold.figure.path, threshold.relation,
          is_share ? threshold.bound * a_million : threshold.bound};
}

class Decide final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", scenario_, "a built-in scenario (see 'stalemate list scenarios') or a .toml file")
        ->required();
    app.add_option("--with", with_,
                   "another pattern to decide between, beside the scenario's and none; may be repeated")
        ->group("Decision");
    app.add_option("--want", wants_,
                   "what must hold, such as 'stale_reads_per_million<10, read_p99<5ms'; docs/decide.md lists the "
                   "figures; exit 99 if no alternative fulfils all; may be repeated")
        ->group("Decision");
    app.add_option("--budget", budget_, "how long rounds go on, such as 90s or 10m; one is done in any case")
        ->capture_default_str()
        ->group("Decision");
    app.add_option("--rounds", rounds_, "at most so many rounds; as many as the budget has room for if not given")
        ->check(whole_number(1, rounds_most))
        ->group("Decision");
    app.add_flag("--no-turn", no_turn_, "do not measure another share of writes, at which it might turn")
        ->group("Decision");
    app.footer(
        "Rounds go on until the alternatives are told apart or the budget is spent. Each round runs every alternative "
        "once, with the same plan;\n--duration says how long each run takes. Rows and entries are not compared during "
        "runs (--sample-every none), as that would cost CPU.");
    flags_.describe(app);
    app_ = &app;
  }

  ExitCode run() override {
    DecisionRecord record;
    const Result<std::vector<PlannedAlternative>> planned = plan(record);
    if (!planned) {
      return say(planned.error());
    }
    const Result<Nanoseconds> budget = parse_duration(budget_);
    if (!budget) {
      return say(ExitCode::usage, "--budget: " + budget.error().detail);
    }
    const std::string name = "decide-" + record.scenario;
    if (const Result<void> fine = check_results_base(flags_.out, name); !fine) {
      return say(fine.error());
    }
    const Result<ResultsFolder> folder = make_results_folder(flags_.out, name);
    if (!folder) {
      return say(folder.error());
    }
    return carry_out(record, *planned, {*budget, rounds_.value_or(rounds_most), !no_turn_}, *folder);
  }

 private:
  ExitCode carry_out(DecisionRecord& record, const std::vector<PlannedAlternative>& planned, RoundLimits limits,
                     const ResultsFolder& folder) {
    const InterruptWatch watch;
    DecideRounds rounds(record, planned, wanted_, flags_, limits, folder.path, command_again(*app_));
    const Result<void> done = rounds.carry_out();
    const bool any = rounds_done(record) > 0;
    if (!done && !any) {
      remove_results_folder(folder);
      return say(done.error());
    }
    const Result<void> pointed = point_latest_at(folder);
    const Decision decision = decide(record.input);
    if (flags_.json) {
      fmt::print("{}", decision_json(record, decision));
    } else {
      fmt::print("\n{}\nWritten: {}, and every run beside it\nPage:    {}\n",
                 decision_text(record, decision, columns_of(STDOUT_FILENO)), (folder.path / "decision.json").string(),
                 (folder.path / run_page_name).string());
    }
    if (!done || !pointed) {
      return say(!done ? done.error() : pointed.error());
    }
    if (record.end == DecisionEnd::interrupted) {
      return ExitCode::interrupted;
    }
    if (!record.input.wants.empty() && decision.candidates.empty()) {
      return say(ExitCode::threshold, "no alternative fulfils all wants");
    }
    return ExitCode::ok;
  }

  // The alternatives, and the record of a decision between them.
  [[nodiscard]] Result<std::vector<PlannedAlternative>> plan(DecisionRecord& record) {
    if (!flags_.fail_if.empty()) {
      return failed(ErrorCode::wrong_type, "decide takes no --fail-if; say with --want what must hold");
    }
    if (const Result<void> fine = check_is_scenario(); !fine) {
      return std::unexpected(fine.error());
    }
    const Result<Scenario> scenario = flags_.scenario(scenario_);
    if (!scenario) {
      return std::unexpected(scenario.error());
    }
    const Result<std::vector<std::string>> patterns = patterns_of(*scenario);
    if (!patterns) {
      return std::unexpected(patterns.error());
    }
    record.scenario = scenario->name;
    record.question = scenario->question;
    std::vector<PlannedAlternative> planned;
    for (const std::string& pattern : *patterns) {
      Result<PlannedAlternative> one = with_pattern(*scenario, pattern);
      if (!one) {
        return std::unexpected(one.error());
      }
      if (one->scenario.has_cache && !flags_.are_given_for("sample_every")) {
        one->scenario.sample_interval_ns = 0;
      }
      record.input.alternatives.push_back({.name = pattern, .left_out = one->left_out});
      planned.push_back(std::move(*one));
    }
    if (const Result<void> fine = take_wants(record.input, planned); !fine) {
      return std::unexpected(fine.error());
    }
    if (const Result<void> fine = check_stores(planned); !fine) {
      return std::unexpected(fine.error());
    }
    return planned;
  }

  [[nodiscard]] Result<void> check_is_scenario() const {
    if (!scenario_.ends_with(".toml")) {
      return {};
    }
    const Result<std::string> text = read_input(scenario_, {.what = "a scenario", .bytes_max = 1U << 20U});
    if (text && is_application_file(*text)) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("{} describes a service, which has its own pattern; decide is between patterns, so "
                                "name a scenario",
                                scenario_));
    }
    return {};
  }

  // The scenario's pattern, none, and those of --with, each once.
  [[nodiscard]] Result<std::vector<std::string>> patterns_of(const Scenario& scenario) const {
    std::vector<std::string> patterns;
    if (scenario.pattern != bare_pattern) {
      patterns.push_back(scenario.pattern);
    }
    patterns.emplace_back(bare_pattern);
    for (const std::string& pattern : names_in(with_)) {
      if (std::ranges::find(patterns, pattern) != patterns.end()) {
        return failed(ErrorCode::wrong_type,
                      fmt::format("--with: {} is decided about in any case, or given twice; leave it out", pattern));
      }
      patterns.push_back(pattern);
    }
    if (patterns.size() < 2) {
      return failed(ErrorCode::wrong_type, fmt::format("{} has no cache, so there is nothing to decide between; name a "
                                                       "pattern with --with, such as --with cache-aside",
                                                       scenario_));
    }
    if (patterns.size() > alternatives_max) {
      return failed(ErrorCode::wrong_type, fmt::format("there is room for {} alternatives side by side, and these are "
                                                       "{}; name fewer with --with",
                                                       alternatives_max, patterns.size()));
    }
    return patterns;
  }

  [[nodiscard]] Result<void> take_wants(DecisionInput& input, const std::vector<PlannedAlternative>& planned) {
    const std::vector<RunFigure> more = wanted_figures();
    for (const std::string& text : names_in(wants_)) {
      const Result<Threshold> want = parse_threshold(text, "--want", more);
      if (!want) {
        return std::unexpected(want.error());
      }
      // A figure that no alternative can have is a mistake; one that some lack is for them not known to be fulfilled.
      const auto can_have = [&want](const PlannedAlternative& one) {
        return check_thresholds({*want}, one.scenario, "--want").has_value();
      };
      if (std::ranges::none_of(planned, can_have)) {
        return check_thresholds({*want}, planned.front().scenario, "--want");
      }
      input.wants.push_back(want_of(*want));
      input.fields.emplace_back(planned.size());
      wanted_.push_back({input.wants.back().figure, want->figure.kind});
    }
    return {};
  }

  [[nodiscard]] Result<void> check_stores(const std::vector<PlannedAlternative>& planned) const {
    std::vector<Scenario> scenarios;
    std::ranges::transform(planned, std::back_inserter(scenarios), &PlannedAlternative::scenario);
    return flags_.check_stores(scenarios);
  }

  static constexpr std::size_t alternatives_max = 6;
  static constexpr unsigned rounds_most = 100;

  CLI::App* app_ = nullptr;
  std::string scenario_ = {};
  std::vector<std::string> with_ = {};
  std::vector<std::string> wants_ = {};
  std::vector<RunFigure> wanted_ = {};  ///< the figures that they name
  std::string budget_ = "5m";
  std::optional<unsigned> rounds_ = {};
  bool no_turn_ = false;
  RunFlags flags_ = {};
};

[[maybe_unused]] const bool decide_registered = register_subcommand<Decide>(
    "decide", "with the cache, without it or with another pattern: measured in turns, and what follows");

}  // namespace
}  // namespace stalemate
