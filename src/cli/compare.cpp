// stalemate compare RUN RUN: two finished runs side by side.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <filesystem>

#include "cli/results_folder.hpp"
#include "cli/run_job.hpp"
#include "cli/say.hpp"
#include "cli/subcommand.hpp"
#include "report/results_json.hpp"
#include "report/summary.hpp"

namespace stalemate {
namespace {

Result<RunResults> results_at(const std::string& path) {
  const std::filesystem::path file =
      std::filesystem::is_directory(path) ? std::filesystem::path(path) / "results.json" : std::filesystem::path(path);
  const Result<std::string> text = read_file(file);
  if (!text) {
    return failed(ErrorCode::wrong_type, text.error().detail + "; name a run's folder or its results.json");
  }
  Result<RunResults> results = from_json(*text);
  if (!results) {
    return failed(ErrorCode::wrong_type, file.string() + ": " + results.error().detail);
  }
  return results;
}

class Compare final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("BEFORE", before_, "a run's folder or its results.json")->required();
    app.add_option("AFTER", after_, "another")->required();
  }

  ExitCode run() override {
    const Result<RunResults> before = results_at(before_);
    if (!before) {
      return say(before.error());
    }
    const Result<RunResults> after = results_at(after_);
    if (!after) {
      return say(after.error());
    }
    fmt::print("{}", stalemate::compare(*before, *after, columns_of(STDOUT_FILENO)));
    return ExitCode::ok;
  }

 private:
  std::string before_ = {};
  std::string after_ = {};
};

[[maybe_unused]] const bool registered = register_subcommand<Compare>("compare", "two finished runs side by side");

}  // namespace
}  // namespace stalemate
