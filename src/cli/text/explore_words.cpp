#include "cli/text/explore_words.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/assert.hpp"
#include "explore/matrix/guarantees.hpp"
#include "report/words/words.hpp"

namespace stalemate {

Telling told(const Witness& witness) {
  Result<Telling> telling = tell(witness);
  STALEMATE_ASSERT(telling.has_value() && telling->violated, "a witness that was just found repeats itself");
  return *std::move(telling);
}

nlohmann::ordered_json json_of_steps(const Telling& telling) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const ToldStep& step : telling.steps) {
    steps.push_back({{"actor", step.actor.name},
                     {"target", step.target ? step.target->name : ""},
                     {"begins", step.begins},
                     {"act", step.act},
                     {"ends", step.ends},
                     {"fault", step.fault}});
  }
  return steps;
}

std::string count_of(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", with_thousands(count), thing, count == 1 ? "" : thing.ends_with("s") ? "es" : "s");
}

/// "0.5 MB", "149 MB", "4,295 MB".
std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t tenth = 100'000;
  return bytes < 100 * tenth ? fmt::format("{}.{} MB", bytes / (10 * tenth), bytes / tenth % 10)
                             : with_thousands(bytes / (10 * tenth)) + " MB";
}

std::string words_of(const Witness& witness) {
  return fmt::format("{}, {}, {}, {}", count_of(witness.options.scope.processes.size(), "process"),
                     count_of(ops_of(witness.options.scope).size(), "op"), count_of(faults_of(witness), "fault"),
                     count_of(witness.choices.size(), "step"));
}

/// Why a finding is unknown, and what can be done about it.
std::string reason_of(SearchEnd end, const ExplorationOptions& options, std::uint64_t runs) {
  const ExploreLimits& limits = options.limits;
  switch (end) {
    case SearchEnd::complete: return {};
    case SearchEnd::states_max:
      return fmt::format("not decided within {}; allow more with --max-states",
                         options.fault_alone ? fmt::format("{} pairs of states", with_thousands(limits.pairs_max))
                                             : count_of(limits.states_max, "state"));
    case SearchEnd::bytes_max:
      return fmt::format("not decided within {} of memory; allow more with --max-memory", megabytes(limits.bytes_max));
    case SearchEnd::bounds:
      return "it has more than the explorer can number; try fewer processes, ops or faults, or --random";
    case SearchEnd::out_of_memory: return "not decided before there was no more memory; try fewer processes or ops";
    case SearchEnd::stopped: return "interrupted before it was decided";
    case SearchEnd::runs_over: return fmt::format("none found in {} runs; not a proof", with_thousands(runs));
  }
  STALEMATE_ASSERT(false, "an end outside the enumeration");
}

/// Of a finding that is neither a proof nor a violation; empty for others.
std::string reason_of(const JudgeFinding& finding, const ExplorationOptions& options, const Exploration& exploration) {
  switch (finding.finding) {
    case Finding::unknown:
      return reason_of(finding.end, options, exploration.runs) +
             (finding.steps_ruled_out == 0
                  ? ""
                  : fmt::format("; no run of up to {} {}", count_of(finding.steps_ruled_out, "step"),
                                options.fault_alone ? "is its doing" : "violates it"));
    case Finding::vacuous: return "vacuous: no op of this scope could violate it";
    case Finding::holds:
    case Finding::violated: return {};
  }
  STALEMATE_ASSERT(false, "a finding outside the enumeration");
}

/// Whether a violation's witness is the shortest. `what`: "violates it".
std::string words_of_length(const JudgeFinding& finding, std::string_view what, const std::string& reason) {
  if (finding.end == SearchEnd::complete) {
    return fmt::format("No run with fewer steps {}.\n", what);
  }
  const std::size_t least = finding.steps_ruled_out + 1;
  const std::size_t most = finding.witness->choices.size() - 1;
  const std::string fewer = least == 1      ? "with fewer steps"
                            : least == most ? fmt::format("of {}", count_of(most, "step"))
                                            : fmt::format("of {} to {}", least, count_of(most, "step"));
  return fmt::format("Whether a run {} {} is not known: {}.\n", fewer, what, reason);
}

std::vector<std::string_view> names_of(const std::vector<const VirtualFaultInfo*>& faults) {
  std::vector<std::string_view> names;
  for (const VirtualFaultInfo* fault : faults) {
    names.push_back(fault->name);
  }
  return names;
}

/// The patterns that hold where this one is violated, as docs/guarantees.md has them.
std::vector<std::string_view> remedies_of(const ExplorationOptions& options, const JudgeFinding& finding) {
  std::vector<std::string_view> names = patterns_that_hold(*finding.judge, options.faults);
  std::erase(names, options.pattern->name);  // violated in a larger scope than the page's
  return names;
}

std::string words_of_remedy(const ExplorationOptions& options, const JudgeFinding& finding) {
  const std::vector<std::string_view> names = remedies_of(options, finding);
  const std::string where =
      fmt::format("without faults{}{}, in the scope {}", options.faults.empty() ? "" : " and with ",
                  fmt::join(names_of(options.faults), ", "), finding.judge->scope);
  if (names.empty()) {
    return fmt::format("Remedy: there is none: {} holds {}, with no pattern.\n", finding.judge->name, where);
  }
  return fmt::format("Remedy: {} holds {}, with the {} '{}'.\n", finding.judge->name, where,
                     names.size() == 1 ? "pattern" : "patterns", fmt::join(names, "', '"));
}

}  // namespace stalemate
