// Explorations as pages: verdicts with their shortest runs to look through, and the matrix with every witness behind
// its cell.
#pragma once

#include <string>
#include <vector>

#include "cli/text/application_text.hpp"
#include "cli/text/explore_text.hpp"
#include "explore/matrix/matrix.hpp"
#include "report/page/page.hpp"

namespace stalemate {

/// `again`: the command that explores once more. Requires: tell() succeeds on every witness.
[[nodiscard]] Page page_of(const ExplorationOptions& options, const Explored& found, const std::string& again);
[[nodiscard]] Page page_of(const ExploredApplication& explored, const std::string& again);
[[nodiscard]] Page page_of(const std::vector<MatrixRow>& rows, const std::string& again);

}  // namespace stalemate
