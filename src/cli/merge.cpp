// stalemate merge RUN RUN... --out FOLDER: several runs of the same thing as one, their histograms added.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "check/check.hpp"
#include "cli/check_history.hpp"
#include "cli/interrupt.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/input_file.hpp"
#include "core/text/words.hpp"
#include "report/merging/merge.hpp"
#include "report/results/printable_results.hpp"
#include "report/results/results_json.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;

constexpr InputLimit merged_results_limit = {.what = "a run's results.json", .bytes_max = std::uint64_t{16} << 20U};
constexpr InputLimit parts_limit = {.what = "the parts of merged runs", .bytes_max = std::uint64_t{256} << 20U};
constexpr const char* parts_name = "parts.json";

std::unexpected<Error> in_file(const fs::path& file, const Error& error) {
  return failed(ErrorCode::wrong_type, fmt::format("{}: {}", file.string(), error.detail));
}

/// The histograms of a run by itself. Only stale reads need its steps, and a check.
Result<RunHistograms> histograms_in(const fs::path& run, const RunResults& results, Waiting& waiting) {
  const bool has_stale_reads = results.stale && results.stale->stale > 0;
  const Result<History> history =
      read_on_all_cores(run / "history.stale", has_stale_reads ? StepsWanted::yes : StepsWanted::no);
  if (!history) {
    return failed(ErrorCode::wrong_type,
                  history.error().detail + "; a run is merged by its history, since its results hold no histograms");
  }
  std::vector<StaleRead> stale_reads;
  if (has_stale_reads) {
    const CheckOptions options{.only = {"stale-reads"}, .violations_max = 0, .stale_reads_max = no_op};
    Report report = check_on_all_cores(*history, options, checking(waiting));
    if (const CheckResult* stale = find_result(report, "stale-reads")) {
      stale_reads = stale->stale_reads;
    }
  }
  return histograms_of(history->ops(), results.warm_up ? results.warm_up->duration_ns : 0, stale_reads);
}

/// A run by itself, or the parts of one that was merged.
Result<std::vector<MergePart>> parts_of(const std::string& name, Waiting& waiting) {
  const fs::path run = run_at(name);
  std::error_code ignored;
  if (fs::exists(run / parts_name, ignored)) {
    const Result<std::string> text = read_input(run / parts_name, parts_limit);
    if (!text) {
      return std::unexpected(text.error());
    }
    Result<std::vector<MergePart>> parts = parts_from_json(*text);
    return parts ? std::move(parts) : in_file(run / parts_name, parts.error());
  }
  const fs::path file = run / "results.json";
  const Result<std::string> text = read_input(file, merged_results_limit);
  if (!text) {
    return failed(ErrorCode::wrong_type, text.error().detail + "; name a finished run's folder");
  }
  Result<RunResults> results = from_json(*text);
  if (!results) {
    return in_file(file, results.error());
  }
  Result<RunHistograms> histograms = histograms_in(run, *results, waiting);
  if (!histograms) {
    return std::unexpected(histograms.error());
  }
  std::vector<MergePart> parts;
  parts.push_back({run.lexically_normal().string(), std::move(*results), std::move(*histograms)});
  return parts;
}

class Merge final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", runs_, "a run's folder, a folder of runs for its latest, or a folder of merged runs")
        ->required()
        ->expected(2, -1);
    app.add_option("--out", out_, "the folder to make: results.json of all together, and parts.json of each")
        ->required();
  }

  ExitCode run() override {
    std::error_code ignored;
    if (fs::exists(out_, ignored)) {
      return say(ExitCode::usage, fmt::format("{} is there already; name a folder to make with --out", out_));
    }
    Waiting waiting("");
    std::vector<MergePart> parts;
    for (const std::string& run : runs_) {
      waiting.next(fmt::format("reading {}", run));
      Result<std::vector<MergePart>> some = parts_of(run, waiting);
      if (!some) {
        waiting.next("");
        return say(some.error());
      }
      std::ranges::move(*some, std::back_inserter(parts));
    }
    waiting.next("");
    sort_parts(parts);
    if (const Result<void> fine = check_mergeable(parts); !fine) {
      return say(fine.error());
    }
    RunResults results = merged_results(parts);
    results.replay = replay();
    if (const Result<void> fine = validate(results); !fine) {
      return say(ExitCode::usage,
                 fmt::format("the runs' figures do not agree with one another: {}", fine.error().detail));
    }
    if (const Result<void> written = write(parts, results); !written) {
      return say(written.error());
    }
    fmt::print("{}\nResults: {}\n", summarize(printable(std::move(results)), columns_of(STDOUT_FILENO)), out_);
    return ExitCode::ok;
  }

 private:
  [[nodiscard]] std::string replay() const {
    std::string command = "stalemate merge";
    for (const std::string& run : runs_) {
      command += " " + shell_word(run);
    }
    return command + " --out " + shell_word(out_);
  }

  /// The folder is whole or not there.
  [[nodiscard]] Result<void> write(const std::vector<MergePart>& parts, const RunResults& results) const {
    std::error_code error;
    fs::create_directories(out_, error);
    if (error) {
      return failed(ErrorCode::wrong_type, fmt::format("cannot make the folder {}: {}", out_, error.message()));
    }
    Result<void> written = write_file(fs::path(out_) / parts_name, parts_json(parts));
    if (written) {
      written = write_file(fs::path(out_) / "results.json", to_json(results));
    }
    if (!written) {
      fs::remove_all(out_, error);
    }
    return written;
  }

  std::vector<std::string> runs_ = {};
  std::string out_ = {};
};

[[maybe_unused]] const bool merge_registered =
    register_subcommand<Merge>("merge", "several runs of the same thing as one, their histograms added");

}  // namespace
}  // namespace stalemate
