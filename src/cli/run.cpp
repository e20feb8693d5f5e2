// stalemate run SCENARIO: one run, its summary, its folder.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <memory>
#include <optional>

#include "application/application.hpp"
#include "cli/output/ci_flags.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/output/run_verdict.hpp"
#include "cli/run/application_job.hpp"
#include "cli/run/fail_if.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/whole_number.hpp"
#include "cli/ui/live_page.hpp"
#include "core/input_file.hpp"
#include "report/page/run_page.hpp"
#include "report/results/results_json.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

class Run final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("SCENARIO", scenario_,
                   "a built-in scenario (see 'stalemate list scenarios'), a .toml file, or an application's .toml file")
        ->required();
    flags_.describe(app);
    ci_.describe(app, "Output");
    describe_ui(app, ui_);
    app.add_option("--instances", instances_, "of an application: how many are started, which take turns")
        ->check(whole_number(1, instances_of_run_max))
        ->group("Servers");
  }

  ExitCode run() override {
    std::vector<Threshold> thresholds;
    for (const std::string& text : flags_.fail_if) {
      Result<Threshold> threshold = parse_threshold(text);
      if (!threshold) {
        return say(threshold.error());
      }
      thresholds.push_back(std::move(*threshold));
    }
    if (const Result<void> fine = ci_.check(flags_.json); !fine) {
      return say(fine.error());
    }
    const Result<FinishedRun> run = is_application() ? run_application(thresholds) : run_scenario(thresholds);
    if (!run) {
      if (page_) {
        page_->fail(run.error().detail);
      }
      return say(run.error());
    }
    if (flags_.json) {
      fmt::print("{}", to_json(run->results));
    } else if (!ci_.take_standard_output()) {
      ci_.print(fmt::format("\n{}\nResults: {}\n", summarize(run->results, columns_of(STDOUT_FILENO)),
                            run->folder.path.string()));
      if (!run->page_file.empty()) {
        fmt::print("Page:    {}\n", run->page_file.string());
      }
    }
    if (page_ && !run->page_file.empty()) {
      page_->done(run_page({&run->shown, 1}, page_generator()), run->page_file.string());
    } else if (page_) {
      page_->fail(fmt::format("The run is over. Its results are in {}.", run->folder.path.string()));
    }
    return concluded(*run, thresholds);
  }

 private:
  // Of the summary in a page of Markdown.
  static constexpr unsigned columns_of_page = 100;

  /// Whether the argument names a file that describes a service.
  [[nodiscard]] bool is_application() const {
    if (!scenario_.ends_with(".toml")) {
      return false;
    }
    const Result<std::string> text = read_input(scenario_, {.what = "a scenario", .bytes_max = 1U << 20U});
    return text && is_application_file(*text);
  }

  [[nodiscard]] Result<FinishedRun> run_scenario(const std::vector<Threshold>& thresholds) {
    if (instances_) {
      return failed(ErrorCode::wrong_type,
                    fmt::format("--instances is for an application's file, and {} is a scenario; "
                                "leave it out",
                                scenario_));
    }
    const Result<Scenario> scenario = flags_.scenario(scenario_);
    if (!scenario) {
      return std::unexpected(scenario.error());
    }
    if (const Result<void> fine = check_thresholds(thresholds, *scenario); !fine) {
      return std::unexpected(fine.error());
    }
    if (const Result<void> opened = open_page(scenario->name); !opened) {
      return std::unexpected(opened.error());
    }
    return do_run(*scenario, flags_, page_.get());
  }

  [[nodiscard]] Result<FinishedRun> run_application(const std::vector<Threshold>& thresholds) {
    const Result<Scenario> load = flags_.application_scenario("application", "");
    if (!load) {
      return std::unexpected(load.error());
    }
    if (const Result<void> fine = check_thresholds(thresholds, *load); !fine) {
      return std::unexpected(fine.error());
    }
    if (const Result<void> opened = open_page(scenario_); !opened) {
      return std::unexpected(opened.error());
    }
    return do_application_run({.file = scenario_, .instances = instances_}, flags_, page_.get());
  }

  Result<void> open_page(const std::string& title) {
    Result<std::unique_ptr<LivePage>> page = LivePage::open(ui_, "run", title);
    if (!page) {
      return std::unexpected(page.error());
    }
    page_ = std::move(*page);
    return {};
  }

  /// Says what the run comes to, and writes it for CI.
  [[nodiscard]] ExitCode concluded(const FinishedRun& run, const std::vector<Threshold>& thresholds) const {
    const RunVerdict verdict = verdict_of(run, judge_thresholds(thresholds, run.results), ci_.are_given());
    if (!verdict.lines.empty()) {
      if (flags_.json || ci_.take_standard_output()) {
        fmt::print(stderr, "\n{}", verdict.lines);
      } else {
        ci_.print("\n" + verdict.lines);
      }
    }
    const Result<void> written =
        ci_.are_given() ? ci_.write(verdict.sheet, fenced(summarize(run.results, columns_of_page))) : Result<void>();
    if (!written) {
      say(written.error());
    }
    if (!verdict.sentence.empty()) {
      say(verdict.code, verdict.sentence);
    }
    return verdict.code == ExitCode::ok && !written ? ExitCode::defect : verdict.code;
  }

  // More would not fit a machine that their stores run on, too.
  static constexpr unsigned instances_of_run_max = 16;

  std::string scenario_ = {};
  std::optional<unsigned> instances_ = {};
  RunFlags flags_ = {};
  CiFlags ci_ = {};
  std::string ui_ = {};
  std::unique_ptr<LivePage> page_ = {};
};

[[maybe_unused]] const bool run_registered =
    register_subcommand<Run>("run", "run a scenario, or an application, and say what happened");

}  // namespace
}  // namespace stalemate
