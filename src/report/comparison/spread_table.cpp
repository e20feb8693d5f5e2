#include "report/comparison/spread_table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "report/words/text_table.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

enum class Ranges : std::uint8_t { in_cells, in_rows };

TextTable table_of(const std::vector<std::string>& heading, const std::vector<SpreadRow>& rows, Ranges ranges) {
  TextTable table;
  table.rows.push_back({""});
  std::ranges::copy(heading, std::back_inserter(table.rows.front()));
  for (const SpreadRow& row : rows) {
    std::vector<std::string> told = {row.label};
    std::vector<std::string> below = {""};
    for (const SpreadCell& cell : row.cells) {
      told.push_back(ranges == Ranges::in_cells && !cell.range.empty() ? cell.told + " " + cell.range : cell.told);
      below.push_back(cell.range);
    }
    table.rows.push_back(std::move(told));
    const bool any = std::ranges::any_of(below, [](const std::string& range) { return !range.empty(); });
    if (ranges == Ranges::in_rows && any) {
      table.rows.push_back(std::move(below));
    }
  }
  return table;
}

std::size_t widest_table_line(std::string_view text) {
  std::size_t widest = 0;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    widest = std::max(widest, display_width(text.substr(0, length)));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return widest;
}

}  // namespace

std::string spread_table(const std::vector<std::string>& heading, const std::vector<SpreadRow>& rows,
                         std::size_t width) {
  std::string beside = table_of(heading, rows, Ranges::in_cells).text(width);
  return widest_table_line(beside) <= width ? beside : table_of(heading, rows, Ranges::in_rows).text(width);
}

std::string range_text(const std::string& least, const std::string& most) {
  return least == most ? "" : fmt::format("[{}..{}]", least, most);
}

}  // namespace stalemate
