// Logarithm and exponential from +, -, *, / alone, so that a plan is the same on every machine: a C library's last bits
// depend on its version and on the processor.
#pragma once

#include <bit>
#include <cstdint>

namespace stalemate {

inline constexpr double log_of_2 = 0.6931471805599453094;

/// ln x, to within 4e-16 times max(1, |ln x|). Requires: x is positive, normal and finite.
/// Source: ln m = 2 artanh((m - 1) / (m + 1)), the series of artanh cut after its tenth term.
[[nodiscard]] inline double natural_log(double x) {
  constexpr std::uint64_t mantissa_mask = (1ULL << 52U) - 1;
  constexpr std::uint64_t root_half_mantissa = 0x6a09e667f3bcdULL;  // of sqrt 2
  const auto bits = std::bit_cast<std::uint64_t>(x);
  const std::uint64_t mantissa = bits & mantissa_mask;
  // m lies in (sqrt 1/2, sqrt 2], which makes the series short.
  const std::uint64_t halve = mantissa > root_half_mantissa ? 1 : 0;
  const double m = std::bit_cast<double>(mantissa | ((1023 - halve) << 52U));
  const auto exponent = static_cast<double>(static_cast<std::int64_t>((bits >> 52U) + halve) - 1023);
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  // Terms in pairs, so that the processor works on them side by side.
  const double low = (1 + z / 3) + z2 * (1.0 / 5 + z * (1.0 / 7));
  const double middle = (1.0 / 9 + z * (1.0 / 11)) + z2 * (1.0 / 13 + z * (1.0 / 15));
  const double high = 1.0 / 17 + z * (1.0 / 19);
  return exponent * log_of_2 + 2 * s * (low + z4 * (middle + z4 * high));
}

/// e^x, to within 1e-15 of itself. Requires: -700 <= x <= 700.
/// Source: x = k ln 2 + r with |r| <= ln 2 / 2, the series of e^r cut after its fourteenth term.
[[nodiscard]] inline double exponential(double x) {
  constexpr double log_of_2_high = 0x1.62e42fee00000p-1;  // 33 bits of ln 2: k times it is exact
  constexpr double log_of_2_low = 0x1.a39ef35793c76p-33;
  const double turns = x * (1 / log_of_2);
  const auto k = static_cast<std::int64_t>(turns + (turns >= 0 ? 0.5 : -0.5));
  const double r = (x - static_cast<double>(k) * log_of_2_high) - static_cast<double>(k) * log_of_2_low;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double r8 = r4 * r4;
  const double first = (1 + r) + r2 * (1.0 / 2 + r * (1.0 / 6));
  const double second = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
  const double third = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
  const double fourth = 1.0 / 479001600 + r * (1.0 / 6227020800);
  const double power = first + r4 * second + r8 * (third + r4 * fourth);
  return power * std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52U);
}

/// ln(1 + t) / t, 1 at t = 0. Requires: t > -1.
[[nodiscard]] inline double log_ratio(double t) {
  if (t < 1e-5 && t > -1e-5) {
    return 1 - t * (1.0 / 2 - t * (1.0 / 3 - t * (1.0 / 4)));
  }
  return natural_log(1 + t) / t;
}

/// (e^t - 1) / t, 1 at t = 0. Requires: -700 <= t <= 700.
[[nodiscard]] inline double exponential_ratio(double t) {
  if (t < 1e-5 && t > -1e-5) {
    return 1 + t * (1.0 / 2 + t * (1.0 / 6 + t * (1.0 / 24)));
  }
  return (exponential(t) - 1) / t;
}

}  // namespace stalemate
