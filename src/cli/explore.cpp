// stalemate explore PATTERN: every interleaving of a pattern's calls within a scope, and the shortest that breaks it.
// stalemate explore FILE.toml: the same of a user's own service.
#include <fmt/core.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <limits>

#include "cli/explore/explore_application.hpp"
#include "cli/explore/explore_flags.hpp"
#include "cli/explore/explore_searches.hpp"
#include "cli/interrupt.hpp"
#include "cli/output/ci_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/command_again.hpp"
#include "cli/text/explore_page.hpp"
#include "cli/text/explore_text.hpp"
#include "cli/text/name_lists.hpp"
#include "cli/text/say.hpp"
#include "cli/text/whole_number.hpp"
#include "cli/ui/live_page.hpp"
#include "core/text/duration.hpp"
#include "core/text/nearest.hpp"
#include "explore/matrix/matrix.hpp"
#include "explore/model/walks.hpp"

namespace stalemate {
namespace {

/// The entries that a list such as "crash,evict" names, each once; "all": every one.
template <class Info>
Result<std::vector<const Info*>> named(const std::vector<std::string>& lists, std::string_view flag,
                                       std::string_view what) {
  const std::vector<std::string> names = names_in(lists);
  const bool is_all = names.size() == 1 && names.front() == "all";
  std::vector<const Info*> found;
  std::vector<std::string_view> known;
  for (const Info& info : Registry<Info>::all()) {
    known.push_back(info.name);
    if (is_all) {
      found.push_back(&info);
    }
  }
  const auto wrong = [&](const std::string& sentence) {
    return failed(ErrorCode::wrong_type, fmt::format("{}: {}", flag, sentence));
  };
  if (names.empty() || (names.size() == 1 && names.front().empty())) {
    return wrong(fmt::format("name at least one of {}, or all", fmt::join(known, ", ")));
  }
  for (const std::string& word : is_all ? std::vector<std::string>() : names) {
    const Info* info = Registry<Info>::find(word);
    if (word == "all") {
      return wrong(
          fmt::format("'all' stands alone, so leave out the rest of '{}', or the 'all'", fmt::join(names, ",")));
    }
    if (info == nullptr) {
      const std::string meant = did_you_mean(word, known);
      return wrong(fmt::format("'{}' is no {} of explore{}", word, what,
                               meant.empty() ? fmt::format("; they are {}", fmt::join(known, ", ")) : meant));
    }
    if (std::ranges::find(found, info) != found.end()) {
      return wrong(fmt::format("'{}' is named twice; name it once", word));
    }
    found.push_back(info);
  }
  return found;
}

ExitCode exit_code_of(const Exploration& exploration) {
  const auto any = [&](Finding finding) {
    return std::ranges::find(exploration.findings, finding, &JudgeFinding::finding) != exploration.findings.end();
  };
  return any(Finding::violated) ? ExitCode::invalid : any(Finding::unknown) ? ExitCode::unknown : ExitCode::ok;
}

constexpr std::uint64_t bytes_a_megabyte = 1'000'000;

// The range of every number on the command line.
constexpr auto number_max = std::numeric_limits<std::int64_t>::max();

// No random run is as long.
constexpr std::uint64_t priorities_max = 1000;

class Explore final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app_ = &app;
    app.add_option(
        "PATTERN", pattern_,
        "which caching pattern ('stalemate list patterns' names them), or the file of a service of your own, "
        "such as shop.toml");
    app.add_option("--budget", budget_, "of a file: how long to explore, such as 30s (1m)");
    app.add_option("--faults", faults_, "what may go wrong, such as crash,lost-request; or all")
        ->allow_extra_args(false);
    app.add_option("--max-faults", faults_max_, "how often, at most (1 where --faults is given)")
        ->check(whole_number(1, messages_max));
    app.add_option("--processes,--scope", processes_,
                   "the processes, each by its ops, r a read and w a write: w,w,rr,rr (each property's own scope "
                   "if left out; of a file growing ones)");
    app.add_option("--only", judges_, "only these properties, such as fresh,converges; may be repeated")
        ->allow_extra_args(false);
    app.add_flag("--one-after-another", one_after_another_,
                 "no client begins an op while another's is going on, so that no race between clients hides a fault");
    app.add_option(
           "--max-states", limits_.states_max,
           "more of them: the verdict is unknown (20,000,000; of what a fault does by itself, which takes pairs "
           "of states, 1,000,000)")
        ->check(whole_number(1, number_max));
    app.add_option("--max-memory", megabytes_max_, "give up as unknown at so many MB of memory (4,295)")
        ->check(whole_number(1, 1'000'000'000));
    app.add_flag("--exhaust", limits_.exhaust, "go on after a violation until every state was visited");
    app.add_flag("--every-event", every_event_, "invocations, effects and replies as separate steps; slower");
    app.add_option("--random", walks_.runs, "this many random runs instead of all interleavings")
        ->check(whole_number(1, number_max));
    app.add_option("--pct", walks_.depth, "with --random: probabilistic concurrency testing of this depth")
        ->check(whole_number(1, priorities_max));
    app.add_option("--seed", walks_.seed, "the seed of --random (1)")->check(whole_number(0, number_max));
    app.add_option("--diagram", diagram_,
                   "a sequence diagram after each violation: text, mermaid or svg; 'stalemate replay TOKEN "
                   "--diagram svg' prints one alone, for a file");
    app.add_flag("--json", json_, "as one JSON object");
    app.add_flag("--matrix", matrix_, "every pattern against no fault and each fault");
    ci_.describe(app);
    ci_.describe_page(app, "a page for browsers, with the shortest run of each violation to look through");
    describe_ui(app, ui_);
  }

  ExitCode run() override {
    if (names_a_file(pattern_)) {
      return run_file();
    }
    if (const std::optional<std::string> misused = misused_flag_of_explore(*app_)) {
      return say(ExitCode::usage, *misused);
    }
    if (const Result<void> fine = ci_.check(json_); !fine) {
      return say(fine.error());
    }
    limits_.bytes_max = megabytes_max_ * bytes_a_megabyte;
    if (app_->count("--max-states") > 0) {
      limits_.pairs_max = limits_.states_max;
    }
    limits_.is_stopped = InterruptWatch::came;
    walks_.is_stopped = InterruptWatch::came;
    if (matrix_) {
      return print_matrix();
    }
    const Result<ExplorationOptions> options = read_options();
    if (!options) {
      return say(ExitCode::usage, options.error().detail);
    }
    const Result<DiagramKind> kind = parse_diagram(diagram_);
    if (!kind) {
      return say(ExitCode::usage, kind.error().detail);
    }
    const Result<std::unique_ptr<LivePage>> live = LivePage::open(ui_, "explore", "explore " + pattern_);
    if (!live) {
      return say(live.error());
    }
    const Explored found = search_pattern(*options, walks_, listener_of(live->get()));
    if (json_) {
      fmt::print("{}", json_of(*options, found));
    } else if (!ci_.take_standard_output()) {
      ci_.print(text_of(*options, found, *kind, columns_of(STDOUT_FILENO), terminal_marks()));
    }
    const std::string again = command_again(*app_);
    Result<void> written = ci_.are_given() ? ci_.write(sheet_of(*options, found, again)) : Result<void>();
    if (ci_.want_page() || *live) {
      written = give_page(page_of(*options, found, again), live->get(), written);
    }
    return ended(exit_code_of(found.exploration), written);
  }

 private:
  /// Writes the page where it was asked for, and gives it to those who look at the live one, which may be nullptr.
  [[nodiscard]] Result<void> give_page(const Page& page, LivePage* live, const Result<void>& written) const {
    const Result<void> of_page = ci_.write_page(page);
    if (live != nullptr) {
      live->done(page, of_page ? ci_.page_file() : "");
    }
    return written ? of_page : written;
  }

  /// What is left to say when all was printed, and written or not.
  static ExitCode ended(ExitCode code, const Result<void>& written) {
    const ExitCode of_files = written ? ExitCode::ok : say(written.error());
    return InterruptWatch::came() ? say_interrupted() : code == ExitCode::ok ? of_files : code;
  }

  [[nodiscard]] ExitCode run_file() const {
    if (const std::optional<std::string> misused = misused_flag_of_explore_file(*app_)) {
      return say(ExitCode::usage, *misused);
    }
    if (const Result<void> fine = ci_.check(json_); !fine) {
      return say(fine.error());
    }
    const Result<ApplicationOrder> order = read_order();
    return order ? explore_application_file(*order) : say(ExitCode::usage, order.error().detail);
  }

  [[nodiscard]] Result<ApplicationOrder> read_order() const {
    ApplicationOrder order;
    order.file = pattern_;
    order.json = json_;
    order.ci = ci_;
    order.ui = ui_;
    order.again = command_again(*app_);
    if (app_->count("--budget") > 0) {
      const Result<Nanoseconds> budget_ns = parse_duration(budget_);
      if (!budget_ns) {
        return failed(ErrorCode::wrong_type, "--budget: " + budget_ns.error().detail);
      }
      order.budget_ns = *budget_ns;
    }
    if (app_->count("--faults") > 0) {
      Result<std::vector<ApplicationFault>> faults = read_application_faults(faults_);
      if (!faults) {
        return std::unexpected(faults.error());
      }
      order.faults = *std::move(faults);
      order.faults_max = faults_max_;
    }
    Result<std::vector<const JudgeInfo*>> judges =
        named<JudgeInfo>(app_->count("--only") > 0 ? judges_ : std::vector<std::string>{"all"}, "--only", "property");
    const Result<DiagramKind> kind = parse_diagram(diagram_);
    if (!judges || !kind) {
      return std::unexpected(judges ? kind.error() : judges.error());
    }
    order.judges = *std::move(judges);
    order.diagram = *kind;
    if (app_->count("--processes") > 0) {
      const Result<Scope> scope = parse_scope(processes_);
      if (!scope) {
        return std::unexpected(scope.error());
      }
      order.scopes = {*scope};
    }
    return order;
  }

  static ExitCode say_interrupted() {
    return say(ExitCode::interrupted, "interrupted; what was not decided by then is unknown");
  }

  [[nodiscard]] Result<ExplorationOptions> read_options() const {
    ExplorationOptions options;
    options.pattern = PatternRegistry::find(pattern_);
    if (options.pattern == nullptr) {
      std::vector<std::string_view> known;
      for (const PatternInfo& info : PatternRegistry::all()) {
        known.push_back(info.name);
      }
      return failed(ErrorCode::wrong_type,
                    pattern_.empty() ? "name a pattern, or --matrix for all; 'stalemate list patterns' names them"
                                     : fmt::format("there is no pattern '{}'{}; 'stalemate list patterns' names them",
                                                   pattern_, did_you_mean(pattern_, known)));
    }
    if (app_->count("--faults") > 0) {
      Result<std::vector<const VirtualFaultInfo*>> faults = named<VirtualFaultInfo>(faults_, "--faults", "fault");
      if (!faults) {
        return std::unexpected(faults.error());
      }
      options.faults = *std::move(faults);
      options.faults_max = faults_max_;
    }
    Result<std::vector<const JudgeInfo*>> judges =
        named<JudgeInfo>(app_->count("--only") > 0 ? judges_ : std::vector<std::string>{"all"}, "--only", "property");
    if (!judges) {
      return std::unexpected(judges.error());
    }
    options.judges = *std::move(judges);
    if (app_->count("--processes") > 0) {
      const Result<Scope> scope = parse_scope(processes_);
      if (!scope) {
        return std::unexpected(scope.error());
      }
      options.scope = *scope;
    }
    options.every_event = every_event_;
    options.one_after_another = one_after_another_;
    options.limits = limits_;
    if (const Result<void> possible = leave_out_impossible_faults(options); !possible) {
      return std::unexpected(possible.error());
    }
    return options;
  }

  /// Faults that cannot take place: of all those that there are they are left out, and one that was named is refused.
  [[nodiscard]] Result<void> leave_out_impossible_faults(ExplorationOptions& options) const {
    const bool is_all = names_in(faults_) == std::vector<std::string>{"all"};
    std::string impossible;
    std::erase_if(options.faults, [&](const VirtualFaultInfo* fault) {
      const bool possible = std::ranges::any_of(options.judges, [&](const JudgeInfo* judge) {
        return can_take_place(*fault, *options.pattern, options.scope ? *options.scope : *parse_scope(judge->scope));
      });
      if (!possible && impossible.empty()) {
        impossible = fmt::format("--faults: '{}' cannot hit {}{}: {}", fault->name, options.pattern->name,
                                 options.scope ? " in the scope " + to_text(*options.scope) : "", fault->why_not);
      }
      return !possible;
    });
    if (impossible.empty() || (is_all && !options.faults.empty())) {
      return {};
    }
    return failed(ErrorCode::wrong_type, impossible);
  }

  [[nodiscard]] ExitCode print_matrix() const {
    const bool asks_page = app_->count("--markdown") > 0;
    const std::vector<MatrixRow> rows = whole_matrix(asks_page ? page_judges() : matrix_judges(), limits_);
    if (json_) {
      fmt::print("{}", json_of(rows));
    } else if (!ci_.take_standard_output()) {
      fmt::print("{}", table_of(rows));
    }
    Result<void> written = asks_page ? ci_.write_markdown(markdown_of(rows, limits_.pairs_max)) : Result<void>();
    if (ci_.want_page()) {
      const Result<void> page = ci_.write_page(page_of(rows, command_again(*app_)));
      written = written ? page : written;
    }
    return ended(ExitCode::ok, written);
  }

  const CLI::App* app_ = nullptr;
  std::string pattern_ = {};
  std::vector<std::string> faults_ = {};
  std::uint8_t faults_max_ = 1;
  std::string processes_ = {};
  std::vector<std::string> judges_ = {};
  ExploreLimits limits_ = {};
  std::uint64_t megabytes_max_ = 4'295;
  bool every_event_ = false;
  bool one_after_another_ = false;
  WalkOptions walks_ = {.runs = 0};
  std::string diagram_ = "none";
  std::string budget_ = {};
  bool json_ = false;
  bool matrix_ = false;
  CiFlags ci_ = {};
  std::string ui_ = {};
};

[[maybe_unused]] const bool explore_registered = register_subcommand<Explore>(
    "explore", "try every interleaving of a pattern, and show the shortest that breaks it");

}  // namespace
}  // namespace stalemate
