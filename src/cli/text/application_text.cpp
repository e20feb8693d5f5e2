#include "cli/text/application_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "explore/application/application_telling.hpp"
#include "explore/matrix/guarantees.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

/// "3 processes"; counted() takes nouns with a plain s.
std::string processes_of(const Scope& scope) {
  return fmt::format("{} {}", scope.processes.size(), scope.processes.size() == 1 ? "process" : "processes");
}

std::string words_of_witness(const ApplicationWitness& witness) {
  return fmt::format("scope {}: {}, {}, {}, {}", to_text(witness.scope), processes_of(witness.scope),
                     counted(ops_of(witness.scope).size(), "op"), counted(faults_of(witness), "fault"),
                     counted(steps_of(witness), "step"));
}

std::string listed_scopes(const std::vector<Scope>& scopes) {
  std::string text;
  for (const Scope& scope : scopes) {
    text += (text.empty() ? "" : "; ") + to_text(scope);
  }
  return text;
}

std::string words_of_finding(const ApplicationFinding& finding) {
  const std::string open = finding.open.empty() ? "" : "not decided in " + listed_scopes(finding.open);
  switch (finding.finding) {
    case Finding::violated: return words_of_witness(*finding.witness);
    case Finding::vacuous: return "vacuous: no op of these scopes could violate it";
    case Finding::unknown: return open + (finding.proved.empty() ? "" : "; proved in " + listed_scopes(finding.proved));
    case Finding::holds: return "proved in " + listed_scopes(finding.proved) + (open.empty() ? "" : "; " + open);
  }
  return {};
}

std::string table_of(const std::vector<ApplicationFinding>& findings, const Marks& marks) {
  std::string text;
  for (const ApplicationFinding& finding : findings) {
    text += fmt::format("{} {:<20} {:<9} {}\n", marks.of(case_verdict_of(finding.finding)), finding.judge->name,
                        name_of(finding.finding), words_of_finding(finding));
  }
  return text;
}

std::string words_of_search(const ScheduleSearchResult& result) {
  std::string text = fmt::format("  {:<12} {}", to_text(result.scope), counted(result.schedules, "schedule"));
  text += result.orders && result.is_proof() && *result.orders > 0
              ? fmt::format(" for all {}", counted(*result.orders, "order"))
              : "";
  text += result.faults_max > 0 ? fmt::format(", up to {}", counted(result.faults_max, "fault")) : "";
  text += result.redundant > 0 ? fmt::format(" ({} ended early as known)", with_thousands(result.redundant)) : "";
  text += result.complete ? "" : fmt::format("; not finished, about {} left", with_thousands(result.left));
  return text + "\n";
}

/// What keeps an exploration from being a proof, a line each.
std::string words_against(const ApplicationExploration& exploration) {
  std::uint64_t unrepeatable = 0;
  std::uint64_t too_long = 0;
  std::uint64_t stuck = 0;
  std::uint64_t not_done = 0;
  std::uint64_t uncommitted = 0;
  StrangeReads strange;
  std::string difference;
  std::string first_not_done;
  std::string never_done;
  for (const ScheduleSearchResult& result : exploration.searches) {
    unrepeatable += result.unrepeatable;
    too_long += result.too_long;
    stuck += result.stuck;
    strange.foreign += result.strange.foreign;
    strange.missing += result.strange.missing;
    not_done += result.not_done;
    uncommitted += result.uncommitted;
    difference = difference.empty() ? result.difference : difference;
    if (first_not_done.empty() && result.not_done > 0) {
      first_not_done = fmt::format("in the scope {}, {}", to_text(result.scope), result.first_not_done);
    }
    if (!result.never_done.empty()) {
      never_done += fmt::format("{}{} in {}", never_done.empty() ? "" : "; ", fmt::join(result.never_done, ", "),
                                to_text(result.scope));
    }
  }
  std::string text;
  if (!never_done.empty()) {
    text += fmt::format("Not done in any order, so nothing is proved of those scopes: {}.\n", never_done);
  }
  if (not_done > 0) {
    text += fmt::format("Without a fault a request was not answered with ok in {}; the first: {}\n",
                        counted(not_done, "schedule"), first_not_done);
  }
  if (uncommitted > 0) {
    text += fmt::format(
        "A transaction was still open at rest in which a value was written, in {}: nobody else sees that value.\n",
        counted(uncommitted, "schedule"));
  }
  if (unrepeatable > 0) {
    text += fmt::format(
        "Not repeatable: {} went otherwise than before after the same steps, so nothing is proved of those scopes. "
        "{}\n",
        counted(unrepeatable, "schedule"), difference);
  }
  if (too_long > 0) {
    text += fmt::format("Given up after too many steps: {}.\n", counted(too_long, "schedule"));
  }
  if (stuck > 0) {
    text += fmt::format("A request was never answered, with nothing left to do, in {}.\n", counted(stuck, "schedule"));
  }
  if (strange.foreign > 0) {
    text += fmt::format("Values that nobody wrote were read by {}.\n", counted(strange.foreign, "read"));
  }
  if (strange.missing > 0) {
    text += fmt::format("Nothing was found, although the row was there, by {}.\n", counted(strange.missing, "read"));
  }
  return text;
}

std::string words_of_alike(const ApplicationExploration& exploration) {
  const std::vector<std::string_view> alike = patterns_like(exploration.findings);
  const bool decides = std::ranges::any_of(exploration.findings, [](const ApplicationFinding& finding) {
    return finding.finding == Finding::holds || finding.finding == Finding::violated;
  });
  return alike.empty() ? decides ? "It behaves like none of the patterns in docs/guarantees.md.\n" : ""
                       : fmt::format("It behaves like {}.\n", fmt::join(alike, ", "));
}

std::string replay_command(const ExploredApplication& explored, const ApplicationWitness& witness) {
  return fmt::format("stalemate replay {} {}", token_of(witness, explored.subject), explored.file);
}

std::string story_of_finding(const ExploredApplication& explored, const ApplicationFinding& finding, DiagramKind kind,
                             std::size_t width) {
  const ApplicationWitness& witness = *finding.witness;
  const Telling telling = tell(witness);
  std::string text =
      fmt::format("\n{} is violated, {}:\n{}", finding.judge->name, words_of_witness(witness), story_of(telling));
  const bool rests = witness.choices.back().kind == StepKind::rest;  // only once every op is done
  text += finding.shortest
              ? fmt::format("No {} of this scope with fewer steps violates it.\n", rests ? "whole run" : "run")
              : "Whether a run with fewer steps violates it is not known.\n";
  text += witness.repeated ? "" : "Taken once more, the same steps did not violate it.\n";
  text += kind == DiagramKind::none ? "" : "\n" + diagram_of(telling, kind, width);
  text += fmt::format("Again: {}\n", replay_command(explored, witness));
  const std::vector<std::string_view> remedies = patterns_that_hold(*finding.judge, {});
  return text + (remedies.empty() ? ""
                                  : fmt::format("Remedy: {} holds without faults, in the scope {}, with {}.\n",
                                                finding.judge->name, finding.judge->scope, fmt::join(remedies, ", ")));
}

std::string names_of_faults(const std::vector<ApplicationFault>& faults) {
  std::string text;
  for (const ApplicationFault fault : faults) {
    text += (text.empty() ? "" : ", ") + std::string(name_of(fault));
  }
  return text;
}

std::string together(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

/// "shop on PostgreSQL 15.8, Redis 7.0.15"
std::string subject_of(const ExploredApplication& explored) {
  return explored.name + (explored.stores.empty() ? "" : " on ") + together(explored.stores);
}

VerdictCase case_of(const ExploredApplication& explored, const ApplicationFinding& finding, std::string_view with) {
  const std::string verdict = finding.finding == Finding::vacuous ? "" : fmt::format("{}, ", name_of(finding.finding));
  return {.name = fmt::format("{}{}", finding.judge->name, with),
          .fact = verdict + words_of_finding(finding),
          .verdict = case_verdict_of(finding.finding),
          .proof = finding.witness ? story_of_finding(explored, finding, DiagramKind::none, any_width) : ""};
}

}  // namespace

std::string text_of(const ExploredApplication& explored, DiagramKind kind, std::size_t width, const Marks& marks) {
  const ApplicationExploration& exploration = explored.exploration;
  std::string text = explored.question.empty() ? "" : explored.question + "\n";
  text += fmt::format("{}: no faults\n{}", subject_of(explored), table_of(exploration.findings, marks));
  if (!exploration.with_faults.empty()) {
    text += fmt::format("with {} of {}\n{}", counted(explored.faults_max, "fault"), names_of_faults(explored.faults),
                        table_of(exploration.with_faults, marks));
  }
  for (const ScheduleSearchResult& result : exploration.searches) {
    text += words_of_search(result);
  }
  if (const std::vector<ApplicationFault> missing = faults_not_met(exploration, explored.faults); !missing.empty()) {
    text += fmt::format("Took place in no schedule that was tried: {}.\n", names_of_faults(missing));
  }
  text += fmt::format("{}trace hash {:016x}\n", words_against(exploration), exploration.trace_hash);
  for (const auto* findings : {&exploration.findings, &exploration.with_faults}) {
    for (const ApplicationFinding& finding : *findings) {
      text += finding.witness ? story_of_finding(explored, finding, kind, width) : "";
    }
  }
  const std::string alike = words_of_alike(exploration);
  return text + (alike.empty() ? "" : "\n" + alike);
}

VerdictSheet sheet_of(const ExploredApplication& explored) {
  const ApplicationExploration& exploration = explored.exploration;
  VerdictSheet sheet{.command = "explore", .subject = explored.file, .headline = subject_of(explored) + "."};
  add_sentence(sheet.headline, explored.question);
  for (const ApplicationFinding& finding : exploration.findings) {
    sheet.cases.push_back(case_of(explored, finding, ""));
  }
  for (const ApplicationFinding& finding : exploration.with_faults) {
    sheet.cases.push_back(case_of(explored, finding, " with faults"));
  }
  for (const ApplicationFault fault : faults_not_met(exploration, explored.faults)) {
    sheet.cases.push_back({.name = fmt::format("fault {}", name_of(fault)),
                           .fact = "took place in no schedule that was tried, so nothing is known of it",
                           .verdict = CaseVerdict::vacuous});
  }
  return sheet;
}

std::string words_of(const ScheduleProgress& progress) {
  return fmt::format("{}{}: {} tried, about {} left", to_text(*progress.scope),
                     progress.faults_max > 0 ? " with faults" : "", counted(progress.schedules, "schedule"),
                     with_thousands(progress.left));
}

std::string text_of(const ForcedRun& forced, DiagramKind kind, std::size_t width) {
  const Telling telling = tell(forced.witness, forced.violated);
  if (kind != DiagramKind::none) {
    return diagram_of(telling, kind, width);
  }
  std::string text = fmt::format("{} is {} in the scope {}:\n{}", forced.witness.judge->name,
                                 forced.violated ? "violated" : "not violated by these steps",
                                 to_text(forced.witness.scope), story_of(telling));
  text += forced.differences.empty() ? "Every step led where it led then.\n" : "It went otherwise than then:\n";
  for (const std::string& difference : forced.differences) {
    text += "  " + difference + "\n";
  }
  return text;
}

}  // namespace stalemate
