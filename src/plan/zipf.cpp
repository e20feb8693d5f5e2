#include "plan/zipf.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "plan/real_math.hpp"

namespace stalemate {
namespace {

double power(double base, double exponent) {
  return exponential(exponent * natural_log(base));
}

// The integral of x^-exponent from 1 to x; a logarithm where the exponent is 1.
double power_integral(double x, double exponent) {
  const double log_x = natural_log(x);
  return exponential_ratio((1 - exponent) * log_x) * log_x;
}

}  // namespace

ZipfRanks::ZipfRanks(std::uint32_t n, double exponent)
    : n_(static_cast<double>(n)),
      exponent_(exponent),
      one_less_exponent_(1 - exponent),
      inverse_one_less_exponent_(std::abs(1 - exponent) < 1e-4 ? 0 : 1 / (1 - exponent)),
      area_begin_(integral(1.5) - 1),
      area_end_(integral(n_ + 0.5)) {
  // No point lies as far below rank 1 as to be refused.
  sure_distances_[1] = 1;
  double least = 0;
  for (std::size_t bits = 2; bits < sure_distances_.size(); ++bits) {
    const double rank = std::ldexp(1.0, static_cast<int>(bits) - 1);
    const double distance = rank - inverse_integral(integral(rank + 0.5) - weight(rank));
    // The margin allows for rounding, which matters only for ranks with a probability below 10^-13.
    least = std::clamp(distance - 1e-6, least, 0.5);
    sure_distances_[bits] = least;
  }
}

double ZipfRanks::integral(double x) const {
  return power_integral(x, exponent_);
}

double ZipfRanks::inverse_integral(double area) const {
  // Rounding may carry the product to -1 or below for large exponents, where the inverse is beyond every rank.
  const double product = std::max(area * one_less_exponent_, -1 + 1e-15);
  const double log_x = inverse_one_less_exponent_ == 0 ? log_ratio(product) * area
                                                       : natural_log(1 + product) * inverse_one_less_exponent_;
  return exponential(std::min(log_x, 60.0));
}

double ZipfRanks::weight(double x) const {
  return power(x, -exponent_);
}

std::uint32_t ZipfRanks::accepted_rank(double x, double area) const {
  const auto rank = static_cast<std::uint32_t>(std::clamp(x + 0.5, 1.0, n_));
  const auto place = static_cast<double>(rank);
  const double sure_distance = sure_distances_[static_cast<std::size_t>(std::bit_width(rank))];
  return place - x <= sure_distance || area >= integral(place + 0.5) - weight(place) ? rank : 0;
}

std::uint32_t ZipfRanks::draw(SeededRandom& random) const {
  for (;;) {
    const double area = area_end_ + random.draw_unit() * (area_begin_ - area_end_);
    const std::uint32_t rank = accepted_rank(inverse_integral(area), area);
    if (rank != 0) {
      return rank;
    }
  }
}

void ZipfRanks::draw_batch(SeededRandom& random, std::array<std::uint32_t, batch_size>& ranks) const {
  // The slow arithmetic of one draw overlaps that of the next, as long as no branch depends on it.
  std::array<double, batch_size> areas;
  std::array<double, batch_size> points;
  for (std::size_t place = 0; place < batch_size; ++place) {
    areas[place] = area_end_ + random.draw_unit() * (area_begin_ - area_end_);
    points[place] = inverse_integral(areas[place]);
  }
  for (std::size_t place = 0; place < batch_size; ++place) {
    const std::uint32_t rank = accepted_rank(points[place], areas[place]);
    ranks[place] = rank != 0 ? rank : draw(random);
  }
}

}  // namespace stalemate
