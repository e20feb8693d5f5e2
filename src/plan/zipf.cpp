#include "plan/zipf.hpp"

#include <algorithm>

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

double harmonic_number(std::uint64_t n, double exponent) {
  constexpr std::uint64_t direct = 64;
  double sum = 0;
  for (std::uint64_t k = 1; k < std::min(n, direct); ++k) {
    sum += power(static_cast<double>(k), -exponent);
  }
  if (n <= direct) {
    return sum + (n == 0 ? 0 : power(static_cast<double>(n), -exponent));
  }
  // From here on the terms `direct` to n: their integral, half of both ends, and two corrections by odd derivatives.
  const auto first = static_cast<double>(direct);
  const auto last = static_cast<double>(n);
  const double rising = exponent * (exponent + 1) * (exponent + 2);
  sum += power_integral(last, exponent) - power_integral(first, exponent);
  sum += (power(first, -exponent) + power(last, -exponent)) / 2;
  sum += exponent * (power(first, -exponent - 1) - power(last, -exponent - 1)) / 12;
  sum -= rising * (power(first, -exponent - 3) - power(last, -exponent - 3)) / 720;
  return sum;
}

ZipfRanks::ZipfRanks(std::uint32_t n, double exponent)
    : n_(static_cast<double>(n)),
      exponent_(exponent),
      area_begin_(integral(1.5) - 1),
      area_end_(integral(n_ + 0.5)),
      sure_distance_(2 - inverse_integral(integral(2.5) - weight(2))) {}

double ZipfRanks::integral(double x) const {
  return power_integral(x, exponent_);
}

double ZipfRanks::inverse_integral(double area) const {
  // Rounding may carry the product to -1 or below for large exponents, where the inverse is beyond every rank.
  const double product = std::max(area * (1 - exponent_), -1 + 1e-15);
  return exponential(std::min(log_ratio(product) * area, 60.0));
}

double ZipfRanks::weight(double x) const {
  return power(x, -exponent_);
}

std::uint32_t ZipfRanks::draw(SeededRandom& random) const {
  for (;;) {
    const double area = area_end_ + random.draw_unit() * (area_begin_ - area_end_);
    const double x = inverse_integral(area);
    const auto rank = static_cast<double>(static_cast<std::uint64_t>(std::clamp(x + 0.5, 1.0, n_)));
    if (rank - x <= sure_distance_ || area >= integral(rank + 0.5) - weight(rank)) {
      return static_cast<std::uint32_t>(rank);
    }
  }
}

}  // namespace stalemate
