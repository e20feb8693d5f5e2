#include "cli/output/run_verdict.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "check/causes/causes.hpp"
#include "check/causes/story.hpp"
#include "check/check.hpp"
#include "cli/check_history.hpp"
#include "cli/output/ci_flags.hpp"
#include "core/text/words.hpp"
#include "report/findings.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

/// Of the run's first stale read, as explain tells it; empty where there is none or its history cannot be read.
std::string story_of_first_stale(const FinishedRun& run) {
  if (!run.results.stale || run.results.stale->stale == 0) {
    return {};
  }
  const Result<History> history = read_on_all_cores(run.folder.path / run.results.history.file);
  if (!history) {
    return {};
  }
  CheckOptions options;
  options.only = {"stale-reads"};
  const Report report = check_on_all_cores(*history, options);
  const std::vector<StaleRead>& stale = find_result(report, "stale-reads")->stale_reads;
  return stale.empty() ? "" : story_of(*history, CauseFinder(*history).explain(stale.front()));
}

VerdictSheet sheet_of(const FinishedRun& run, const std::vector<VerdictCase>& conditions, const std::string& story) {
  VerdictSheet sheet{.command = "run",
                     .subject = run.results.scenario,
                     .headline = run.results.question,
                     .again = run.results.replay,
                     .cases = conditions};
  const std::vector<std::string> customers = customers_clauses(run.results);
  if (!customers.empty()) {
    add_sentence(sheet.headline, capitalized(joined(customers)) + ".");
  }
  std::vector<VerdictCase> checks = cases_of(run.results, story);
  for (VerdictCase& check : checks) {
    if (!conditions.empty() && check.verdict != CaseVerdict::passed) {
      check.verdict = CaseVerdict::tolerated;
    }
  }
  std::ranges::move(checks, std::back_inserter(sheet.cases));
  return sheet;
}

/// "2 of 3 conditions of --fail-if came true; 1 could not be judged, which is no pass"
std::string words_of_conditions(std::size_t crossed, std::size_t unjudged, std::size_t all) {
  std::string words;
  if (crossed > 0) {
    words = fmt::format("{} of {} of --fail-if came true", crossed, counted(all, "condition"));
  }
  if (unjudged > 0) {
    words += words.empty() ? fmt::format("{} of {} of --fail-if could not be judged, which is no pass", unjudged,
                                         counted(all, "condition"))
                           : fmt::format("; {} could not be judged, which is no pass", unjudged);
  }
  return words;
}

}  // namespace

RunVerdict verdict_of(const FinishedRun& run, const std::vector<JudgedThreshold>& judged, bool wants_proof) {
  const std::vector<VerdictCase> conditions = cases_of(judged);
  RunVerdict verdict;
  verdict.sheet = sheet_of(run, conditions, wants_proof ? story_of_first_stale(run) : "");
  if (!run.trouble.empty()) {
    verdict.code = ExitCode::defect;
    verdict.sentence = run.trouble;
  } else if (!run.lost_claim.empty()) {
    verdict.code = ExitCode::server_unavailable;
    verdict.sentence = run.lost_claim;
  }
  if (conditions.empty()) {
    verdict.code = verdict.code == ExitCode::ok && run.results.interrupted ? ExitCode::interrupted : verdict.code;
    return verdict;
  }
  verdict.lines = "Fails if\n" + marked_lines(conditions, terminal_marks());
  const std::size_t crossed = count_of(verdict.sheet, CaseVerdict::failed);
  const auto unjudged =
      static_cast<std::size_t>(std::ranges::count(conditions, CaseVerdict::unknown, &VerdictCase::verdict));
  if (verdict.code == ExitCode::ok) {
    verdict.sentence = words_of_conditions(crossed, unjudged, conditions.size());
    verdict.code = run.results.interrupted ? ExitCode::interrupted
                   : crossed > 0           ? ExitCode::threshold
                   : unjudged > 0          ? ExitCode::usage
                                           : ExitCode::ok;
  }
  return verdict;
}

}  // namespace stalemate
