#include "explore/exploration.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>

#include "core/assert.hpp"
#include "explore/matrix/fault_alone.hpp"
#include "explore/model/state_set.hpp"

namespace stalemate {
namespace {

// Parts with this many processes are searched before larger ones: nearly all violations need no more, such parts cost
// next to nothing, and the length of their witnesses bounds the search for shorter ones elsewhere.
constexpr std::size_t small_part_processes = 2;

// From so many processes on, and where pairs of runs are searched, each judge gets a search of its own: what several
// remember together tells states apart that none of them needs apart, and the states of one search for all are more
// than those of all searches.
constexpr std::size_t processes_judged_apart = 5;

constexpr std::size_t any_length = std::numeric_limits<std::size_t>::max();

using Judges = std::vector<const JudgeInfo*>;
using Parts = std::vector<Scope>;

class ScopeExplorer {
 public:
  ScopeExplorer(const ExplorationOptions& options, const Scope& scope, Exploration& exploration)
      : options_(options), exploration_(exploration), parts_(parts_of(scope)) {}

  void judge(const Judges& judges) {
    for (const std::span<const Scope> group : groups()) {
      if (is_small(group.front())) {
        shorten_within(group, judges);
      }
    }
    if (whole().processes.size() < processes_judged_apart && !options_.fault_alone) {
      judge_whole(judges);
      return;
    }
    for (const JudgeInfo* judge : judges) {
      judge_whole({judge});
    }
  }

  void shorten(const JudgeInfo& judge) {
    SearchEnd end = SearchEnd::complete;
    for (const std::span<const Scope> group : groups()) {
      const SearchEnd ended = shorten_within(group, {&judge});
      end = ended == SearchEnd::complete ? end : ended;
    }
    finding_of(&judge).end = end;
  }

 private:
  [[nodiscard]] const Scope& whole() const { return parts_.back(); }

  [[nodiscard]] ExploreLimits short_limits() const {
    ExploreLimits limits = options_.limits;
    limits.exhaust = false;
    return limits;
  }

  /// Parts with as many processes and ops, from the smallest on.
  [[nodiscard]] std::vector<std::span<const Scope>> groups() const {
    std::vector<std::span<const Scope>> groups;
    for (std::span<const Scope> parts = parts_; !parts.empty();) {
      const auto end = std::ranges::find_if(parts, [&](const Scope& part) {
        return part.processes.size() != parts.front().processes.size() ||
               ops_of(part).size() != ops_of(parts.front()).size();
      });
      const auto size = static_cast<std::size_t>(end - parts.begin());
      groups.push_back(parts.first(size));
      parts = parts.subspan(size);
    }
    return groups;
  }

  [[nodiscard]] bool is_small(const Scope& part) const {
    return part.processes.size() <= small_part_processes && part.processes.size() < whole().processes.size();
  }

  /// The parts that have every run of all the others. What the cache pushes to a server that no client is beside is
  /// still to be taken there before there is rest, so that fewer servers can mean fewer steps.
  [[nodiscard]] Parts covering_parts() const {
    const bool servers_count = options_.pattern->needs.feed == FeedKind::invalidations;
    Parts covering;
    for (auto part = parts_.rbegin(); part != parts_.rend(); ++part) {
      if (std::ranges::none_of(covering, [&](const Scope& other) { return covers(other, *part, servers_count); })) {
        covering.push_back(*part);
      }
    }
    return covering;
  }

  [[nodiscard]] std::uint8_t faults_min() const {
    return options_.fault_alone || options_.without_faults != nullptr ? 1 : 0;
  }

  /// The judges that the part concerns.
  [[nodiscard]] static Judges concerned(const Judges& judges, const Scope& part) {
    Judges found;
    std::ranges::copy_if(judges, std::back_inserter(found),
                         [&](const JudgeInfo* judge) { return judge->instance().concerns(part); });
    return found;
  }

  /// Of the witness known so far.
  [[nodiscard]] std::size_t length_of(const JudgeInfo* judge) {
    const std::optional<Witness>& witness = finding_of(judge).witness;
    return witness ? witness->choices.size() : any_length;
  }

  /// What is shorter than what is known.
  [[nodiscard]] StepBounds shorter(const Judges& judges) {
    StepBounds bounds;
    for (const JudgeInfo* judge : judges) {
      bounds.push_back(length_of(judge) == any_length ? any_length : length_of(judge) - 1);
    }
    return bounds;
  }

  /// Takes each violation that is shorter than what is known of its judge. How the searches ended.
  SearchEnd shorten_within(std::span<const Scope> group, const Judges& judges) {
    SearchEnd end = SearchEnd::complete;
    for (std::uint8_t faults = faults_min(); faults <= options_.faults_max; ++faults) {
      for (const Scope& part : group) {
        const Judges those = concerned(judges, part);
        if (those.empty()) {
          continue;
        }
        const SearchResult result = run(part, those, faults, short_limits(), shorter(those));
        end = result.complete ? end : result.end;
        for (const Path& path : result.violations) {
          conclude(path, part, faults);
        }
      }
    }
    return end;
  }

  /// Searches that leave no run of the scope out.
  void judge_whole(const Judges& judges) {
    for (const JudgeInfo* judge : judges) {
      finding_of(judge).end = SearchEnd::complete;
      finding_of(judge).steps_ruled_out = any_length - 1;
    }
    for (const Scope& part : covering_parts()) {
      const Judges those = concerned(judges, part);
      if (those.empty()) {
        continue;
      }
      const bool exhausts = options_.limits.exhaust && part == whole();
      const SearchResult result = run(part, those, options_.faults_max, exhausts ? options_.limits : short_limits(),
                                      exhausts ? StepBounds() : shorter(those));
      if (exhausts && exploration_.exhausted && !result.complete) {
        exploration_.exhausted = false;
        exploration_.exhaust_end = result.end;
      }
      for (const Path& path : result.violations) {
        if (path.choices.size() < length_of(path.judge)) {
          take_smallest(path, part);
        }
      }
      for (const JudgeInfo* judge : result.open) {
        JudgeFinding& finding = finding_of(judge);
        finding.end = result.end;
        finding.steps_ruled_out = std::min(finding.steps_ruled_out, result.steps_searched);
      }
    }
    for (const JudgeInfo* judge : judges) {
      JudgeFinding& finding = finding_of(judge);
      if (finding.witness && finding.witness->choices.size() <= finding.steps_ruled_out + 1) {
        finding.end = SearchEnd::complete;
      }
      finding.finding = finding.witness                      ? Finding::violated
                        : finding.end == SearchEnd::complete ? Finding::holds
                                                             : Finding::unknown;
    }
  }

  /// A violation with as few steps as `path`, which `part` has, in the smallest part that has one.
  void take_smallest(const Path& path, const Scope& part) {
    const StepBounds bounds = {path.choices.size()};
    for (const std::span<const Scope> group : groups()) {
      for (std::uint8_t faults = faults_min(); !is_small(group.front()) && faults <= options_.faults_max; ++faults) {
        for (const Scope& smaller : group) {
          if (!concerned({path.judge}, smaller).empty()) {
            const SearchResult result = run(smaller, {path.judge}, faults, short_limits(), bounds);
            if (!result.violations.empty()) {
              conclude(result.violations.front(), smaller, faults);
              return;
            }
          }
        }
      }
    }
    conclude(path, part, options_.faults_max);  // a part's search passed a limit
  }

  [[nodiscard]] MachineOptions machine_options(const Scope& scope, Judges judges, std::uint8_t faults_max) const {
    MachineOptions machine;
    machine.pattern = options_.pattern;
    machine.scope = scope;
    machine.faults = options_.faults;
    machine.faults_max = faults_max;
    machine.judges = std::move(judges);
    machine.time_to_live_ns = options_.time_to_live_ns;
    machine.every_event = options_.every_event;
    machine.one_after_another = options_.one_after_another;
    return machine;
  }

  SearchResult run(const Scope& scope, const Judges& judges, std::uint8_t faults_max, const ExploreLimits& limits,
                   const StepBounds& bounds) {
    const MachineOptions machine = machine_options(scope, judges, faults_max);
    SearchResult result =
        options_.fault_alone ? search_fault_alone(machine, limits, bounds) : search(machine, limits, bounds);
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
  Exploration& exploration_;
  Parts parts_;
};

/// Whether a run within `scope` has a step of the fault.
bool takes_place(const VirtualFaultInfo& fault, const PatternInfo& pattern, const Scope& scope) {
  MachineOptions options;
  options.pattern = &pattern;
  options.scope = scope;
  options.faults = {&fault};
  options.faults_max = 1;
  options.every_event = true;  // a process may die between a call and its reply, which are one large step
  Machine machine(options);
  StateSet<MachineState> states;
  (void)states.add(machine.first(), StateSet<MachineState>::no_parent, {});
  std::vector<Successor> successors;
  for (std::uint32_t next = 0; next < states.size() && !machine.overflowed(); ++next) {
    const MachineState state = states.state(next);
    machine.expand(state, successors);
    for (const Successor& successor : successors) {
      if (successor.choice.fault != 0) {
        return true;
      }
      (void)states.add(successor.state, next, successor.choice);
    }
  }
  return machine.overflowed();
}

/// What is known before any search.
JudgeFinding begun(const ExplorationOptions& options, const JudgeInfo& judge) {
  const Result<Scope> own = parse_scope(judge.scope);
  STALEMATE_ASSERT(own.has_value(), "a judge's own scope can be read");
  JudgeFinding finding;
  finding.judge = &judge;
  finding.scope = options.scope ? *options.scope : *own;
  finding.finding = judge.instance().concerns(finding.scope) ? Finding::unknown : Finding::vacuous;
  if (options.without_faults != nullptr) {
    const auto known = std::ranges::find(options.without_faults->findings, &judge, &JudgeFinding::judge);
    STALEMATE_ASSERT(known != options.without_faults->findings.end(), "it is known of every judge");
    finding.witness = known->witness;
  }
  return finding;
}

}  // namespace

Exploration explore(const ExplorationOptions& options) {
  Exploration exploration;
  exploration.exhausted = options.limits.exhaust;
  std::vector<Scope> scopes;
  for (const JudgeInfo* judge : options.judges) {
    exploration.findings.push_back(begun(options, *judge));
    const JudgeFinding& finding = exploration.findings.back();
    if (finding.finding != Finding::vacuous && std::ranges::find(scopes, finding.scope) == scopes.end()) {
      scopes.push_back(finding.scope);
    }
  }
  for (const Scope& scope : scopes) {
    Judges judges;
    for (const JudgeFinding& finding : exploration.findings) {
      if (finding.finding != Finding::vacuous && finding.scope == scope) {
        judges.push_back(finding.judge);
      }
    }
    ScopeExplorer(options, scope, exploration).judge(judges);
  }
  return exploration;
}

JudgeFinding shortened(const ExplorationOptions& options, const JudgeFinding& finding) {
  Exploration exploration;
  exploration.findings.push_back(finding);
  ScopeExplorer(options, finding.scope, exploration).shorten(*finding.judge);
  return exploration.findings.front();
}

bool can_take_place(const VirtualFaultInfo& fault, const PatternInfo& pattern, const Scope& scope) {
  if (fault.concerns != nullptr && !fault.concerns(pattern)) {
    return false;
  }
  return std::ranges::any_of(parts_of(scope), [&](const Scope& part) {
    return part.processes.size() <= small_part_processes && takes_place(fault, pattern, part);
  });
}

std::size_t faults_of(const Witness& witness) {
  return static_cast<std::size_t>(
      std::ranges::count_if(witness.choices, [](const Choice& choice) { return choice.fault != 0; }));
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
