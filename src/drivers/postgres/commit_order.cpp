#include "drivers/postgres/commit_order.hpp"
#include "core/text/number_text.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace stalemate {

std::optional<Version> version_of_wal_position(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto upper = parse_number<std::uint32_t>(text.substr(0, slash), 16);
  const auto lower = parse_number<std::uint32_t>(text.substr(slash + 1), 16);
  if (!upper || !lower || (*upper == 0 && *lower == 0)) {
    return std::nullopt;
  }
  return (static_cast<Version>(*upper) << 32U) | *lower;
}

std::optional<Version> version_of_logical_timestamp(std::string_view text) {
  constexpr std::size_t count_digits = 10;
  constexpr std::uint64_t count_max = 7;
  constexpr std::uint64_t wall_max = std::numeric_limits<Version>::max() >> 3U;
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto wall = parse_number<std::uint64_t>(text.substr(0, point));
  std::uint64_t count = 0;
  if (point < text.size()) {
    const std::string_view digits = text.substr(point + 1);
    const auto parsed = parse_number<std::uint64_t>(digits);
    if (!parsed || digits.size() != count_digits) {
      return std::nullopt;
    }
    count = *parsed;
  }
  if (!wall || *wall == 0 || *wall > wall_max) {
    return std::nullopt;
  }
  return (*wall << 3U) | std::min(count, count_max);
}

}  // namespace stalemate
