#include "explore/application/application_exploration.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "explore/matrix/guarantees.hpp"
#include "explore/model/intern.hpp"

namespace stalemate {
namespace {

class ApplicationExplorer {
 public:
  ApplicationExplorer(ApplicationWorld& world, const ApplicationExplorationOptions& options)
      : world_(world), options_(options) {
    for (const JudgeInfo* judge : options.judges) {
      found_.findings.push_back({.judge = judge, .finding = Finding::vacuous});
    }
  }

  Result<ApplicationExploration> run() {
    const bool has_faults = !options_.faults.empty() && options_.faults_max > 0;
    std::vector<ApplicationFinding> with_faults = found_.findings;
    const ScheduleFaults faults = {options_.faults, has_faults ? options_.faults_max : std::uint8_t{0}};
    // What needs no fault comes first in the scopes that are soon searched; beyond them each scope is seen through.
    const auto large = std::ranges::find_if(options_.scopes, is_large);
    for (auto scope = options_.scopes.begin(); scope != large; ++scope) {
      if (const Result<void> searched = search(*scope, {}, found_.findings); !searched) {
        return std::unexpected(searched.error());
      }
    }
    for (const Scope& scope : options_.scopes) {
      Result<void> searched = is_large(scope) ? search(scope, {}, found_.findings) : Result<void>();
      if (searched && has_faults) {
        searched = search(scope, faults, with_faults);
      }
      if (!searched) {
        return std::unexpected(searched.error());
      }
    }
    conclude(found_.findings);
    conclude(with_faults);
    // What was violated without faults before any scope could show what a fault does by itself.
    std::erase_if(with_faults, [&](const ApplicationFinding& finding) {
      return finding.finding == Finding::vacuous && finding_of(*finding.judge).finding == Finding::violated;
    });
    if (has_faults) {
      found_.with_faults = std::move(with_faults);
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] const ApplicationFinding& finding_of(const JudgeInfo& judge) const {
    return *std::ranges::find(found_.findings, &judge, &ApplicationFinding::judge);
  }

  static bool is_large(const Scope& scope) { return ops_of(scope).size() > 3; }

  /// Whether runs without a fault violate it in this scope or an earlier one; then those with a fault do, too.
  [[nodiscard]] bool is_violated_by(const Scope& scope, const JudgeInfo& judge) const {
    const std::optional<ApplicationWitness>& witness = finding_of(judge).witness;
    const auto place = [this](const Scope& one) { return std::ranges::find(options_.scopes, one); };
    return witness && place(witness->scope) <= place(scope);
  }

  Result<void> search(const Scope& scope, const ScheduleFaults& faults, std::vector<ApplicationFinding>& findings) {
    ScheduleSearchOptions options{.scope = scope, .faults = faults};
    for (const ApplicationFinding& finding : findings) {
      const bool is_hidden = faults.faults_max > 0 && is_violated_by(scope, *finding.judge);
      if (finding.finding != Finding::violated && !is_hidden && finding.judge->instance().concerns(scope)) {
        options.judges.push_back(finding.judge);
      }
    }
    if (options.judges.empty()) {
      return {};
    }
    found_.out_of_time = found_.out_of_time || (options_.out_of_time && options_.out_of_time());
    if (found_.out_of_time) {
      note_open(scope, options.judges, findings);
      return {};
    }
    options.out_of_time = options_.out_of_time;
    options.on_schedule = options_.on_schedule;
    Result<ScheduleSearchResult> result = search_schedules(world_, options);
    if (!result) {
      return std::unexpected(result.error());
    }
    found_.out_of_time = found_.out_of_time || !result->complete;
    found_.trace_hash = mixed(found_.trace_hash, result->trace_hash);
    for (ApplicationFinding& finding : findings) {
      if (std::ranges::find(options.judges, finding.judge) != options.judges.end()) {
        take_in(*result, finding);
      }
    }
    found_.searches.push_back(*std::move(result));
    return {};
  }

  static void take_in(const ScheduleSearchResult& result, ApplicationFinding& finding) {
    const auto witness = std::ranges::find(result.witnesses, finding.judge, &ApplicationWitness::judge);
    if (witness != result.witnesses.end()) {
      finding.finding = Finding::violated;
      finding.witness = *witness;
      finding.shortest = result.is_proof();
    } else if (result.faults_max == 0 || !result.faults_met.empty() || !result.is_proof()) {
      finding.finding = Finding::unknown;
      (result.is_proof() ? finding.proved : finding.open).push_back(result.scope);
    }
  }

  static bool has_race(const Scope& scope) { return scope.processes.size() > 1; }

  /// Of growing scopes those of one client come first, in which there is no race: what holds in these alone is no
  /// verdict, but where the property can be asked of no others.
  [[nodiscard]] bool is_proved_enough(const ApplicationFinding& finding) const {
    const bool asks_for_race = std::ranges::any_of(options_.scopes, [&](const Scope& scope) {
      return has_race(scope) && finding.judge->instance().concerns(scope);
    });
    return std::ranges::any_of(finding.proved, has_race) || (!finding.proved.empty() && !asks_for_race);
  }

  /// Of growing scopes there are always more, so one is named only where too little was searched.
  void note_open(const Scope& scope, const std::vector<const JudgeInfo*>& judges,
                 std::vector<ApplicationFinding>& findings) const {
    for (ApplicationFinding& finding : findings) {
      if (std::ranges::find(judges, finding.judge) != judges.end()) {
        finding.finding = Finding::unknown;
        if (!options_.grows || (finding.open.empty() && !is_proved_enough(finding))) {
          finding.open.push_back(scope);
        }
      }
    }
  }

  /// Where scopes grow for as long as there is time, time is all that may have been missing.
  void conclude(std::vector<ApplicationFinding>& findings) const {
    for (ApplicationFinding& finding : findings) {
      const bool is_enough = finding.open.empty() || (options_.grows && is_short_of_time_only(finding));
      const bool is_proved = options_.grows ? is_proved_enough(finding) : !finding.proved.empty();
      if (finding.finding == Finding::unknown && is_proved && is_enough) {
        finding.finding = Finding::holds;
      }
    }
  }

  [[nodiscard]] bool is_short_of_time_only(const ApplicationFinding& finding) const {
    return std::ranges::all_of(finding.open, [&](const Scope& scope) {
      return std::ranges::all_of(found_.searches, [&](const ScheduleSearchResult& result) {
        return result.scope != scope || result.is_proof() || !result.complete;
      });
    });
  }

  ApplicationWorld& world_;
  const ApplicationExplorationOptions& options_;
  ApplicationExploration found_ = {};
};

// More than any pattern needs in the scopes that a real application gets through.
constexpr std::uint64_t pattern_states_max = 100'000;

/// Where the page has a violation of what was proved: it may need a larger scope.
bool holds_in(const std::vector<Scope>& scopes, std::string_view pattern, const JudgeInfo& judge) {
  ExplorationOptions options;
  options.pattern = PatternRegistry::find(pattern);
  options.judges = {&judge};
  options.limits.states_max = pattern_states_max;
  return options.pattern != nullptr && std::ranges::all_of(scopes, [&](const Scope& scope) {
           options.scope = scope;
           return explore(options).findings.front().finding == Finding::holds;
         });
}

}  // namespace

std::vector<Scope> growing_scopes() {
  std::vector<Scope> scopes;
  for (const char* text : {"wr",     "rw",     "rwr",     "w,r",     "w,rr",    "wr,r",     "ww,r",
                           "rw,w",   "wr,w",   "w,w,r",   "w,r,r",   "w,r,rr",  "w,w,rr",   "wr,w,r",
                           "ww,w,r", "rw,w,r", "w,w,w,r", "w,w,r,r", "w,r,r,r", "w,w,rr,r", "w,w,rr,rr"}) {
    const Result<Scope> scope = parse_scope(text);
    STALEMATE_ASSERT(scope.has_value(), "scopes of our own can be read");
    scopes.push_back(*scope);
  }
  return scopes;
}

Result<ApplicationExploration> explore_application(ApplicationWorld& world,
                                                   const ApplicationExplorationOptions& options) {
  return ApplicationExplorer(world, options).run();
}

std::vector<ApplicationFault> faults_not_met(const ApplicationExploration& exploration,
                                             std::span<const ApplicationFault> faults) {
  std::vector<ApplicationFault> missing(faults.begin(), faults.end());
  for (const ScheduleSearchResult& result : exploration.searches) {
    std::erase_if(missing, [&](ApplicationFault fault) {
      return std::ranges::find(result.faults_met, fault) != result.faults_met.end();
    });
  }
  return missing;
}

Finding worst_of(const ApplicationExploration& exploration) {
  for (const Finding finding : {Finding::violated, Finding::unknown, Finding::holds}) {
    const auto has = [&](const std::vector<ApplicationFinding>& findings) {
      return std::ranges::find(findings, finding, &ApplicationFinding::finding) != findings.end();
    };
    if (has(exploration.findings) || has(exploration.with_faults)) {
      return finding;
    }
  }
  return Finding::vacuous;
}

std::vector<std::string_view> patterns_like(std::span<const ApplicationFinding> findings) {
  std::vector<std::string_view> alike = patterns_of_page();
  bool decides = false;
  for (const ApplicationFinding& finding : findings) {
    if (finding.finding != Finding::holds && finding.finding != Finding::violated) {
      continue;
    }
    decides = true;
    const std::vector<std::string_view> holding = patterns_that_hold(*finding.judge, {});
    std::erase_if(alike, [&](std::string_view pattern) {
      const bool holds = std::ranges::find(holding, pattern) != holding.end();
      return finding.finding == Finding::violated ? holds
                                                  : !holds && !holds_in(finding.proved, pattern, *finding.judge);
    });
  }
  return decides ? alike : std::vector<std::string_view>();
}

}  // namespace stalemate
