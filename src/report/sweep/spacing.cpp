#include "report/sweep/spacing.hpp"

#include <algorithm>
#include <cmath>

#include "core/assert.hpp"

namespace stalemate {
namespace {

double in_three_digits(double value) {
  if (value == 0) {
    return 0;
  }
  const double step = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
  // A step below 1 is divided by, since its inverse is exact.
  return step < 1 ? std::round(value * std::round(1 / step)) / std::round(1 / step) : std::round(value / step) * step;
}

}  // namespace

double ValueRange::place_of(double value) const {
  STALEMATE_ASSERT(low <= value && value <= high, "a value of the range");
  return spacing == Spacing::by_ratio ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
}

double ValueRange::value_at(double place) const {
  STALEMATE_ASSERT(0 <= place && place <= 1, "a place of the range");
  if (place == 0 || place == 1) {
    return place == 0 ? low : high;
  }
  const double exact = std::clamp(
      spacing == Spacing::by_ratio ? low * std::pow(high / low, place) : low + (high - low) * place, low, high);
  const double whole = is_whole ? std::round(exact) : exact;
  const double brief = is_whole ? std::round(in_three_digits(exact)) : in_three_digits(exact);
  // Rounding must not move a value further than the narrowest ranges are wide.
  const bool is_near = std::abs(brief - exact) <= (high - low) / 200;
  return low < brief && brief < high && is_near ? brief : whole;
}

std::vector<double> ValueRange::values(unsigned count) const {
  STALEMATE_ASSERT(count >= 2, "the ends are two values");
  std::vector<double> all;
  for (unsigned index = 0; index < count; ++index) {
    const double value = value_at(static_cast<double>(index) / (count - 1));
    if (all.empty() || value > all.back()) {
      all.push_back(value);
    }
  }
  return all;
}

}  // namespace stalemate
