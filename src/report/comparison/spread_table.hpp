// A table of figures with their ranges: beside them where that fits, else below them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace stalemate {

struct SpreadCell {
  std::string told = {};   ///< "1.24 ms"
  std::string range = {};  ///< "[1.1 ms..1.3 ms]"; empty for none
};

/// Cells as the heading has names.
struct SpreadRow {
  std::string label = {};
  std::vector<SpreadCell> cells = {};
};

/// As TextTable::text.
[[nodiscard]] std::string spread_table(const std::vector<std::string>& heading, const std::vector<SpreadRow>& rows,
                                       std::size_t width);

/// "[LEAST..MOST]"; empty where the two are the same text.
[[nodiscard]] std::string range_text(const std::string& least, const std::string& most);

}  // namespace stalemate
