// stalemate check FILE: the verdict on a recorded history, ours or somebody else's.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>

#include "check/check.hpp"
#include "check/search/search_keys.hpp"
#include "cli/check_history.hpp"
#include "cli/output/ci_flags.hpp"
#include "cli/program.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/check_text.hpp"
#include "cli/text/name_lists.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "core/text/words.hpp"
#include "record/foreign/import.hpp"
#include "record/history_reader.hpp"
#include "report/page/check_page.hpp"

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

// A history that cannot be read is wrong input, for any reason.
Error as_usage(Error error) {
  error.code = ErrorCode::wrong_type;
  return error;
}

/// What a history was judged to be.
struct Judged {
  Report report = {};
  std::vector<ClockErrorPoint> curve = {};  ///< empty where no clock error was given
  Page page = {};                           ///< where it was asked for
};

class Check final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app_ = &app;
    app.add_option("FILE", file_, "a run's folder, its history, or a Jepsen history (EDN, JSON lines, log), or CSV")
        ->required();
    app.add_option("--only", only_, "only these checks, such as stale-reads,regular; may be repeated")
        ->allow_extra_args(false);
    app.add_option("--model", model_, "register, cas-register, kv or rmw-register; guessed from the file");
    app.add_option(
        "--clock-error", clock_error_,
        "how far clocks may differ, such as 2ms: every interval is widened by it, and violations are counted "
        "for smaller errors too");
    app.add_option("--budget", budget_, "how long the general search may take before its verdict is unknown")
        ->capture_default_str();
    app.add_flag("--every-key", every_key_,
                 "the general search goes on after it has found a key that is not linearizable");
    import_.describe(app);
    app.add_flag("--json", json_, "everything, as JSON");
    ci_.describe(app);
    ci_.describe_page(app, "a page for browsers, with a timeline of the ops around each violation");
  }

  ExitCode run() override {
    only_ = names_in(only_);
    const Result<CheckOptions> options = read_options();
    if (!options) {
      return say(options.error());
    }
    const Result<Nanoseconds> budget_ns = parse_duration(budget_);
    if (!budget_ns) {
      return say(ExitCode::usage, "--budget: " + budget_ns.error().detail);
    }
    budget_ns_ = *budget_ns;
    if (const Result<void> fine = ci_.check(json_); !fine) {
      return say(fine.error());
    }
    const Result<Judged> judged = judge(*options);
    if (!judged) {
      return say(as_usage(judged.error()));
    }
    const Report& report = judged->report;
    warn_of_needless_flags(report);
    for (const std::string& name : only_) {
      if (find_result(report, name) == nullptr) {
        warn(fmt::format("{} says nothing of a history of model {}", name, name_of(report.model)));
      }
    }
    print(*judged);
    Result<void> written = ci_.are_given() ? ci_.write(sheet_of(report, file_, again())) : Result<void>();
    if (const Result<void> page = ci_.write_page(judged->page); written) {
      written = page;
    }
    if (!written) {
      say(written.error());
    }
    if (!report.defects.empty()) {
      return say(ExitCode::defect, report.defects.front());
    }
    const ExitCode code = exit_code_of(report.verdict);
    return code == ExitCode::ok && !written ? ExitCode::defect : code;
  }

 private:
  void print(const Judged& judged) const {
    if (json_) {
      fmt::print("{}", report_json(judged.report, judged.curve));
    } else if (!ci_.take_standard_output()) {
      ci_.print(report_text(judged.report, columns_of(STDOUT_FILENO), terminal_marks(), judged.curve));
    }
  }

  /// Whether a history needs the general search is not known before it is judged, so these are told, not refused.
  void warn_of_needless_flags(const Report& report) const {
    const auto searched = [](const CheckResult& result) {
      const auto figure = std::ranges::find(result.figures, keys_searched, &Figure::name);
      return figure != result.figures.end() && figure->value > 0;
    };
    for (const char* const flag : {"--budget", "--every-key"}) {
      if (app_->count(flag) > 0 && std::ranges::none_of(report.results, searched)) {
        warn(fmt::format("{} changed nothing: no key of this history needs the general search", flag));
      }
    }
  }

  [[nodiscard]] Result<CheckOptions> read_options() const {
    CheckOptions options;
    options.only = only_;
    options.search_every_key = every_key_;
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
      if (std::ranges::count(only_, name) > 1) {
        return failed(ErrorCode::wrong_type, fmt::format("--only: '{}' is named twice; name it once", name));
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

  [[nodiscard]] Result<Judged> judge(const CheckOptions& options) const {
    Waiting waiting("");
    waiting.next("reading the history");
    const std::filesystem::path path = history_path(file_);
    const Result<bool> is_own = names_own_history(path);
    if (!is_own) {
      return std::unexpected(is_own.error());
    }
    const std::optional<Model> model = model_.empty() ? std::nullopt : model_named(model_);
    if (!*is_own || import_.are_given() || (model && *model != Model::distinct_register)) {
      const Result<EventHistory> events = read_events(path, import_.options());
      if (!events) {
        return std::unexpected(events.error());
      }
      waiting.next("checking the history, of which the general search may take " + budget_);
      return with_page(judge(options, events->timed,
                             [&](const CheckOptions& widened) { return check_all(*events, widened, model); }),
                       *events);
    }
    const Result<History> history = read_on_all_cores(path);
    if (!history) {
      return std::unexpected(history.error());
    }
    waiting.next("");
    if (!history->truncation.empty()) {
      warn(history->truncation);
    }
    const CheckProgress progress = checking(waiting);
    return with_page(
        judge(options, has_times(history->header),
              [&](const CheckOptions& widened) { return check_on_all_cores(*history, widened, progress); }),
        *history);
  }

  /// With the page, while the history is there.
  template <class AnyHistory>
  [[nodiscard]] Result<Judged> with_page(Result<Judged> judged, const AnyHistory& history) const {
    if (judged && ci_.want_page()) {
      const Report& report = judged->report;
      judged->page = check_page(report, sheet_of(report, file_, again()), history,
                                report_text(report, columns_of_words, Marks{}, judged->curve),
                                std::string("stalemate ") + program_version());
    }
    return judged;
  }

  [[nodiscard]] std::string again() const { return fmt::format("stalemate check {}", shell_word(file_)); }

  [[nodiscard]] Result<Judged> judge(const CheckOptions& options, bool is_timed, const Checker& check) const {
    if (options.clock_error_ns > 0 && !is_timed) {
      return failed(ErrorCode::wrong_type,
                    "--clock-error: " + file_ + " has no times, only an order of events, so leave it out");
    }
    // Reading the file, which took its time, is not paid for by the search.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(budget_ns_);
    CheckOptions limited = options;
    limited.should_stop = [deadline] { return std::chrono::steady_clock::now() > deadline; };
    Judged judged{.report = check(limited)};
    if (options.clock_error_ns > 0) {
      judged.curve = clock_error_curve(check, limited, clock_errors_up_to(options.clock_error_ns));
    }
    return judged;
  }

  // Of the report in words, on the page.
  static constexpr unsigned columns_of_words = 100;

  const CLI::App* app_ = nullptr;
  std::string file_ = {};
  std::vector<std::string> only_ = {};
  std::string model_ = {};
  std::string clock_error_ = {};
  std::string budget_ = "1m";
  Nanoseconds budget_ns_ = 0;
  bool every_key_ = false;
  ImportFlags import_ = {};
  bool json_ = false;
  CiFlags ci_ = {};
};

[[maybe_unused]] const bool check_registered =
    register_subcommand<Check>("check", "judge a recorded history: ours, or a Jepsen one");

}  // namespace
}  // namespace stalemate
