// stalemate explain RUN [READ]: why a read was stale or wrong in another way, as a story in time order and as a
// sequence diagram; and what else the checks found.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <optional>

#include "check/causes/causes.hpp"
#include "check/causes/story.hpp"
#include "check/check.hpp"
#include "check/exact/undone_writes.hpp"
#include "check/words.hpp"
#include "cli/check_history.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/run/check_run.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/text/waiting.hpp"
#include "cli/text/whole_number.hpp"
#include "core/text/printable.hpp"
#include "core/text/words.hpp"
#include "record/history_reader.hpp"
#include "report/findings.hpp"
#include "report/words/guarantee_cell.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

/// Stale reads and all others that a check found wrong, each once, by when they began.
std::vector<StaleRead> wrong_reads_of(const History& history, const Report& report) {
  // Of a read that several checks found, what made it stale stays: it comes first.
  std::vector<StaleRead> wrong = find_result(report, "stale-reads")->stale_reads;
  for (const CheckResult& check : report.results) {
    if (check.name != "stale-reads") {
      wrong.insert(wrong.end(), check.stale_reads.begin(), check.stale_reads.end());
    }
  }
  std::ranges::stable_sort(wrong, {}, &StaleRead::read);
  const auto repeated = std::ranges::unique(wrong, {}, &StaleRead::read);
  wrong.erase(repeated.begin(), repeated.end());
  std::ranges::sort(wrong, {}, [&history](const StaleRead& read) {
    return std::pair(history.find_op(read.read)->invocation_ns(), read.read);
  });
  return wrong;
}

/// What to say where there is no read to explain.
std::string words_of_nothing(const History& history, const CheckResult& stale) {
  if (stale.sample == 0) {
    return fmt::format("no read of this run could be judged{}", history.is_complete() ? "" : ": its history is cut");
  }
  return history.is_complete() ? "no read of this run was stale"
                               : "no read in what is left of this run's history was stale; it is cut, and the missing "
                                 "part may hold stale ones";
}

/// A sentence on the writes that were lost; empty where none was.
std::string words_of_lost(const History& history, const CheckResult& lost) {
  if (lost.count == 0 || lost.verdict != Verdict::invalid) {
    return {};
  }
  const std::size_t undone = find_undone_writes(history).size();
  std::string words = fmt::format("{} of {} acknowledged writes never reached the database", with_thousands(lost.count),
                                  with_thousands(lost.sample));
  const bool has_adds = std::ranges::any_of(
      history.ops(), [](const OpRecord& op) { return op.kind() == OpKind::add && op.outcome() == Outcome::ok; });
  words += has_adds ? ", or were overwritten by an add that had not seen them" : "";
  if (undone > 0) {
    words += fmt::format(", or ({} of them) were gone once its standby had taken over", with_thousands(undone));
  } else if (lost.stale_reads.empty()) {
    words += ", though no read missed them";
  }
  if (!lost.stale_reads.empty()) {
    words += fmt::format(", and {} missed one: --list names them", counted(lost.stale_reads.size(), "read"));
  }
  return words + (lost.violations.empty() ? ".\n" : ". The first: " + lost.violations.front().sentence + "\n");
}

/// The verdict and what all checks found, since there is more to know than a read's cause.
std::string words_of_checks(const Report& report) {
  RunResults results;
  note_checks(report, results);
  return wrap(checks_paragraph(results), columns_of(STDOUT_FILENO));
}

class Explain final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.add_option("RUN", run_, "a run's folder or its history")->required();
    app.add_option("READ", read_, "the number of a read; if left out, the first that was stale, or else wrong")
        ->check(whole_number(0, no_op - 1));
    app.add_flag("--mermaid", mermaid_, "only the sequence diagram, as Mermaid");
    app.add_flag("--list", list_, "every read that was stale or wrong in another way, with its cause, one a line");
  }

  ExitCode run() override {
    if (read_ && list_) {
      return say(ExitCode::usage, fmt::format("--list names every wrong read, so leave out the {}", *read_));
    }
    if (mermaid_ && list_) {
      return say(ExitCode::usage, "--list and --mermaid do not go together: a list has no diagram");
    }
    Waiting waiting("");
    waiting.next("reading the history");
    const std::filesystem::path path = history_path(run_);
    const Result<bool> is_own = names_own_history(path);
    if (!is_own) {
      return say(ExitCode::usage, is_own.error().detail);
    }
    if (!*is_own) {
      return say(ExitCode::usage, fmt::format("{} is no history of ours, and others do not hold the store calls that "
                                              "would explain a read; 'stalemate check {}' judges it",
                                              run_, shell_word(run_)));
    }
    const Result<History> history = read_history(path);
    waiting.next("");
    if (!history) {
      return say(ExitCode::usage, history.error().detail);
    }
    if (!history->truncation.empty()) {
      warn(history->truncation);
    }
    const Report report = check_on_all_cores(*history, CheckOptions{}, checking(waiting));
    waiting.next("");
    const CheckResult& stale = *find_result(report, "stale-reads");
    const CheckResult& lost = *find_result(report, "lost-updates");
    const std::vector<StaleRead> wrong = wrong_reads_of(*history, report);
    if (read_) {
      return print_read(*history, wrong);
    }
    if (list_ && !wrong.empty()) {
      return print_list(*history, wrong);
    }
    if (wrong.empty() && (list_ || mermaid_)) {
      // A list or a diagram is for programs: they get nothing, and people are told why.
      warn(printable_lines(words_of_nothing(*history, stale)) + "; 'stalemate explain " + shell_word(run_) +
           "' tells what else the checks found");
      return ExitCode::ok;
    }
    if (wrong.empty()) {
      fmt::print("{}\n{}\n{}", words_of_nothing(*history, stale), printable_lines(words_of_lost(*history, lost)),
                 printable_lines(words_of_checks(report)));
      return ExitCode::ok;
    }
    const StaleRead& first = stale.stale_reads.empty() ? wrong.front() : stale.stale_reads.front();
    const ExitCode code = print_one(*history, CauseFinder(*history).explain(first));
    if (!mermaid_) {
      fmt::print("{}{}\n{}", lost.count > 0 ? "\n" : "", printable_lines(words_of_lost(*history, lost)),
                 printable_lines(words_of_checks(report)));
    }
    return code;
  }

 private:
  static ExitCode print_list(const History& history, const std::vector<StaleRead>& stale) {
    const std::vector<const CauseInfo*> causes = CauseFinder(history, crew_of_all_cores()).causes_of(stale);
    for (std::size_t i = 0; i < stale.size(); ++i) {
      fmt::print("{} {}\n", stale[i].read, name_of(causes[i]));
    }
    return ExitCode::ok;
  }

  /// A read that was asked for: stale, or wrong in a way that is not called stale.
  [[nodiscard]] ExitCode print_read(const History& history, const std::vector<StaleRead>& stale) const {
    CauseFinder finder(history);
    const auto place = std::ranges::find(stale, *read_, &StaleRead::read);
    if (place != stale.end()) {
      return print_one(history, finder.explain(*place));
    }
    const OpRecord* op = history.find_op(*read_);
    if (op == nullptr || op->kind() != OpKind::read || op->outcome() != Outcome::ok) {
      return say(ExitCode::usage, fmt::format("op {} is not a read that was answered; 'stalemate explain {} --list' "
                                              "names the stale ones",
                                              *read_, run_));
    }
    const Explanation explanation = finder.explain(*read_, find_lost_write(history, *read_));
    if (explanation.cause == nullptr) {
      fmt::print("{} was not stale, nor did it miss a write that was lost\n",
                 printable(words_of_op(history.header, to_op(*op))));
      return ExitCode::ok;
    }
    return print_one(history, explanation);
  }

  [[nodiscard]] ExitCode print_one(const History& history, const Explanation& explanation) const {
    if (mermaid_) {
      fmt::print("{}", printable_lines(mermaid_of(history, explanation)));
    } else {
      const std::string cell = guarantee_cell_sentence(guarantee_cell(history.header.pattern, explanation.cause));
      fmt::print("{}\n{}{}{}", printable_lines(story_of(history, explanation)),
                 printable_lines(sequence_diagram_of(history, explanation, columns_of(STDOUT_FILENO))),
                 cell.empty() ? "" : "\n", cell.empty() ? "" : cell + "\n");
    }
    return ExitCode::ok;
  }

  std::string run_ = {};
  std::optional<OpIndex> read_ = {};
  bool mermaid_ = false;
  bool list_ = false;
};

[[maybe_unused]] const bool explain_registered =
    register_subcommand<Explain>("explain", "why a read was stale: the steps that prove it");

}  // namespace
}  // namespace stalemate
