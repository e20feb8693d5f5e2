#include "explore/matrix/matrix.hpp"

#include <algorithm>

#include "core/assert.hpp"

namespace stalemate {
namespace {

using Judges = std::vector<const JudgeInfo*>;

Scope matrix_scope() {
  const Result<Scope> scope = parse_scope(default_scope);
  STALEMATE_ASSERT(scope.has_value(), "the default scope can be read");
  return *scope;
}

/// What the fault does by itself. Where a property holds without the fault, the fault causes every violation.
Exploration alone_of(const ExplorationOptions& with, const Exploration& found, const Exploration& without) {
  ExplorationOptions options = with;
  options.fault_alone = true;
  options.without_faults = nullptr;
  options.judges.clear();
  Exploration alone;
  for (const JudgeInfo* judge : matrix_judges()) {
    if (finding_of(without, *judge).finding == Finding::holds) {
      alone.findings.push_back(finding_of(found, *judge));
    } else {
      options.judges.push_back(judge);
    }
  }
  const Exploration searched = explore(options);
  alone.findings.insert(alone.findings.end(), searched.findings.begin(), searched.findings.end());
  alone.states = searched.states;
  std::ranges::sort(alone.findings, {}, [](const JudgeFinding& finding) { return finding.judge->name; });
  return alone;
}

/// The judges whose findings with a fault are not known: of those that have no figure in the tables, only whether they
/// hold is told, and what is violated without a fault is so with one.
Judges with_figures(const Judges& judges, const Exploration& without) {
  Judges open = judges;
  std::erase_if(open, [&](const JudgeInfo* judge) {
    return !judge->in_matrix && finding_of(without, *judge).finding == Finding::violated;
  });
  return open;
}

void add_known(const Judges& judges, const Exploration& without, Exploration& found) {
  for (const JudgeInfo* judge : judges) {
    if (std::ranges::find(found.findings, judge, &JudgeFinding::judge) == found.findings.end()) {
      found.findings.push_back(finding_of(without, *judge));
    }
  }
}

std::vector<MatrixCell> cells_of(const ExplorationOptions& wanted) {
  std::vector<MatrixCell> cells(1);
  cells.front().exploration = explore(wanted);
  for (const VirtualFaultInfo& fault : VirtualFaultRegistry::all()) {
    MatrixCell cell;
    cell.fault = &fault;
    cell.concerned = can_take_place(fault, *wanted.pattern, matrix_scope());
    if (cell.concerned) {
      ExplorationOptions options = wanted;
      options.faults = {&fault};
      options.faults_max = 1;
      options.without_faults = &cells.front().exploration;
      options.judges = with_figures(wanted.judges, cells.front().exploration);
      cell.exploration = explore(options);
      add_known(wanted.judges, cells.front().exploration, cell.exploration);
      if (!wanted.one_after_another) {
        cell.alone = alone_of(options, cell.exploration, cells.front().exploration);
      }
    }
    cells.push_back(std::move(cell));
  }
  return cells;
}

}  // namespace

Judges matrix_judges() {
  Judges judges = page_judges();
  std::erase_if(judges, [](const JudgeInfo* judge) { return !judge->in_matrix; });
  return judges;
}

Judges page_judges() {
  Judges judges;
  for (const JudgeInfo& judge : JudgeRegistry::all()) {
    judges.push_back(&judge);
  }
  return judges;
}

MatrixRow matrix_row(const PatternInfo& pattern, const Judges& judges, const ExploreLimits& limits) {
  ExplorationOptions options;
  options.pattern = &pattern;
  options.judges = judges;
  options.limits = limits;
  MatrixRow row;
  row.pattern = &pattern;
  row.cells = cells_of(options);
  options.judges = matrix_judges();
  options.one_after_another = true;
  row.one_after_another = cells_of(options);
  return row;
}

const JudgeFinding& finding_of(const Exploration& exploration, const JudgeInfo& judge) {
  const auto place = std::ranges::find(exploration.findings, &judge, &JudgeFinding::judge);
  STALEMATE_ASSERT(place != exploration.findings.end(), "a cell has the judges it was asked for");
  return *place;
}

}  // namespace stalemate
