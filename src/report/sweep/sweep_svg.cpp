#include "report/sweep/sweep_svg.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/text/printable.hpp"
#include "report/sweep/sweep_text.hpp"

namespace stalemate {
namespace {

constexpr double picture_width = 720;
constexpr double picture_height = 400;
constexpr double picture_left = 96;
constexpr double picture_right = 24;
constexpr double picture_top = 84;
constexpr double picture_bottom = 64;
constexpr double plot_width = picture_width - picture_left - picture_right;
constexpr double plot_height = picture_height - picture_top - picture_bottom;

// Colours that have enough contrast on both backgrounds.
constexpr std::string_view picture_style = R"(<style>
svg { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color-scheme: light dark }
.back { fill: #ffffff } text { fill: #1f2328 } .head { font-size: 15px; font-weight: 600 } .faint { fill: #59636e }
.grid { stroke: #d1d9e0 } .axis { stroke: #59636e }
.measured { stroke: #0969da; stroke-width: 2; fill: none } .dot { fill: #0969da }
.predicted { stroke: #bc4c00; stroke-width: 2; stroke-dasharray: 6 4; fill: none }
.ring { stroke: #bc4c00; stroke-width: 2; fill: none } .cell { fill: #54aeff; stroke: #d1d9e0 }
@media (prefers-color-scheme: dark) {
.back { fill: #0d1117 } text { fill: #f0f6fc } .faint { fill: #9198a1 }
.grid { stroke: #3d444d } .axis { stroke: #9198a1 }
.measured { stroke: #4493f8 } .dot { fill: #4493f8 } .predicted, .ring { stroke: #f0883e }
.cell { fill: #1f6feb; stroke: #3d444d }
}
</style>
)";

std::string xml_escaped(std::string_view text) {
  std::string safe;
  for (const char letter : printable(text)) {
    switch (letter) {
      case '&': safe += "&amp;"; break;
      case '<': safe += "&lt;"; break;
      case '>': safe += "&gt;"; break;
      case '"': safe += "&quot;"; break;
      case '\'': safe += "&apos;"; break;
      default: safe += letter;
    }
  }
  return safe;
}

// A text whose anchor is "start", "middle" or "end".
std::string text_at(double x, double y, std::string_view words, std::string_view anchor = "start",
                    std::string_view style_class = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor,
                     style_class.empty() ? std::string() : fmt::format(" class=\"{}\"", style_class),
                     xml_escaped(words));
}

std::string line_at(double x1, double y1, double x2, double y2, std::string_view style_class) {
  return fmt::format(
      "<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" "
      "y2=\"{:.1f}\" class=\"{}\"/>\n",
      x1, y1, x2, y2, style_class);
}

std::string title_of(const SweepResults& results, std::size_t figure) {
  std::string axes;
  for (const SweepAxis& axis : results.axes) {
    axes += (axes.empty() ? "" : " and ") + axis.name;
  }
  return fmt::format("{}: {} over {}", results.scenario, results.figures[figure].name, axes);
}

std::string subtitle_of(const SweepResults& results) {
  std::string servers;
  for (const std::string& engine : results.engines) {
    servers += (servers.empty() ? " on " : " and ") + engine;
  }
  return results.pattern + servers;
}

std::string description_of(const SweepResults& results, std::size_t figure) {
  std::string words = title_of(results, figure) + ", " + subtitle_of(results) + ".";
  const std::string& kind = results.figures[figure].kind;
  for (const SweepPoint& point : results.points) {
    const std::optional<Spread> spread = spread_of(point, figure);
    const std::optional<double> predicted = predicted_of(point, figure);
    words += fmt::format(" At {}: {}{}.", point_name(results, point),
                         spread ? figure_text(spread->median, kind) : std::string("not measured"),
                         predicted ? fmt::format(", predicted {}", figure_text(*predicted, kind)) : std::string());
  }
  return words;
}

/// From 0, or from below it, to a little above the greatest value, in steps of
/// 1, 2 or 5 times a power of ten.
struct ValueScale {
  double low = 0;
  double high = 1;
  double step = 0.5;

  [[nodiscard]] double y_of(double value) const { return picture_top + plot_height * (high - value) / (high - low); }
};

ValueScale scale_for(const DrawnExtent& extent) {
  constexpr double lines_wanted = 5;
  const double low = std::min(extent.low, 0.0);
  const double span = extent.high > low ? extent.high - low : 1;
  const double power = std::pow(10, std::floor(std::log10(span / lines_wanted)));
  double step = power * 10;
  for (const double digit : {5.0, 2.0, 1.0}) {
    step = span / (power * digit) <= lines_wanted + 1 ? power * digit : step;
  }
  // The highest point has its figure above it.
  constexpr double room = 0.35;
  const double high = (std::floor(extent.high / step + room) + 1) * step;
  return {.low = std::floor(low / step) * step, .high = high, .step = step};
}

/// Where things are in a curve's picture.
struct CurveFrame {
  const SweepResults& results;
  std::size_t figure;
  ValueScale scale;

  [[nodiscard]] const SweepAxis& axis() const { return results.axes.front(); }
  [[nodiscard]] double x_of(const SweepPoint& point) const {
    constexpr double margin = 24;
    const std::vector<double>& values = axis().values;
    if (values.size() < 2) {
      return picture_left + plot_width / 2;
    }
    const ValueRange range = {.low = values.front(), .high = values.back(), .spacing = axis().spacing};
    return picture_left + margin + (plot_width - 2 * margin) * range.place_of(values[point.at.front()]);
  }
};

std::string frame_lines(const CurveFrame& frame) {
  std::string marks;
  const ValueScale& scale = frame.scale;
  const auto lines = static_cast<int>(std::lround((scale.high - scale.low) / scale.step));
  for (int line = 0; line <= lines; ++line) {
    const double value = scale.low + line * scale.step;
    marks += line_at(picture_left, scale.y_of(value), picture_width - picture_right, scale.y_of(value), "grid");
    marks += text_at(picture_left - 8, scale.y_of(value) + 4,
                     figure_text(value, frame.results.figures[frame.figure].kind), "end", "faint");
  }
  double last_x = -std::numeric_limits<double>::infinity();
  for (const SweepPoint& point : frame.results.points) {
    constexpr double room = 48;
    const double x = frame.x_of(point);
    marks += line_at(x, picture_top + plot_height, x, picture_top + plot_height + 5, "axis");
    if (x - last_x >= room) {
      marks += text_at(x, picture_top + plot_height + 20, frame.axis().texts[point.at.front()], "middle", "faint");
      last_x = x;
    }
  }
  marks += line_at(picture_left, picture_top + plot_height, picture_width - picture_right, picture_top + plot_height,
                   "axis");
  const std::string ratio = frame.axis().spacing == Spacing::by_ratio ? ", equal steps are equal ratios" : "";
  return marks +
         text_at(picture_left + plot_width / 2, picture_height - 16, name_with_unit(frame.axis()) + ratio, "middle") +
         text_at(picture_left - 64, picture_top - 14, name_with_unit(frame.results.figures[frame.figure]));
}

std::string path_of(const std::vector<std::pair<double, double>>& corners, std::string_view style_class) {
  std::string list;
  for (const auto& [x, y] : corners) {
    list += fmt::format("{}{:.1f},{:.1f}", list.empty() ? "" : " ", x, y);
  }
  return fmt::format("<polyline points=\"{}\" class=\"{}\"/>\n", list, style_class);
}

std::string curves(const CurveFrame& frame) {
  std::vector<std::pair<double, double>> measured;
  std::vector<std::pair<double, double>> predicted;
  std::string marks;
  const std::string& kind = frame.results.figures[frame.figure].kind;
  for (const SweepPoint& point : frame.results.points) {
    const double x = frame.x_of(point);
    double highest = picture_height;  // of what is drawn here; the words stand above it
    if (const std::optional<double> value = predicted_of(point, frame.figure)) {
      predicted.emplace_back(x, frame.scale.y_of(*value));
      highest = predicted.back().second - 4;
      marks +=
          fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\" class=\"ring\"/>\n", x, predicted.back().second);
    }
    if (const std::optional<Spread> spread = spread_of(point, frame.figure)) {
      const double y = frame.scale.y_of(spread->median);
      measured.emplace_back(x, y);
      highest = std::min(highest, frame.scale.y_of(spread->max));
      marks += line_at(x, frame.scale.y_of(spread->max), x, frame.scale.y_of(spread->min), "measured");
      marks +=
          fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" class=\"dot\"><title>{}: {}</title></circle>\n", x,
                      y, xml_escaped(point_name(frame.results, point)), xml_escaped(figure_text(spread->median, kind)));
      marks += text_at(x, highest - 10, figure_text(spread->median, kind), "middle");
    }
  }
  return (predicted.empty() ? std::string() : path_of(predicted, "predicted")) +
         (measured.empty() ? std::string() : path_of(measured, "measured")) + marks;
}

std::string key_of(bool has_predictions, bool is_repeated) {
  const double y = picture_top - 18;
  double x = picture_width - picture_right - (has_predictions ? 300 : 170);
  std::string marks = line_at(x, y, x + 28, y, "measured") +
                      fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" class=\"dot\"/>\n", x + 14, y) +
                      text_at(x + 36, y + 4, is_repeated ? "measured, median" : "measured");
  if (has_predictions) {
    x += 168;
    marks += line_at(x, y, x + 28, y, "predicted") + text_at(x + 36, y + 4, "plan predicts");
  }
  return marks;
}

std::string curve_body(const SweepResults& results, std::size_t figure) {
  const DrawnExtent extent = drawn_extent_of(results, figure);
  if (!(extent.low <= extent.high)) {
    return text_at(picture_width / 2, picture_height / 2, "nothing was measured", "middle");
  }
  const CurveFrame frame = {.results = results, .figure = figure, .scale = scale_for(extent)};
  const bool has_predictions =
      std::ranges::any_of(results.points, [&](const SweepPoint& p) { return predicted_of(p, figure).has_value(); });
  const bool is_repeated = std::ranges::any_of(results.points, [](const SweepPoint& p) { return p.runs.size() > 1; });
  return frame_lines(frame) + curves(frame) + key_of(has_predictions, is_repeated);
}

std::string map_cell(const SweepResults& results, std::size_t figure, const SweepPoint& point,
                     const DrawnExtent& extent) {
  const double width = plot_width / static_cast<double>(results.axes[1].values.size());
  const double height = plot_height / static_cast<double>(results.axes[0].values.size());
  const double x = picture_left + width * static_cast<double>(point.at[1]);
  const double y = picture_top + height * static_cast<double>(point.at[0]);
  const std::optional<Spread> spread = spread_of(point, figure);
  const std::optional<double> predicted = predicted_of(point, figure);
  const std::string& kind = results.figures[figure].kind;
  const double darkness = !spread ? 0
                          : extent.high > extent.low
                              ? 0.1 + 0.7 * (spread->median - extent.low) / (extent.high - extent.low)
                              : 0.4;
  std::string marks = fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
      "fill-opacity=\"{:.2f}\" class=\"cell\"/>\n",
      x, y, width, height, darkness);
  marks += text_at(x + width / 2, y + height / 2 + (predicted ? -2 : 4),
                   spread ? figure_text(spread->median, kind) : "not measured", "middle");
  return predicted
             ? marks + text_at(x + width / 2, y + height / 2 + 14, "plan: " + figure_text(*predicted, kind), "middle")
             : marks;
}

std::string map_body(const SweepResults& results, std::size_t figure) {
  const DrawnExtent extent = drawn_extent_of(results, figure);
  std::string marks;
  for (const SweepPoint& point : results.points) {
    marks += map_cell(results, figure, point, extent);
  }
  const SweepAxis& down = results.axes[0];
  const SweepAxis& across = results.axes[1];
  for (std::size_t row = 0; row < down.texts.size(); ++row) {
    const double height = plot_height / static_cast<double>(down.texts.size());
    marks += text_at(picture_left - 8, picture_top + height * (static_cast<double>(row) + 0.5) + 4, down.texts[row],
                     "end", "faint");
  }
  for (std::size_t column = 0; column < across.texts.size(); ++column) {
    const double width = plot_width / static_cast<double>(across.texts.size());
    marks += text_at(picture_left + width * (static_cast<double>(column) + 0.5), picture_top + plot_height + 20,
                     across.texts[column], "middle", "faint");
  }
  return marks + text_at(picture_left + plot_width / 2, picture_height - 16, name_with_unit(across), "middle") +
         text_at(picture_left - 64, picture_top - 14,
                 "down: " + name_with_unit(down) + "; in the cells: " + name_with_unit(results.figures[figure]) +
                     ", measured");
}

}  // namespace

std::string sweep_svg(const SweepResults& results, std::size_t figure) {
  std::string picture = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
      "{0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "role=\"img\" aria-labelledby=\"title description\">\n",
      picture_width, picture_height);
  picture += fmt::format("<title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n",
                         xml_escaped(title_of(results, figure)), xml_escaped(description_of(results, figure)));
  picture += picture_style;
  picture += fmt::format("<rect width=\"{:.0f}\" height=\"{:.0f}\" class=\"back\"/>\n", picture_width, picture_height);
  picture += text_at(picture_left - 64, 28, title_of(results, figure), "start", "head");
  picture += text_at(picture_left - 64, 48, subtitle_of(results), "start", "faint");
  picture += results.axes.size() == 2 ? map_body(results, figure) : curve_body(results, figure);
  return picture + "</svg>\n";
}

}  // namespace stalemate
