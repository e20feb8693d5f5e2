#include "report/page/sweep_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/text/printable.hpp"
#include "report/sweep/sweep_text.hpp"

namespace stalemate {
namespace {

using PageJson = nlohmann::ordered_json;

constexpr unsigned sweep_words_columns = 100;

// From which value to which the figure went, and where.
std::string extent_sentence(const SweepResults& results, std::size_t figure) {
  const SweepPoint* least = nullptr;
  const SweepPoint* most = nullptr;
  const auto median = [&](const SweepPoint& point) { return spread_of(point, figure)->median; };
  for (const SweepPoint& point : results.points) {
    if (spread_of(point, figure)) {
      least = least == nullptr || median(point) < median(*least) ? &point : least;
      most = most == nullptr || median(point) > median(*most) ? &point : most;
    }
  }
  const SweptFigure& about = results.figures[figure];
  if (least == nullptr) {
    return fmt::format("Nothing was measured of {}.", about.name);
  }
  const std::string low = figure_text(median(*least), about.kind);
  const std::string high = figure_text(median(*most), about.kind);
  return low == high ? fmt::format("{} was {} wherever it was measured.", about.name, low)
                     : fmt::format("{} was between {} (at {}) and {} (at {}).", about.name, low,
                                   point_name(results, *least), high, point_name(results, *most));
}

bool is_answered(const SweepSearch& search) {
  return search.boundary == Boundary::largest || search.boundary == Boundary::smallest;
}

bool is_whole(const SweepResults& results) {
  const bool is_cut_short = results.search && results.search->is_cut_short;
  return !results.interrupted && !results.is_over_budget && !is_cut_short && points_incomplete(results) == 0;
}

// "good" or "warn", as of other pages; "" where a figure was measured and nothing was asked of it.
std::string_view sweep_tone(const SweepResults& results) {
  if (results.search) {
    return is_answered(*results.search) && is_whole(results) ? "good" : "warn";
  }
  return is_whole(results) ? "" : "warn";
}

}  // namespace

Page sweep_page(const SweepResults& results, const std::string& generator) {
  std::vector<std::string> paragraphs = sweep_paragraphs(results);
  std::string sentence = extent_sentence(results, 0);
  if (results.search) {
    sentence = paragraphs.front();
    paragraphs.erase(paragraphs.begin());
  }
  const std::string title = "Sweep: " + results.scenario;
  std::vector<std::string> names;
  std::ranges::transform(results.points, std::back_inserter(names),
                         [&](const SweepPoint& point) { return point_name(results, point); });
  const PageJson data = {{"title", title},
                         {"heading", sweep_heading(results)},
                         {"question", results.question},
                         {"sentence", sentence},
                         {"tone", sweep_tone(results)},
                         {"whole", is_whole(results)},
                         {"paragraphs", paragraphs},
                         {"names", names},
                         {"sweep", PageJson::parse(to_json(results))}};
  return {.title = printable(title),
          .kind = "sweep",
          .data_json = data.dump(-1, ' ', false, PageJson::error_handler_t::replace),
          .words = printable_lines(sweep_text(results, sweep_words_columns)),
          .generator = generator};
}

}  // namespace stalemate
