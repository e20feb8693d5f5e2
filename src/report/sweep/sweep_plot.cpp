#include "report/sweep/sweep_plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "report/words/text_table.hpp"
#include "report/words/words.hpp"

namespace stalemate {
namespace {

constexpr std::size_t plot_rows = 11;
constexpr std::size_t plot_columns_max = 72;
constexpr std::size_t plot_columns_min = 16;
constexpr std::string_view shades = ".:-=+*#%@";
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// Cells of a plot, the first row at the top.
class PlotCanvas {
 public:
  PlotCanvas(std::size_t columns, DrawnExtent extent) : extent_(extent), rows_(plot_rows, std::string(columns, ' ')) {}

  [[nodiscard]] std::size_t column_of(double place) const {
    return static_cast<std::size_t>(std::lround(place * static_cast<double>(rows_.front().size() - 1)));
  }
  void mark(std::size_t column, double value, char sign) {
    char& cell = rows_[row_of(value)][column];
    cell = cell != ' ' && cell != '|' && cell != sign ? '#' : sign;
  }
  void bar(std::size_t column, double low, double high) {
    for (std::size_t row = row_of(high); row <= row_of(low); ++row) {
      rows_[row][column] = '|';
    }
  }
  [[nodiscard]] const std::vector<std::string>& rows() const { return rows_; }

 private:
  [[nodiscard]] std::size_t row_of(double value) const {
    return static_cast<std::size_t>(std::lround((1 - extent_.place_of(value)) * (plot_rows - 1)));
  }
  DrawnExtent extent_;
  std::vector<std::string> rows_;
};

void draw_points(PlotCanvas& canvas, const SweepResults& results, std::size_t figure) {
  const SweepAxis& axis = results.axes.front();
  const ValueRange range = {.low = axis.values.front(), .high = axis.values.back(), .spacing = axis.spacing};
  for (const SweepPoint& point : results.points) {
    const std::size_t column = canvas.column_of(range.place_of(axis.values[point.at.front()]));
    const std::optional<Spread> spread = spread_of(point, figure);
    if (spread && spread->min != spread->max) {
      canvas.bar(column, spread->min, spread->max);
    }
    if (spread) {
      canvas.mark(column, spread->median, '*');
    }
    if (const std::optional<double> predicted = predicted_of(point, figure)) {
      canvas.mark(column, *predicted, 'o');
    }
  }
}

std::string without_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// The axis below a plot, its ends and its name.
std::string foot(const SweepAxis& axis, std::size_t indent, std::size_t columns) {
  const std::string& low = axis.texts.front();
  const std::string high(axis.texts.back());
  const std::string name = name_with_unit(axis) + (axis.spacing == Spacing::by_ratio ? ", by ratio" : "");
  const std::size_t used = low.size() + high.size();
  const std::string between = name.size() + 4 + used <= columns ? name : std::string();
  const std::size_t room = columns > used + between.size() ? columns - used - between.size() : 1;
  const std::string spaces(room / 2, ' ');
  std::string lines = std::string(indent - 1, ' ') + "+" + std::string(columns, '-') + "\n";
  lines += without_end(std::string(indent, ' ') + low + spaces + between + std::string(room - room / 2, ' ') + high);
  return between.empty() ? lines + wrap(name, indent + columns) : lines;
}

bool has_predictions(const SweepResults& results, std::size_t figure) {
  return std::ranges::any_of(results.points, [&](const SweepPoint& p) { return predicted_of(p, figure).has_value(); });
}

std::string legend(const SweepResults& results, std::size_t figure) {
  const bool repeated = std::ranges::any_of(results.points, [](const SweepPoint& p) { return p.runs.size() > 1; });
  std::string words = repeated ? "* median, | lowest to highest" : "* measured";
  return words + (has_predictions(results, figure) ? ", o predicted, # both" : "");
}

// The map's cells: a text and a mark, of what `value` gives for each point.
template <class Value>
std::string map_of(const SweepResults& results, std::size_t figure, const DrawnExtent& extent, Value value) {
  const SweepAxis& down = results.axes[0];
  const SweepAxis& across = results.axes[1];
  TextTable table;
  table.rows.push_back({down.name + " \\ " + across.name});
  table.rows.front().insert(table.rows.front().end(), across.texts.begin(), across.texts.end());
  for (const std::string& text : down.texts) {
    table.rows.emplace_back(across.texts.size() + 1, "-  ").front() = text;
  }
  for (const SweepPoint& point : results.points) {
    if (const std::optional<double> number = value(point)) {
      const auto shade =
          static_cast<std::size_t>(extent.place_of(*number) * static_cast<double>(shades.size() - 1) + 0.5);
      table.rows[point.at[0] + 1][point.at[1] + 1] =
          figure_text(*number, results.figures[figure].kind) + " " + shades[shade];
    }
  }
  return table.text(no_limit);
}

}  // namespace

std::size_t widest_line(std::string_view lines) {
  std::size_t widest = 0;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    widest = std::max(widest, display_width(lines.substr(0, end)));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return widest;
}

std::string curve_plot(const SweepResults& results, std::size_t figure, std::size_t width) {
  const DrawnExtent extent = drawn_extent_of(results, figure);
  const auto drawn = std::ranges::count_if(
      results.points, [&](const SweepPoint& p) { return spread_of(p, figure) || predicted_of(p, figure); });
  if (drawn < 2 || results.axes.front().values.size() < 2) {
    return {};
  }
  const std::string_view kind = results.figures[figure].kind;
  const bool is_flat = extent.low == extent.high;
  const std::string low = is_flat ? "" : figure_text(extent.low, kind);
  const std::string high = is_flat ? "" : figure_text(extent.high, kind);
  const std::string middle = is_flat ? figure_text(extent.low, kind) : "";
  const std::size_t label = std::max({display_width(low), display_width(high), display_width(middle)});
  if (width < label + 2 + plot_columns_min) {
    return {};
  }
  const std::size_t columns = std::min(width - label - 2, plot_columns_max);
  PlotCanvas canvas(columns, extent);
  draw_points(canvas, results, figure);
  std::string lines = std::string(cut_to_width(name_with_unit(results.figures[figure]), width)) + "\n";
  for (std::size_t row = 0; row < plot_rows; ++row) {
    const std::string& words = row == 0 ? high : row + 1 == plot_rows ? low : row == plot_rows / 2 ? middle : "";
    lines += without_end(align_right(words, label) + " |" + canvas.rows()[row]);
  }
  return lines + foot(results.axes.front(), label + 2, columns) + wrap(legend(results, figure), width);
}

std::string heat_map(const SweepResults& results, std::size_t figure, std::size_t width) {
  const DrawnExtent extent = drawn_extent_of(results, figure);
  if (!(extent.low <= extent.high)) {
    return {};
  }
  const std::string name = name_with_unit(results.figures[figure]);
  std::string lines = name + ", measured\n" + map_of(results, figure, extent, [&](const SweepPoint& point) {
                        const std::optional<Spread> spread = spread_of(point, figure);
                        return spread ? std::optional(spread->median) : std::nullopt;
                      });
  if (has_predictions(results, figure)) {
    lines += "\n" + name + ", predicted\n" +
             map_of(results, figure, extent, [&](const SweepPoint& point) { return predicted_of(point, figure); });
  }
  const std::string_view kind = results.figures[figure].kind;
  lines += "\n" + wrap(std::string("from ") + shades.front() + " (" + figure_text(extent.low, kind) + ") to " +
                           shades.back() + " (" + figure_text(extent.high, kind) + ")",
                       width);
  return widest_line(lines) > width ? std::string() : lines;
}

}  // namespace stalemate
