// The matrix of guarantees: every pattern against no fault and each fault.
#pragma once

#include <string>
#include <vector>

#include "explore/exploration.hpp"

namespace stalemate {

/// One pattern against one fault.
struct MatrixCell {
  const VirtualFaultInfo* fault = nullptr;  ///< nullptr: none
  bool concerned = true;                    ///< false where the fault cannot hit the pattern
  Exploration exploration = {};             ///< findings of the matrix's judges, in their order
};

struct MatrixRow {
  const PatternInfo* pattern = nullptr;
  std::vector<MatrixCell> cells = {};  ///< no fault first, then each fault once, at most one time a run
};

/// The judges whose findings fill a cell, in order.
[[nodiscard]] std::vector<const JudgeInfo*> matrix_judges();

/// One row. What is violated without faults is not searched again with them. Deterministic; rows are independent of one
/// another, so that threads may compute them.
[[nodiscard]] MatrixRow matrix_row(const PatternInfo& pattern, const ExploreLimits& limits);

/// The page docs/guarantees.md.
[[nodiscard]] std::string markdown_of(const std::vector<MatrixRow>& rows);
/// For terminals: a line a cell, a column a property, and what the marks mean.
[[nodiscard]] std::string table_of(const std::vector<MatrixRow>& rows);

}  // namespace stalemate
