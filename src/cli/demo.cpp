// stalemate demo: the origin's demonstration, before and after, side by side with what is left where nothing fails.
#include <fmt/core.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <vector>

#include "cli/output/ci_flags.hpp"
#include "cli/output/results_folder.hpp"
#include "cli/output/run_page_file.hpp"
#include "cli/program.hpp"
#include "cli/run/run_flags.hpp"
#include "cli/run/run_job.hpp"
#include "cli/subcommand.hpp"
#include "cli/text/say.hpp"
#include "cli/ui/live_page.hpp"
#include "core/assert.hpp"
#include "core/text/words.hpp"
#include "explore/matrix/guarantees.hpp"
#include "report/ci/verdict_sheet.hpp"
#include "report/page/run_page.hpp"
#include "report/results/results_json.hpp"
#include "report/summary.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"
#include "servers/engines/cockroach_program.hpp"

namespace stalemate {
namespace {

namespace fs = std::filesystem;

constexpr const char* unskipped_name = "before-no-skips";

// Why a run without faults in which no read was stale had none.
std::string why_none(const RunResults& unskipped) {
  if (unskipped.asked.serialize()) {
    return ": under one global lock (--serialize) no two ops overlap, so there is no race.";
  }
  const std::string& pattern = unskipped.pattern;
  const JudgeInfo* const fresh = JudgeRegistry::find("fresh");
  STALEMATE_ASSERT(fresh != nullptr, "docs/guarantees.md has the property");
  const std::vector<std::string_view> holding = patterns_that_hold(*fresh, {});
  if (std::ranges::find(holding, pattern) != holding.end()) {
    return fmt::format(", as it should be: no interleaving of 'stalemate explore {}' makes one stale.", pattern);
  }
  return fmt::format(
      ". That is chance: 'stalemate explore {}' shows the shortest way to one; more reads and writes a "
      "second make it likelier.",
      pattern);
}

// What the run without faults shows of the pattern itself.
std::string left_by_itself(const RunResults& unskipped) {
  std::string text = fmt::format("What is left when nothing fails: in {} no call was left out, ", unskipped.scenario);
  if (!unskipped.stale || unskipped.stale->checked == 0) {
    return text + "but no read of it could be checked.";
  }
  const StaleReads& stale = *unskipped.stale;
  if (stale.stale == 0) {
    return text + fmt::format("and none of {} was stale", counted(stale.checked, "checked read")) + why_none(unskipped);
  }
  return text + fmt::format(
                    "and {} were stale all the same ({}). That takes no failure, only two clients at one key within a "
                    "short time, which is likelier at {} reads a second{} than in the other runs. 'stalemate explore "
                    "{}' shows the shortest way to it.",
                    share_phrase(stale.stale, stale.checked, "read"), counts_phrase(stale.causes),
                    short_number(unskipped.asked.read_rate()),
                    unskipped.asked.arrivals() == "poisson" ? " and at random times" : "", unskipped.pattern);
}

class Demo final : public Subcommand {
 public:
  void describe(CLI::App& app) override {
    app.footer(fmt::format(
        "Runs the scenarios before and after with the same flags, the origin's -r 10ms -w 20ms and 20 s each unless "
        "said otherwise;\nthen {}: before with no fault at all, at random times unless --arrivals says otherwise, and "
        "at a rate at which a race shows (at least 1,000 reads and 500 writes a second).\nA flag that one of them has "
        "no use for (--cache, --skip, --ttl) is for the others. --pattern is for the two with a cache: after stays the "
        "database alone.",
        unskipped_name));
    flags_.describe(app, {{"read_every", "10ms"}, {"write_every", "20ms"}, {"duration", "20s"}});
    describe_ui(app, ui_);
    ci_.describe_markdown_alone(
        app, "the comparison in a page of Markdown, such as \"$GITHUB_STEP_SUMMARY\"; - for standard output",
        "demo shows what goes wrong and judges nothing; 'stalemate run before --fail-if ...' does", "Output");
  }

  ExitCode run() override {
    if (!flags_.fail_if.empty()) {
      return say(ExitCode::usage, "demo takes no --fail-if; use 'stalemate run before --fail-if ...'");
    }
    if (const Result<void> fine = ci_.check(flags_.json); !fine) {
      return say(fine.error());
    }
    const std::array<std::string, 2> names = {"before", "after"};
    Result<std::vector<Scenario>> scenarios = flags_.scenarios(names);
    if (!scenarios) {
      return say(scenarios.error());
    }
    const Result<Scenario> unskipped = unskipped_of(scenarios->front());
    if (!unskipped) {
      return say(unskipped.error());
    }
    scenarios->push_back(*unskipped);
    // What only a later run needs is missed before the first one.
    const bool wants_cockroach = flags_.stores.database_urls.empty() && !flags_.stores.cockroach_path.empty();
    if (wants_cockroach) {
      if (const Result<void> usable = check_cockroach_program(flags_.stores.cockroach_path); !usable) {
        return say(usable.error());
      }
    }
    if (const Result<void> fine = check_results_base(flags_.out, "demo"); !fine) {
      return say(fine.error());
    }
    Result<std::unique_ptr<LivePage>> page = LivePage::open(ui_, "run", "the demonstration");
    if (!page) {
      return say(page.error());
    }
    std::vector<FinishedRun> runs;
    for (const Scenario& scenario : *scenarios) {
      Result<FinishedRun> run = run_one(scenario, page->get());
      if (!run) {
        print(runs, side_by_side(runs).file);
        return say(run.error());
      }
      runs.push_back(std::move(*run));
      if (runs.back().results.interrupted || !runs.back().lost_claim.empty()) {
        break;
      }
    }
    const SharedPage shared = side_by_side(runs);
    print(runs, shared.file);
    if (*page) {
      (*page)->done(shared.page, shared.file.string());
    }
    const auto troubled = std::ranges::find_if(runs, [](const FinishedRun& run) { return !run.trouble.empty(); });
    if (troubled != runs.end()) {
      return say(ExitCode::defect, troubled->trouble);
    }
    if (!runs.back().lost_claim.empty()) {
      return say(ExitCode::server_unavailable, runs.back().lost_claim);
    }
    if (runs.back().results.interrupted) {
      return ExitCode::interrupted;
    }
    const Result<void> written = write_for_ci(runs);
    return written ? ExitCode::ok : say(written.error());
  }

 private:
  // Of the comparison in a page of Markdown.
  static constexpr unsigned columns_of_page = 120;

  // `before` where nothing fails, at random times, and as quick as the scenario of that name if that is quicker.
  [[nodiscard]] Result<Scenario> unskipped_of(const Scenario& before) const {
    const Result<Scenario> own = load_scenario(unskipped_name);
    if (!own) {
      return own;
    }
    Scenario scenario = before;
    scenario.name = own->name;
    scenario.question = own->question;
    scenario.faults.clear();
    if (scenario.pacing != Pacing::ticker && !flags_.are_given_for("arrivals")) {
      scenario.arrivals = own->arrivals;
    }
    const double more = std::max(1.0, (own->read_rate + own->write_rate) / (scenario.read_rate + scenario.write_rate));
    scenario.read_rate *= more;
    scenario.write_rate *= more;
    if (const Result<void> valid = validate(scenario); !valid) {
      return std::unexpected(valid.error());
    }
    return scenario;
  }

  Result<FinishedRun> run_one(const Scenario& scenario, LivePage* page) {
    note(fmt::format("{}: {}", scenario.name, scenario.question));
    Result<FinishedRun> run = do_run(scenario, flags_, page);
    if (run && prints_text()) {
      fmt::print("\n{}", summarize(run->results, columns_of(STDOUT_FILENO)));
    }
    return run;
  }

  struct SharedPage {
    Page page = {};
    fs::path file = {};  ///< empty where there are no two runs to put side by side, or it could not be written
  };

  // The page of all runs, in a folder of its own beside theirs. The runs stand, whatever becomes of it.
  [[nodiscard]] SharedPage side_by_side(const std::vector<FinishedRun>& runs) const {
    if (runs.empty()) {
      return {};
    }
    std::vector<RunOnPage> shown;
    std::ranges::transform(runs, std::back_inserter(shown), &FinishedRun::shown);
    SharedPage shared{.page = run_page(shown, page_generator())};
    if (runs.size() < 2) {
      shared.file = runs.front().page_file;
      return shared;
    }
    const Result<ResultsFolder> folder = make_results_folder(flags_.out, "demo");
    Result<void> written = folder ? write_file(folder->path / run_page_name, html_of(shared.page))
                                  : Result<void>(std::unexpected(folder.error()));
    if (written) {
      shared.file = folder->path / run_page_name;
      written = point_latest_at(*folder);
    }
    if (!written) {
      warn(written.error().detail + "; the runs stand, and 'stalemate report' puts them side by side again");
    }
    return shared;
  }

  void print(const std::vector<FinishedRun>& runs, const fs::path& page) const {
    if (runs.empty()) {
      return;
    }
    const std::vector<RunResults> results = results_of(runs);
    if (flags_.json) {
      print_json(results);
    }
    if (!prints_text()) {
      return;
    }
    const unsigned columns = columns_of(STDOUT_FILENO);
    if (results.size() > 1) {
      fmt::print("\n{}", compare(results, columns));
    }
    if (results.back().scenario == unskipped_name) {
      fmt::print("{}", wrap(left_by_itself(results.back()), columns, "- "));
    }
    for (const FinishedRun& run : runs) {
      fmt::print("{}{}\n", &run == &runs.front() ? "\nResults: " : "         ", run.folder.path.string());
    }
    for (const FinishedRun& run : runs) {
      if (!run.page_file.empty()) {
        fmt::print("{}{}\n", &run == &runs.front() ? "Pages:   " : "         ", run.page_file.string());
      }
    }
    if (runs.size() > 1 && !page.empty()) {
      fmt::print("\nAll of it as one page, for a browser:\n  {}\n", page.string());
    }
    print_next_steps(runs);
  }

  [[nodiscard]] bool prints_text() const { return !flags_.json && !ci_.take_standard_output(); }

  static std::vector<RunResults> results_of(const std::vector<FinishedRun>& runs) {
    std::vector<RunResults> results;
    std::ranges::transform(runs, std::back_inserter(results), &FinishedRun::results);
    return results;
  }

  // Of a demonstration that ended as it should.
  [[nodiscard]] Result<void> write_for_ci(const std::vector<FinishedRun>& runs) const {
    if (!ci_.are_given()) {
      return {};
    }
    const std::vector<RunResults> results = results_of(runs);
    std::string page = compare(results, columns_of_page);
    if (results.back().scenario == unskipped_name) {
      page += "\n" + wrap(left_by_itself(results.back()), columns_of_page);
    }
    return ci_.write({.command = "demo", .subject = "before, after", .again = "stalemate demo"}, fenced(page));
  }

  static void print_json(const std::vector<RunResults>& results) {
    std::string text;
    for (const RunResults& result : results) {
      text += (text.empty() ? "" : ",\n") + to_json(result);
    }
    fmt::print("[{}]\n", text);
  }

  static void print_next_steps(const std::vector<FinishedRun>& runs) {
    const std::string program = own_command();
    for (const FinishedRun& run : runs) {
      if (wrong_reads(run.results) > 0) {
        fmt::print("\nWhy a read was stale, step by step:\n  {} explain {}\n", program,
                   shell_word(run.folder.path.string()));
        break;
      }
    }
    fmt::print("\nWhat else there is:\n  {} --help\n", program);
  }

  RunFlags flags_ = {};
  CiFlags ci_ = {};
  std::string ui_ = {};
};

[[maybe_unused]] const bool demo_registered = register_subcommand<Demo>(
    "demo", "the origin's demonstration: before and after, side by side, and what is left where nothing fails");

}  // namespace
}  // namespace stalemate
