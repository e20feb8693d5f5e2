// What is said of runs beside one another, apart from their times.
#include "report/comparison/sentences.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text/words.hpp"
#include "report/findings.hpp"
#include "report/summary.hpp"
#include "report/words/phrases.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

bool names_differ(std::span<const RunResults> runs) {
  for (std::size_t place = 1; place < runs.size(); ++place) {
    const std::span earlier = runs.first(place);
    if (std::ranges::find(earlier, runs[place].scenario, &RunResults::scenario) != earlier.end()) {
      return false;
    }
  }
  return true;
}

std::string decapitalized(std::string text) {
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z') {
    text.front() = static_cast<char>(text.front() - 'A' + 'a');
  }
  return text;
}

std::string work_sentence(const Runs& runs) {
  const auto done = [](const RunResults& results) {
    return fmt::format("completed {} and {}", done_phrase(results.reads, "read"), done_phrase(results.writes, "write"));
  };
  const RunResults& first = runs.front().results;
  const bool all_alike = std::ranges::all_of(runs, [&first](const Named& run) {
    return run.results.reads.ok == run.results.reads.planned && run.results.writes.ok == run.results.writes.planned &&
           run.results.plan == first.plan;
  });
  if (all_alike) {
    return fmt::format("{} {}.", runs.size() == 2 ? "Both" : "Each", done(first));
  }
  return of_each(runs, "; ", [&](const Named& run) { return run.name + " " + done(run.results); }) + ".";
}

std::string agreement_clause(const std::string& name, const RunResults& results) {
  if (!results.samples) {
    return fmt::format("{} has {} to compare", name, results.cache ? "no samples" : "no second copy");
  }
  const SampleCounts& samples = *results.samples;
  if (samples.taken == 0) {
    return fmt::format("of {} no sample could be taken", name);
  }
  const std::string found = share_phrase(samples.incorrect, samples.taken, "sample");
  if (samples.incorrect == 0) {
    return fmt::format("in {}, {} found cache and database apart ({} of moments)", name, found,
                       bounds_phrase(0, samples.taken));
  }
  return fmt::format("in {}, {} found cache and database apart (mean {}, longest {})", name, found,
                     spoken_duration(samples.mean_episode_ns), spoken_duration(samples.longest_episode_ns));
}

std::string stale_clause(const std::string& name, const RunResults& results) {
  if (!results.stale || results.stale->checked == 0) {
    return fmt::format("{}: not checked", name);
  }
  const StaleReads& stale = *results.stale;
  return fmt::format(
      "{}: {}, {}", name, share_phrase(stale.stale, stale.checked, "read"),
      stale.stale == 0 ? bounds_phrase(0, stale.checked) : "the worst by " + spoken_duration(stale.worst_staleness_ns));
}

std::uint64_t lost_writes(const RunResults& results) {
  return results.lost ? results.lost->writes : 0;
}

std::string lost_clause(const std::string& name, const RunResults& results) {
  return results.lost && results.lost->checked > 0
             ? fmt::format("{}: {}", name, share_phrase(results.lost->writes, results.lost->checked, "write"))
             : fmt::format("{}: not checked", name);
}

std::string customer_clause(const std::string& name, const RunResults& results) {
  const std::vector<std::string> clauses = customers_clauses(results);
  std::string unknown = little_known(results, clauses.empty() ? Found::nothing : Found::something);
  if (!unknown.empty()) {
    unknown.pop_back();
    unknown = decapitalized(std::move(unknown));
  }
  if (!clauses.empty()) {
    return fmt::format("in {} {}{}{}", name, joined(clauses), unknown.empty() ? "" : ", and ", unknown);
  }
  if (!unknown.empty()) {
    return fmt::format("in {}, {}", name, unknown);
  }
  if (results.stale && results.stale->checked > 0) {
    return fmt::format("in {} no checked read was old", name);
  }
  if (results.samples && looks(*results.samples) > 0) {
    return fmt::format("in {} no look at a product was seen to be wrong", name);
  }
  if (!results.cache) {
    const std::string isolation = isolation_of(results);
    return fmt::format("in {} there is no old copy to be shown, and the rest is the database's promise ({})", name,
                       isolation.empty() ? "isolation unknown" : isolation);
  }
  return fmt::format("of {} nothing is known", name);
}

// "invalid (dirty-reads 230 of 1,200 reads), convergence could not judge, stale-reads left 12 reads unjudged"
std::string verdict_clause(const std::string& name, const RunResults& results) {
  if (results.checks.empty()) {
    return fmt::format("{}: not checked", name);
  }
  const std::vector<CheckFound> violated = violated_checks(results);
  std::string clause = fmt::format("{}: {}", name, results.verdict);
  clause += violated.empty() ? "" : fmt::format(" ({})", checks_phrase(violated));
  for (const CheckFound& check : undecided_checks(results)) {
    clause += fmt::format(", {} could not judge", check.name);
  }
  for (const CheckFound& check : results.checks) {
    if (check.decides && check.verdict != "unknown" && check.unjudged > 0) {
      clause += fmt::format(", {} left {} unjudged", check.name, counted(check.unjudged, one_of(check)));
    }
  }
  return clause;
}

}  // namespace

Runs named(std::span<const RunResults> runs) {
  constexpr std::array<std::string_view, compared_runs_max> ordinals = {"the first",  "the second", "the third",
                                                                        "the fourth", "the fifth",  "the sixth"};
  const bool by_scenario = names_differ(runs);
  Runs all;
  for (std::size_t place = 0; place < runs.size(); ++place) {
    all.push_back({runs[place], by_scenario ? runs[place].scenario : std::string(ordinals[place])});
  }
  return all;
}

std::vector<std::string> comparing_sentences(const Runs& runs, std::string times) {
  const auto clauses = [&runs](auto clause) {
    return of_each(runs, "; ", [&clause](const Named& run) { return clause(run.name, run.results); }) + ".";
  };
  std::vector<std::string> all = {work_sentence(runs)};
  std::string agreement = clauses(agreement_clause);
  agreement.front() = agreement.front() == 'i' ? 'I' : agreement.front();
  all.push_back(std::move(agreement));
  if (std::ranges::any_of(runs, [](const Named& run) { return run.results.stale.has_value(); })) {
    all.push_back("Stale reads, " + clauses(stale_clause));
  }
  if (std::ranges::any_of(runs, [](const Named& run) { return lost_writes(run.results) > 0; })) {
    const bool has_adds = std::ranges::any_of(runs, [](const Named& run) { return run.results.asked.add_share() > 0; });
    all.push_back(std::string("Acknowledged writes that never reached the database") +
                  (has_adds ? " or were overwritten by adds that had not seen them, " : ", ") + clauses(lost_clause));
  }
  if (std::ranges::any_of(runs, [](const Named& run) { return !run.results.checks.empty(); })) {
    all.push_back("The history as the checks found it, " + clauses(verdict_clause));
  }
  if (!times.empty()) {
    all.push_back(std::move(times));
  }
  all.push_back("To a customer: " + clauses(customer_clause));
  return all;
}

}  // namespace stalemate
