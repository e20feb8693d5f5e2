#include "report/ci/verdict_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "check/check.hpp"
#include "report/findings.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

/// What a violation did to those that it hit, behind "12 of 1,203 reads".
std::string deed_of_violations(const CheckFound& found) {
  if (found.name == "stale-reads") {
    return found.count == 1 ? "was stale" : "were stale";
  }
  if (found.name == "lost-updates") {
    return found.count == 1 ? "was lost" : "were lost";
  }
  return !found.customers.empty() ? found.customers : found.count == 1 ? "violates it" : "violate it";
}

std::string fact_of(const CheckFound& found, std::string_view worst) {
  const std::string noun = one_of(found);
  const std::string unjudged =
      found.unjudged > 0 ? fmt::format("; {} could not be judged", counted(found.unjudged, noun)) : "";
  if (found.verdict == "invalid") {
    const std::string of = found.sample > 0 ? " of " + counted(found.sample, noun) : "";
    return fmt::format("{}{} {}{}{}", with_thousands(found.count), of, deed_of_violations(found),
                       worst.empty() ? "" : fmt::format(" (worst {})", worst), unjudged);
  }
  if (found.verdict == "valid") {
    return fmt::format("no violation among {}{}", counted(found.sample, noun), unjudged);
  }
  return found.note.empty() ? "could not be judged" : "could not be judged: " + found.note;
}

CaseVerdict verdict_of_check(const CheckFound& found) {
  return found.verdict == "invalid" ? CaseVerdict::failed
         : found.verdict == "valid" ? CaseVerdict::passed
         : found.decides            ? CaseVerdict::unknown
                                    : CaseVerdict::vacuous;
}

}  // namespace

std::string_view words_of(CaseVerdict verdict) {
  switch (verdict) {
    case CaseVerdict::passed: return "passed";
    case CaseVerdict::failed: return "failed";
    case CaseVerdict::unknown: return "not judged";
    case CaseVerdict::tolerated: return "tolerated";
    case CaseVerdict::vacuous: return "nothing to judge";
  }
  return {};
}

std::size_t count_of(const VerdictSheet& sheet, CaseVerdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(sheet.cases, verdict, &VerdictCase::verdict));
}

std::string title_of(const VerdictCase& one) {
  return one.fact.empty() ? one.name : fmt::format("{}: {}", one.name, one.fact);
}

std::string_view Marks::of(CaseVerdict verdict) const {
  switch (verdict) {
    case CaseVerdict::passed: return passed;
    case CaseVerdict::failed:
    case CaseVerdict::tolerated: return failed;
    case CaseVerdict::unknown: return unknown;
    case CaseVerdict::vacuous: return " ";
  }
  return {};
}

Marks marks_of(bool is_utf8) {
  return is_utf8 ? Marks{.passed = "✓", .failed = "✗"} : Marks{};
}

std::string marked_lines(const std::vector<VerdictCase>& cases, const Marks& marks) {
  std::string text;
  for (const VerdictCase& one : cases) {
    text += fmt::format("{} {}\n", marks.of(one.verdict), title_of(one));
  }
  return text;
}

bool is_a_case(const CheckFound& found) {
  const CheckInfo* const info = CheckRegistry::find(found.name);
  return found.decides || (found.verdict == "unknown" && info != nullptr && info->decides);
}

VerdictCase case_of(const CheckFound& found, std::string_view worst) {
  return {.name = found.name,
          .fact = fact_of(found, worst),
          .verdict = verdict_of_check(found),
          .proof = found.first.empty() ? "" : found.first + "\n"};
}

std::vector<VerdictCase> cases_of(const RunResults& results, const std::string& story) {
  std::vector<VerdictCase> cases;
  for (const CheckFound& found : results.checks) {
    if (!is_a_case(found)) {
      continue;
    }
    const bool is_stale = found.name == "stale-reads" && results.stale && found.verdict == "invalid";
    VerdictCase& one =
        cases.emplace_back(case_of(found, is_stale ? spoken_duration(results.stale->worst_staleness_ns) : ""));
    if (is_stale && !story.empty()) {
      one.proof = story;
    }
  }
  if (results.checks.empty()) {
    cases.push_back({.name = "checks", .fact = "the history was not checked", .verdict = CaseVerdict::unknown});
  }
  return cases;
}

}  // namespace stalemate
