#include "report/bounds.hpp"

#include <cmath>

#include "core/assert.hpp"

namespace stalemate {
namespace {

constexpr double doubt = 0.05;

// The continued fraction of the incomplete beta function, by Lentz's method; quick for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double least = 1e-300;
  constexpr int terms_max = 100'000;
  constexpr double precise_enough = 1e-14;
  const auto away_from_zero = [](double number) { return std::abs(number) < least ? least : number; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int term = 1; term <= terms_max; ++term) {
    const double m = term;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    fraction *= d * c;
    if (std::abs(d * c - 1) < precise_enough) {
      break;
    }
  }
  return fraction;
}

double log_gamma(double x) {
  // std::lgamma writes a global sign; this one does not.
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

// I_x(a, b): the chance that a Beta(a, b) variable is at most x.
double incomplete_beta(double a, double b, double x) {
  if (x <= 0 || x >= 1) {
    return x <= 0 ? 0 : 1;
  }
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) {
    return front * beta_fraction(a, b, x) / a;
  }
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// The x with I_x(a, b) = chance, by bisection: the function rises from 0 to 1.
double incomplete_beta_inverse(double a, double b, double chance) {
  double low = 0;
  double high = 1;
  for (int step = 0; step < 200 && high - low > 1e-15 * high; ++step) {
    const double middle = low + (high - low) / 2;
    (incomplete_beta(a, b, middle) < chance ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

}  // namespace

Bounds share_bounds(std::uint64_t found, std::uint64_t looked_at) {
  STALEMATE_ASSERT(looked_at > 0 && found <= looked_at, "a share is of something and at most all of it");
  const auto hits = static_cast<double>(found);
  const auto misses = static_cast<double>(looked_at - found);
  if (found == 0) {
    return {0, -std::expm1(std::log(doubt) / misses)};
  }
  if (found == looked_at) {
    return {std::exp(std::log(doubt) / hits), 1};
  }
  return {incomplete_beta_inverse(hits, misses + 1, doubt / 2),
          incomplete_beta_inverse(hits + 1, misses, 1 - doubt / 2)};
}

}  // namespace stalemate
