// stalemate check FILE: the verdict on a recorded history, ours or somebody else's.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "check/check.hpp"
#include "cli/check_history.hpp"
#include "cli/check_text.hpp"
#include "cli/results_folder.hpp"
#include "cli/run_job.hpp"
#include "cli/say.hpp"
#include "cli/subcommand.hpp"
#include "core/duration.hpp"
#include "core/nearest.hpp"
#include "record/history_reader.hpp"
#include "record/import.hpp"

namespace stalemate {
namespace {

ExitCode exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::valid: return ExitCode::ok;
    case Verdict::invalid: return ExitCode::invalid;
    case Verdict::unknown: return ExitCode::unknown;
  }
  return ExitCode::defect;
}

// A history that cannot be read is the user's input, whatever it is that is wrong with it.
Error as_usage(Error error) {
  error.code = ErrorCode::wrong_type;
  return error;
}

class Check final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("FILE", file_, "a run's folder, its history, or a Jepsen history (EDN, JSON lines, log), or CSV")
        ->required();
    app.add_option("--only", only_, "only this check; may be repeated");
    app.add_option("--model", model_, "register, cas-register, kv or rmw-register; guessed from the file");
    app.add_option("--clock-error", clock_error_, "how far clocks may differ, such as 2ms: every interval is widened");
    app.add_flag("--json", json_, "everything, as JSON");
  }

  ExitCode run() override {
    Result<CheckOptions> options = read_options();
    if (!options) {
      return say(options.error());
    }
    const Result<Report> report = check_file(*options);
    if (!report) {
      return say(as_usage(report.error()));
    }
    fmt::print("{}", json_ ? report_json(*report) : report_text(*report, columns_of(STDOUT_FILENO)));
    return exit_code_of(report->verdict);
  }

 private:
  [[nodiscard]] Result<CheckOptions> read_options() const {
    CheckOptions options;
    options.only = only_;
    std::vector<std::string_view> known;
    for (const CheckInfo& info : CheckRegistry::all()) {
      known.push_back(info.name);
    }
    for (const std::string& name : only_) {
      if (CheckRegistry::find(name) == nullptr) {
        return failed(ErrorCode::wrong_type, fmt::format("--only: there is no check '{}'{}; 'stalemate list checks' "
                                                         "names them",
                                                         name, did_you_mean(name, known)));
      }
    }
    if (!model_.empty() && !model_named(model_)) {
      return failed(ErrorCode::wrong_type, fmt::format("--model: '{}' is not one of register, cas-register, kv and "
                                                       "rmw-register",
                                                       model_));
    }
    if (!clock_error_.empty()) {
      const Result<Nanoseconds> error_ns = parse_duration(clock_error_);
      if (!error_ns) {
        return failed(ErrorCode::wrong_type, "--clock-error: " + error_ns.error().detail);
      }
      options.clock_error_ns = *error_ns;
    }
    return options;
  }

  [[nodiscard]] Result<Report> check_file(const CheckOptions& options) const {
    std::filesystem::path path = file_;
    if (std::filesystem::is_directory(path)) {
      path /= "history.stale";
    }
    const Result<std::string> beginning = read_beginning(path);
    if (!beginning) {
      return std::unexpected(beginning.error());
    }
    const std::optional<Model> model = model_.empty() ? std::nullopt : model_named(model_);
    if (!looks_like_history(std::as_bytes(std::span(*beginning))) || (model && *model != Model::distinct_register)) {
      const Result<EventHistory> events = read_events(path);
      if (!events) {
        return std::unexpected(events.error());
      }
      return check_all(*events, options, model);
    }
    const Result<History> history = read_history(path);
    if (!history) {
      return std::unexpected(history.error());
    }
    if (!history->truncation.empty()) {
      warn(history->truncation);
    }
    return check_on_all_cores(*history, options);
  }

  static Result<std::string> read_beginning(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string bytes(64, '\0');
    if (!file) {
      return failed(ErrorCode::wrong_type, fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    }
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
  }

  std::string file_ = {};
  std::vector<std::string> only_ = {};
  std::string model_ = {};
  std::string clock_error_ = {};
  bool json_ = false;
};

[[maybe_unused]] const bool registered =
    register_subcommand<Check>("check", "judge a recorded history: ours, or a Jepsen one");

}  // namespace
}  // namespace stalemate
