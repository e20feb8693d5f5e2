// stalemate report RUN...: the page of a finished run, or of several side by side.
#include <fmt/core.h>

#include <CLI/App.hpp>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "cli/check_history.hpp"
#include "cli/output/output_file.hpp"
#include "cli/output/results_at.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/run/check_run.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "report/page/run_page.hpp"
#include "report/results/printable_results.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const std::string& run_or_file) {
  const fs::path path = run_at(run_or_file);
  return fs::is_directory(path) ? path : path.has_parent_path() ? path.parent_path() : fs::path(".");
}

Result<RunOnPage> run_on_page(const std::string& name) {
  Result<RunResults> results = results_at(name);
  if (!results) {
    return std::unexpected(results.error());
  }
  const fs::path folder = folder_of(name);
  Waiting waiting("");
  Result<RunPictures> pictures = check_run(history_path(folder.string()), *results, waiting);
  waiting.next("");
  return on_page(printable(std::move(*results)), folder, std::move(pictures));
}

class ReportPage final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", runs_, "a run's folder, a folder of runs for its latest, or a results.json")
        ->required()
        ->expected(1, static_cast<int>(compared_runs_max));
    app.add_option("-o,--out", out_,
                   "the FILE to write; if left out, report.html in the run's folder, or, of several "
                   "runs, in the current one; - for standard output");
    app_ = &app;
  }

  ExitCode run() override {
    if (const Result<void> fine = check_place(); !fine) {
      return say(fine.error());
    }
    std::vector<RunOnPage> runs;
    for (const std::string& name : runs_) {
      Result<RunOnPage> run = run_on_page(name);
      if (!run) {
        return say(run.error());
      }
      if (!run->without_pictures.empty()) {
        warn(run->without_pictures);
      }
      runs.push_back(std::move(*run));
    }
    const std::string html = html_of(run_page(runs, page_generator()));
    const fs::path file = place();
    const Result<void> written = is_given() ? write_output_file("--out", file.string(), html) : write_file(file, html);
    if (!written) {
      return say(written.error());
    }
    if (!is_given()) {
      fmt::print("Page: {}\n", file.string());
    }
    return ExitCode::ok;
  }

 private:
  [[nodiscard]] bool is_given() const { return app_->count("--out") > 0; }

  [[nodiscard]] fs::path place() const {
    return is_given()          ? fs::path(out_)
           : runs_.size() == 1 ? folder_of(runs_.front()) / run_page_name
                               : fs::path(run_page_name);
  }

  // Reading long histories takes its time, which a page that cannot be written is not worth.
  [[nodiscard]] Result<void> check_place() const {
    if (is_given()) {
      return check_output_file("--out", out_);
    }
    // A run that is not there is told as such.
    return runs_.size() == 1 && !fs::exists(folder_of(runs_.front())) ? Result<void>()
                                                                      : check_output_file("report", place().string());
  }

  CLI::App* app_ = nullptr;
  std::vector<std::string> runs_ = {};
  std::string out_ = {};
};

[[maybe_unused]] const bool report_registered = register_subcommand<ReportPage>(
    "report", "the page of a finished run, or of several side by side, as one HTML file");

}  // namespace
}  // namespace stalemate
