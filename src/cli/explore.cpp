// stalemate explore PATTERN: every interleaving of a pattern's calls within a scope, and the shortest that breaks it.
#include <fmt/core.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <atomic>
#include <limits>
#include <thread>

#include "cli/explore_flags.hpp"
#include "cli/interrupt.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/explore_text.hpp"
#include "cli/text/name_lists.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "cli/text/whole_number.hpp"
#include "core/nearest.hpp"
#include "core/try_start.hpp"
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

/// Rows of all patterns, computed on as many threads as there are processors.
std::vector<MatrixRow> whole_matrix(const std::vector<const JudgeInfo*>& judges, const ExploreLimits& limits) {
  Waiting waiting("");
  waiting.next("exploring all patterns under all faults");
  const std::span<const PatternInfo> patterns = PatternRegistry::all();
  std::vector<MatrixRow> rows(patterns.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> done = 0;
  std::vector<std::jthread> threads;
  for (unsigned thread = 0; thread < std::max(1U, std::thread::hardware_concurrency()); ++thread) {
    start_or_do(threads, [&] {
      for (std::size_t row = next++; row < patterns.size(); row = next++) {
        rows[row] = matrix_row(patterns[row], judges, limits);
        waiting.reached(fmt::format("{} of {} patterns", ++done, rows.size()));
      }
    });
  }
  threads.clear();
  return rows;
}

// What a random search found is searched for again in parts of the scope, each of at most this many states.
constexpr std::uint64_t states_max_of_a_part = 200'000;

constexpr std::uint64_t bytes_a_megabyte = 1'000'000;

// The range of every number on the command line.
constexpr auto number_max = std::numeric_limits<std::int64_t>::max();

// No random run is as long.
constexpr std::uint64_t priorities_max = 1000;

class Explore final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app_ = &app;
    app.add_option("PATTERN", pattern_, "which caching pattern; 'stalemate list patterns' names them");
    app.add_option("--faults", faults_, "what may go wrong, such as crash,lost-request; or all")
        ->allow_extra_args(false);
    app.add_option("--max-faults", faults_max_, "how often, at most (1 where --faults is given)")
        ->check(whole_number(1, messages_max));
    app.add_option("--processes", processes_,
                   "the processes, each by its ops, r a read and w a write: w,w,rr,rr (each property's own scope "
                   "if left out)");
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
    app.add_flag("--markdown", markdown_, "with --matrix: the page docs/guarantees.md");
  }

  ExitCode run() override {
    if (const std::optional<std::string> misused = misused_flag_of_explore(*app_)) {
      return say(ExitCode::usage, *misused);
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
    const Explored found = explored(*options);
    fmt::print("{}", json_ ? json_of(*options, found) : text_of(*options, found, *kind, columns_of(STDOUT_FILENO)));
    return InterruptWatch::came() ? say_interrupted() : exit_code_of(found.exploration);
  }

 private:
  [[nodiscard]] Explored explored(const ExplorationOptions& options) const {
    const InterruptWatch watch;
    Waiting waiting(pattern_);
    waiting.next("exploring every interleaving");
    if (walks_.runs > 0) {
      return {by_lot(options), {}};
    }
    Explored found{explore(options), {}};
    for (const VirtualFaultInfo* fault :
         options.faults_max > 0 ? options.faults : std::vector<const VirtualFaultInfo*>()) {
      waiting.next(fmt::format("exploring what {} does by itself", fault->name));
      found.alone.push_back(explored_alone(options, *fault, found.exploration));
    }
    return found;
  }

  /// What the fault does by itself to the properties that are not known to hold.
  [[nodiscard]] FaultAlone explored_alone(const ExplorationOptions& asked, const VirtualFaultInfo& fault,
                                          const Exploration& exploration) const {
    ExplorationOptions options = asked;
    options.faults = {&fault};
    options.fault_alone = true;
    options.limits.exhaust = false;
    std::erase_if(options.judges, [&](const JudgeInfo* judge) {
      const Finding finding = finding_of(exploration, *judge).finding;
      return finding == Finding::holds || finding == Finding::vacuous;
    });
    return {options, explore(options)};
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

  /// Random runs in the scope asked for, each violation with the shortest witness that parts of the scope have.
  [[nodiscard]] Exploration by_lot(const ExplorationOptions& options) const {
    Exploration exploration;
    exploration.runs = walks_.runs;
    for (const JudgeInfo* judge : options.judges) {
      const Result<Scope> own = parse_scope(judge->scope);
      MachineOptions machine;
      machine.pattern = options.pattern;
      machine.scope = options.scope ? *options.scope : *own;
      machine.faults = options.faults;
      machine.faults_max = options.faults_max;
      machine.judges = {judge};
      machine.every_event = options.every_event;
      const bool concerned = judge->instance().concerns(machine.scope);
      JudgeFinding finding{judge, machine.scope, concerned ? Finding::unknown : Finding::vacuous, {}};
      if (concerned) {
        const SearchResult result = random_search(machine, walks_);
        finding.end = result.end;
        exploration.states += result.states;
        exploration.transitions += result.transitions;
        exploration.bytes_max = std::max(exploration.bytes_max, result.bytes);
        exploration.trace_hash = mixed(exploration.trace_hash, result.trace_hash);
        if (!result.violations.empty()) {
          finding.finding = Finding::violated;
          finding.witness = Witness{machine, result.violations.front().choices};
          ExplorationOptions small = options;
          small.limits.states_max = std::min(options.limits.states_max, states_max_of_a_part);
          finding = shortened(small, finding);
        }
      }
      exploration.findings.push_back(std::move(finding));
    }
    return exploration;
  }

  [[nodiscard]] ExitCode print_matrix() const {
    std::vector<MatrixRow> rows;
    {
      const InterruptWatch watch;
      rows = whole_matrix(markdown_ ? page_judges() : matrix_judges(), limits_);
    }
    if (markdown_) {
      fmt::print("{}", markdown_of(rows, limits_.pairs_max));
    } else {
      fmt::print("{}", json_ ? json_of(rows) : table_of(rows));
    }
    return InterruptWatch::came() ? say_interrupted() : ExitCode::ok;
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
  bool json_ = false;
  bool matrix_ = false;
  bool markdown_ = false;
};

[[maybe_unused]] const bool explore_registered = register_subcommand<Explore>(
    "explore", "try every interleaving of a pattern, and show the shortest that breaks it");

}  // namespace
}  // namespace stalemate
