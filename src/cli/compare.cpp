// stalemate compare RUN RUN...: finished runs side by side.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/run/results_folder.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "core/input_file.hpp"
#include "report/printable_results.hpp"
#include "report/results_json.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

// Many times what a run of a million keys writes.
constexpr InputLimit results_limit = {.what = "a run's results.json", .bytes_max = std::uint64_t{16} << 20U};

// The fields that a comparison needs; others may be missing, as in the results of an older version.
constexpr const char* compared_members[] = {"/scenario",   "/pattern",     "/engines",       "/asked",
                                            "/plan/reads", "/plan/writes", "/reads/planned", "/writes/planned",
                                            "/reads/ok",   "/writes/ok",   "/latency/read",  "/latency/write"};

// The first of them that is not there, with dots between the levels; none if all are. Requires: a JSON object.
std::optional<std::string> missing_member(const nlohmann::json& results) {
  for (const std::string pointer : compared_members) {
    if (!results.contains(nlohmann::json::json_pointer(pointer))) {
      std::string path = pointer.substr(1);
      std::ranges::replace(path, '/', '.');
      return path;
    }
  }
  return std::nullopt;
}

Result<RunResults> results_at(const std::string& run_or_file) {
  const std::filesystem::path path = run_at(run_or_file);
  const std::filesystem::path file = std::filesystem::is_directory(path) ? path / "results.json" : path;
  const Result<std::string> text = read_input(file, results_limit);
  if (!text) {
    return failed(ErrorCode::wrong_type, text.error().detail + "; name a run's folder or its results.json");
  }
  Result<RunResults> results = from_json(*text);
  if (!results) {
    return failed(ErrorCode::wrong_type, file.string() + ": " + results.error().detail);
  }
  if (const std::optional<std::string> missing = missing_member(nlohmann::json::parse(*text))) {
    return failed(ErrorCode::wrong_type, fmt::format("{}: {} is missing; a run's results.json has it, so name a "
                                                     "finished run's folder or its results.json",
                                                     file.string(), *missing));
  }
  return results;
}

class Compare final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", runs_, "a run's folder, a folder of runs for its latest, or a results.json")
        ->required()
        ->expected(2, static_cast<int>(compared_runs_max));
  }

  ExitCode run() override {
    std::vector<RunResults> runs;
    for (const std::string& run : runs_) {
      Result<RunResults> results = results_at(run);
      if (!results) {
        return say(results.error());
      }
      runs.push_back(printable(std::move(*results)));
    }
    fmt::print("{}", stalemate::compare(runs, columns_of(STDOUT_FILENO)));
    return ExitCode::ok;
  }

 private:
  std::vector<std::string> runs_ = {};
};

[[maybe_unused]] const bool compare_registered = register_subcommand<Compare>("compare", "finished runs side by side");

}  // namespace
}  // namespace stalemate
