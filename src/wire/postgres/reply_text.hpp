// An answer of a PostgreSQL server in words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/postgres/talk.hpp"

namespace stalemate {

/// One statement's result within an answer.
struct StatementResult {
  std::string tag = {};  ///< "UPDATE 1"; empty of a portal that has more rows, or of an empty statement
  std::uint64_t rows = 0;
};

/// Whether a command's tag says how many rows it changed.
[[nodiscard]] bool tells_changed_rows(std::string_view tag);

/// Results on one line, each with its first row: "UPDATE 1", "1 row: 7", "3 rows: (7, 100023), ...". `reply` is the
/// answer's beginning, from which the rows are read; `shapes` are those of its executions.
[[nodiscard]] std::string text_of_results(const std::vector<StatementResult>& results, std::string_view reply,
                                          const std::vector<RowShape>& shapes);

}  // namespace stalemate
