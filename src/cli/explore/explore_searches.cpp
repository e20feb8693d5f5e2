#include "cli/explore/explore_searches.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <span>
#include <thread>

#include "cli/interrupt.hpp"
#include "cli/text/waiting.hpp"
#include "core/random.hpp"
#include "core/try_start.hpp"

namespace stalemate {
namespace {

// What a random search found is searched for again in parts of the scope, each of at most this many states.
constexpr std::uint64_t states_max_of_a_part = 200'000;

/// What the fault does by itself to the properties that are not known to hold.
FaultAlone explored_alone(const ExplorationOptions& asked, const VirtualFaultInfo& fault,
                          const Exploration& exploration) {
  ExplorationOptions options = asked;
  options.faults = {&fault};
  options.fault_alone = true;
  options.limits.exhaust = false;
  std::erase_if(options.judges, [&](const JudgeInfo* judge) {
    const Finding finding = finding_of(exploration, *judge).finding;
    return finding == Finding::holds || finding == Finding::vacuous;
  });
  return {options, explore(options)};
}

/// Random runs in the scope asked for, each violation with the shortest witness that parts of the scope have.
Exploration by_lot(const ExplorationOptions& options, const WalkOptions& walks) {
  Exploration exploration;
  exploration.runs = walks.runs;
  for (const JudgeInfo* judge : options.judges) {
    const Result<Scope> own = parse_scope(judge->scope);
    MachineOptions machine;
    machine.pattern = options.pattern;
    machine.scope = options.scope ? *options.scope : *own;
    machine.faults = options.faults;
    machine.faults_max = options.faults_max;
    machine.judges = {judge};
    machine.every_event = options.every_event;
    const bool concerned = judge->instance().concerns(machine.scope);
    JudgeFinding finding{judge, machine.scope, concerned ? Finding::unknown : Finding::vacuous, {}};
    if (concerned) {
      const SearchResult result = random_search(machine, walks);
      finding.end = result.end;
      exploration.states += result.states;
      exploration.transitions += result.transitions;
      exploration.bytes_max = std::max(exploration.bytes_max, result.bytes);
      exploration.trace_hash = mixed(exploration.trace_hash, result.trace_hash);
      if (!result.violations.empty()) {
        finding.finding = Finding::violated;
        finding.witness = Witness{machine, result.violations.front().choices};
        ExplorationOptions small = options;
        small.limits.states_max = std::min(options.limits.states_max, states_max_of_a_part);
        finding = shortened(small, finding);
      }
    }
    exploration.findings.push_back(std::move(finding));
  }
  return exploration;
}

}  // namespace

std::vector<MatrixRow> whole_matrix(const std::vector<const JudgeInfo*>& judges, const ExploreLimits& limits) {
  const InterruptWatch watch;
  Waiting waiting("");
  waiting.next("exploring all patterns under all faults");
  const std::span<const PatternInfo> patterns = PatternRegistry::all();
  std::vector<MatrixRow> rows(patterns.size());
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> done = 0;
  std::vector<std::jthread> threads;
  for (unsigned thread = 0; thread < std::max(1U, std::thread::hardware_concurrency()); ++thread) {
    start_or_do(threads, [&] {
      for (std::size_t row = next++; row < patterns.size(); row = next++) {
        rows[row] = matrix_row(patterns[row], judges, limits);
        waiting.reached(fmt::format("{} of {} patterns", ++done, rows.size()));
      }
    });
  }
  threads.clear();
  return rows;
}

Explored search_pattern(const ExplorationOptions& options, const WalkOptions& walks,
                        const Waiting::Listener& listener) {
  const InterruptWatch watch;
  Waiting waiting(std::string(options.pattern->name), true, listener);
  waiting.next("exploring every interleaving");
  if (walks.runs > 0) {
    return {by_lot(options, walks), {}};
  }
  Explored found{explore(options), {}};
  for (const VirtualFaultInfo* fault :
       options.faults_max > 0 ? options.faults : std::vector<const VirtualFaultInfo*>()) {
    waiting.next(fmt::format("exploring what {} does by itself", fault->name));
    found.alone.push_back(explored_alone(options, *fault, found.exploration));
  }
  return found;
}

}  // namespace stalemate
