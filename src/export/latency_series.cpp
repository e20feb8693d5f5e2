#include "export/latency_series.hpp"

#include <algorithm>

namespace stalemate {

std::optional<LatencySeries> latency_series_named(std::string_view name) {
  const auto* const place = std::ranges::find(latency_series, name, &LatencySeries::name);
  return place == latency_series.end() ? std::nullopt : std::optional(*place);
}

}  // namespace stalemate
