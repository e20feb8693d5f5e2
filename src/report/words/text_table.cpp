#include "report/words/text_table.hpp"

#include <algorithm>

#include "core/assert.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::vector<std::size_t> column_widths(const Rows& rows) {
  std::vector<std::size_t> widths(rows.empty() ? 0 : rows.front().size(), 0);
  for (const auto& row : rows) {
    STALEMATE_ASSERT(row.size() == widths.size(), "all rows of a table have as many cells");
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], display_width(row[column]));
    }
  }
  return widths;
}

std::size_t total_width(const Rows& rows) {
  std::size_t total = 0;
  for (const std::size_t width : column_widths(rows)) {
    total += width + (total > 0 ? 2 : 0);
  }
  return total;
}

Rows exchanged(const Rows& rows) {
  Rows columns(rows.empty() ? 0 : rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      columns[column].push_back(row[column]);
    }
  }
  return columns;
}

}  // namespace

std::string TextTable::text(std::size_t width) const {
  const Rows turned = exchanged(rows);
  const std::size_t straight_width = total_width(rows);
  const Rows& shown = straight_width > width && total_width(turned) < straight_width ? turned : rows;
  const std::vector<std::size_t> widths = column_widths(shown);
  std::string lines;
  for (const auto& row : shown) {
    std::string line = align_left(row.front(), widths.front());
    for (std::size_t column = 1; column < row.size(); ++column) {
      line.append("  ").append(align_right(row[column], widths[column]));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.append(line).push_back('\n');
  }
  return lines;
}

}  // namespace stalemate
