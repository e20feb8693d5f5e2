#include "explore/exploration.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "core/assert.hpp"

namespace stalemate {
namespace {

// Parts with so many processes are searched before the whole scope, larger ones only for the shortest witness of what
// the whole scope turned out to violate: nearly all violations need no more, and such parts cost next to nothing.
constexpr std::size_t small_part_processes = 2;

// From so many processes on each judge gets a search of its own: what several remember together tells states apart that
// none of them needs apart, and the states of one search for all are more than those of all searches.
constexpr std::size_t processes_judged_apart = 5;

class ScopeExplorer {
 public:
  ScopeExplorer(const ExplorationOptions& options, const Scope& scope, Exploration& exploration)
      : options_(options), scope_(scope), exploration_(exploration) {}

  void judge(const std::vector<const JudgeInfo*>& judges) {
    open_ = judges;
    const std::vector<Scope> parts = parts_of(scope_);
    for (const std::span<const Scope> group : groups_of(parts)) {
      if (is_searched_first(group)) {
        search_group(group, open_, short_limits());
      }
    }
    const std::vector<const JudgeInfo*> wanted = options_.limits.exhaust ? judges : open_;
    if (scope_.processes.size() < processes_judged_apart) {
      judge_whole(wanted, parts);
      return;
    }
    for (const JudgeInfo* judge : wanted) {
      judge_whole({judge}, parts);
    }
  }

  std::optional<Witness> smallest(const JudgeInfo& judge) {
    std::vector<const JudgeInfo*> one = {&judge};
    const std::vector<Scope> parts = parts_of(scope_);
    for (const std::span<const Scope> group : groups_of(parts)) {
      search_group(group, one, short_limits());
      if (one.empty()) {
        return finding_of(&judge).witness;
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] ExploreLimits short_limits() const {
    ExploreLimits limits = options_.limits;
    limits.exhaust = false;
    return limits;
  }

  /// Parts with as many processes and ops, which the order of witnesses does not tell apart.
  [[nodiscard]] static std::vector<std::span<const Scope>> groups_of(std::span<const Scope> parts) {
    std::vector<std::span<const Scope>> groups;
    while (!parts.empty()) {
      const auto is_of_next = [&](const Scope& part) {
        return part.processes.size() != parts.front().processes.size() ||
               ops_of(part).size() != ops_of(parts.front()).size();
      };
      const auto end = std::ranges::find_if(parts, is_of_next);
      const auto size = static_cast<std::size_t>(end - parts.begin());
      groups.push_back(parts.first(size));
      parts = parts.subspan(size);
    }
    return groups;
  }

  [[nodiscard]] bool is_searched_first(std::span<const Scope> group) const {
    const std::size_t processes = group.front().processes.size();
    return processes <= small_part_processes && processes < scope_.processes.size();
  }

  /// One search of the whole scope.
  void judge_whole(const std::vector<const JudgeInfo*>& judges, const std::vector<Scope>& parts) {
    if (judges.empty()) {
      return;
    }
    const SearchResult whole = run(scope_, judges, options_.faults_max, options_.limits);
    if (exploration_.exhausted && !whole.complete) {
      exploration_.exhausted = false;
      exploration_.exhaust_end = whole.end;
    }
    for (const Path& path : whole.violations) {
      std::vector<const JudgeInfo*> one = {path.judge};
      if (std::ranges::find(open_, path.judge) == open_.end()) {
        continue;
      }
      for (const std::span<const Scope> group : groups_of(parts)) {
        if (!one.empty() && !is_searched_first(group)) {
          search_group(group, one, short_limits());
        }
      }
      if (!one.empty()) {  // a part's search passed a limit
        conclude(path, scope_, options_.faults_max);
      }
      std::erase(open_, path.judge);
    }
    for (const JudgeInfo* judge : judges) {
      if (std::ranges::find(open_, judge) != open_.end()) {
        finding_of(judge).finding = whole.complete ? Finding::holds : Finding::unknown;
        finding_of(judge).end = whole.end;
      }
    }
  }

  /// Those that find a violation in one of the parts leave `judges`, each with the fewest faults, then steps.
  /// Requires: parts with as many processes and ops.
  void search_group(std::span<const Scope> group, std::vector<const JudgeInfo*>& judges, const ExploreLimits& limits) {
    struct Found {
      const Scope* part;
      Path path;
    };
    for (std::uint8_t faults = options_.sound_without_faults ? 1 : 0; faults <= options_.faults_max; ++faults) {
      std::vector<Found> shortest;
      for (const Scope& part : group) {
        for (Path& path : search_part(part, judges, faults, limits)) {
          const auto known =
              std::ranges::find(shortest, path.judge, [](const Found& found) { return found.path.judge; });
          if (known == shortest.end()) {
            shortest.push_back({&part, std::move(path)});
          } else if (path.choices.size() < known->path.choices.size()) {
            *known = {&part, std::move(path)};
          }
        }
      }
      for (const Found& found : shortest) {
        conclude(found.path, *found.part, faults);
        std::erase(judges, found.path.judge);
      }
    }
  }

  /// What those of the judges see that the part concerns.
  std::vector<Path> search_part(const Scope& part, const std::vector<const JudgeInfo*>& judges, std::uint8_t faults,
                                const ExploreLimits& limits) {
    std::vector<const JudgeInfo*> concerned;
    std::ranges::copy_if(judges, std::back_inserter(concerned),
                         [&](const JudgeInfo* judge) { return judge->instance().concerns(part); });
    return concerned.empty() ? std::vector<Path>() : run(part, concerned, faults, limits).violations;
  }

  [[nodiscard]] MachineOptions machine_options(const Scope& scope, std::vector<const JudgeInfo*> judges,
                                               std::uint8_t faults_max) const {
    MachineOptions machine;
    machine.pattern = options_.pattern;
    machine.scope = scope;
    machine.faults = options_.faults;
    machine.faults_max = faults_max;
    machine.judges = std::move(judges);
    machine.time_to_live_ns = options_.time_to_live_ns;
    machine.every_event = options_.every_event;
    return machine;
  }

  SearchResult run(const Scope& scope, const std::vector<const JudgeInfo*>& judges, std::uint8_t faults_max,
                   const ExploreLimits& limits) {
    SearchResult result = search(machine_options(scope, judges, faults_max), limits);
    exploration_.states += result.states;
    exploration_.transitions += result.transitions;
    exploration_.bytes_max = std::max(exploration_.bytes_max, result.bytes);
    exploration_.trace_hash = mixed(exploration_.trace_hash, result.trace_hash);
    return result;
  }

  void conclude(const Path& path, const Scope& scope, std::uint8_t faults_max) {
    JudgeFinding& finding = finding_of(path.judge);
    finding.finding = Finding::violated;
    finding.witness = Witness{machine_options(scope, {path.judge}, faults_max), path.choices};
  }

  JudgeFinding& finding_of(const JudgeInfo* judge) {
    const auto place = std::ranges::find(exploration_.findings, judge, &JudgeFinding::judge);
    STALEMATE_ASSERT(place != exploration_.findings.end(), "every judge has a finding");
    return *place;
  }

  const ExplorationOptions& options_;
  const Scope& scope_;
  Exploration& exploration_;
  std::vector<const JudgeInfo*> open_ = {};
};

}  // namespace

Exploration explore(const ExplorationOptions& options) {
  Exploration exploration;
  exploration.exhausted = options.limits.exhaust;
  for (const JudgeInfo* judge : options.judges) {
    const Result<Scope> own = parse_scope(judge->scope);
    STALEMATE_ASSERT(own.has_value(), "a judge's own scope can be read");
    const Scope scope = options.scope ? *options.scope : *own;
    const bool concerned = judge->instance().concerns(scope);
    exploration.findings.push_back({judge, scope, concerned ? Finding::unknown : Finding::vacuous, {}});
  }
  std::vector<Scope> scopes;
  for (const JudgeFinding& finding : exploration.findings) {
    if (finding.finding != Finding::vacuous && std::ranges::find(scopes, finding.scope) == scopes.end()) {
      scopes.push_back(finding.scope);
    }
  }
  for (const Scope& scope : scopes) {
    std::vector<const JudgeInfo*> judges;
    for (const JudgeFinding& finding : exploration.findings) {
      if (finding.finding != Finding::vacuous && finding.scope == scope) {
        judges.push_back(finding.judge);
      }
    }
    ScopeExplorer(options, scope, exploration).judge(judges);
  }
  return exploration;
}

std::optional<Witness> smallest_witness(const ExplorationOptions& options, const JudgeInfo& judge, const Scope& scope) {
  Exploration exploration;
  exploration.findings.push_back({&judge, scope, Finding::unknown, {}});
  return ScopeExplorer(options, scope, exploration).smallest(judge);
}

std::string_view name_of(Finding finding) {
  switch (finding) {
    case Finding::holds: return "holds";
    case Finding::violated: return "violated";
    case Finding::unknown: return "unknown";
    case Finding::vacuous: return "vacuous";
  }
  STALEMATE_ASSERT(false, "a finding outside the enumeration");
}

}  // namespace stalemate
