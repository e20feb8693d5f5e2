// A sweep as people read it in a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/sweep/sweep_results.hpp"

namespace stalemate {

/// What was measured as a table, with what was predicted beside it; the curve
/// or the map; then sentences: the answer of a search, and whatever was not
/// measured, not predicted or never sent. Plain characters, lines of at most
/// `columns` where they can be broken; words of control characters must be
/// printable already.
[[nodiscard]] std::string sweep_text(const SweepResults& results, std::size_t columns);

/// What was swept, on which servers, with how many runs.
[[nodiscard]] std::string sweep_heading(const SweepResults& results);

/// The sentences below the table: of a search first its answer.
[[nodiscard]] std::vector<std::string> sweep_paragraphs(const SweepResults& results);

/// "write_rate 100, ttl 1s" of a point.
[[nodiscard]] std::string point_name(const SweepResults& results, const SweepPoint& point);

}  // namespace stalemate
