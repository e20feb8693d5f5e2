// The matrix of guarantees: every pattern against no fault and each fault.
#pragma once

#include <string>
#include <vector>

#include "explore/exploration.hpp"

namespace stalemate {

/// One pattern against one fault.
struct MatrixCell {
  const VirtualFaultInfo* fault = nullptr;  ///< nullptr: none
  bool concerned = true;                    ///< false where the fault cannot take place
  Exploration exploration = {};             ///< the judges' findings, in their order
  Exploration alone = {};  ///< what the fault does by itself, of the matrix's judges; nothing where there is no fault
};

struct MatrixRow {
  const PatternInfo* pattern = nullptr;
  std::vector<MatrixCell> cells = {};              ///< no fault first, then each fault once, at most one time a run
  std::vector<MatrixCell> one_after_another = {};  ///< the same without overlapping ops, without `alone`
};

/// The judges whose findings fill a cell, in order.
[[nodiscard]] std::vector<const JudgeInfo*> matrix_judges();
/// These and all others, which only the page's list of patterns that hold has.
[[nodiscard]] std::vector<const JudgeInfo*> page_judges();

/// One row, of these judges or more. Deterministic; rows are independent of one another, so that threads may compute
/// them. Requires: `judges` has the matrix's judges.
[[nodiscard]] MatrixRow matrix_row(const PatternInfo& pattern, const std::vector<const JudgeInfo*>& judges,
                                   const ExploreLimits& limits);

/// The finding of a judge in a cell. Requires: the cell has it.
[[nodiscard]] const JudgeFinding& finding_of(const Exploration& exploration, const JudgeInfo& judge);

/// "✓" holds; "7" violated, the shortest run without a fault has 7 steps; "7!" one with the fault has; "5–7" the
/// shortest has 5 to 7; ">4" unknown, but no run of up to 4 steps violates it; "?" nothing is known.
[[nodiscard]] std::string mark_of(const JudgeFinding& finding);

/// For terminals: a line a cell, a column a property, and what the marks mean.
[[nodiscard]] std::string table_of(const std::vector<MatrixRow>& rows);
/// The page docs/guarantees.md; `pairs_max`: as the limits of the rows had it. Requires: the rows are of page_judges().
[[nodiscard]] std::string markdown_of(const std::vector<MatrixRow>& rows,
                                      std::uint64_t pairs_max = ExploreLimits().pairs_max);

}  // namespace stalemate
