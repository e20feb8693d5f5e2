// A table in plain text, turned on its side where it would be too wide.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stalemate {

/// Rows of cells; the first row is the heading, the first cell of each row its label. Labels are aligned to the left,
/// other cells to the right. Invariant: all rows have as many cells as the first.
struct TextTable {
  std::vector<std::vector<std::string>> rows = {};

  /// As lines, each ended by '\n', two spaces between columns. Where they would be wider than `width`, and narrower
  /// with rows and columns exchanged, these are exchanged.
  [[nodiscard]] std::string text(std::size_t width) const;
};

}  // namespace stalemate
