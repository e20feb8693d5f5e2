// stalemate compare RUN RUN...: finished runs side by side, repeats together.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "cli/output/ci_flags.hpp"
#include "cli/output/results_at.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "core/text/words.hpp"
#include "report/ci/verdict_sheet.hpp"
#include "report/comparison/run_groups.hpp"
#include "report/results/printable_results.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

class Compare final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", runs_, "a run's folder, a folder of runs for its latest, or a results.json")
        ->required()
        ->expected(2, static_cast<int>(grouped_runs_max));
    app.add_flag("--json", json_, "print the comparison as JSON");
    ci_.describe_markdown_alone(
        app, "the comparison in a page of Markdown, such as \"$GITHUB_STEP_SUMMARY\"; - for standard output",
        "compare puts runs side by side and judges none; 'stalemate run' has --fail-if, and 'stalemate check' judges a "
        "history");
    app.footer(fmt::format(
        "Runs that were asked for the same, whatever their seeds, are repeats of one another: of three runs or more "
        "they\nshare a column, which holds the median and, in brackets, the least and the most. There are at most {} "
        "columns.",
        compared_runs_max));
  }

  ExitCode run() override {
    if (const Result<void> fine = ci_.check(json_); !fine) {
      return say(fine.error());
    }
    std::vector<RunResults> runs;
    for (const std::string& run : runs_) {
      Result<RunResults> results = results_at(run);
      if (!results) {
        return say(results.error());
      }
      runs.push_back(printable(std::move(*results)));
    }
    const std::vector<RunGroup> groups = grouped(runs);
    if (groups.size() > compared_runs_max) {
      return say(ExitCode::usage, fmt::format("these runs were asked for {} different things, and there is room for {} "
                                              "side by side; name fewer",
                                              groups.size(), compared_runs_max));
    }
    const auto text = [&](unsigned columns) {
      return groups.size() == runs.size() ? stalemate::compare(runs, columns) : compare_groups(groups, columns);
    };
    if (!ci_.take_standard_output()) {
      fmt::print("{}", json_ ? comparison_json(groups) : text(columns_of(STDOUT_FILENO)));
    }
    VerdictSheet sheet{.command = "compare", .subject = runs.front().scenario, .again = "stalemate compare"};
    for (std::size_t place = 0; place < runs.size(); ++place) {
      sheet.subject += place == 0 ? "" : ", " + runs[place].scenario;
      sheet.again += " " + shell_word(runs_[place]);
    }
    if (const Result<void> written = ci_.write(sheet, fenced(text(columns_of_page))); !written) {
      return say(written.error());
    }
    return ExitCode::ok;
  }

 private:
  // Of the comparison in a page of Markdown.
  static constexpr unsigned columns_of_page = 120;

  bool json_ = false;
  CiFlags ci_ = {};
  std::vector<std::string> runs_ = {};
};

[[maybe_unused]] const bool compare_registered =
    register_subcommand<Compare>("compare", "finished runs side by side, repeats together");

}  // namespace
}  // namespace stalemate
