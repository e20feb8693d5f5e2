// Zipf's law over ranks 1 to n: rank k has weight k^-exponent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/random.hpp"

namespace stalemate {

/// Draws ranks exactly by the law, in constant expected time (below 1.2 tries a draw) and memory.
/// Source: Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete distributions", ACM
/// TOMACS 6(3), 1996. (Gray et al.'s inversion of 1994, known from YCSB, is exact for the first two ranks only and
/// needs an exponent below 1.)
class ZipfRanks {
 public:
  /// Requires: n >= 1, 0 < exponent <= 4.
  ZipfRanks(std::uint32_t n, double exponent);
  /// From 1 to n.
  [[nodiscard]] std::uint32_t draw(SeededRandom& random) const;

  static constexpr std::size_t batch_size = 64;
  /// Several draws at once, which takes a third of the time.
  void draw_batch(SeededRandom& random, std::array<std::uint32_t, batch_size>& ranks) const;

 private:
  // The integral of x^-exponent from 1 to x, its inverse, and x^-exponent itself.
  [[nodiscard]] double integral(double x) const;
  [[nodiscard]] double inverse_integral(double area) const;
  [[nodiscard]] double weight(double x) const;
  // The rank next to x, if the point (x, area) falls to it; else 0.
  [[nodiscard]] std::uint32_t accepted_rank(double x, double area) const;

  double n_;
  double exponent_;
  double one_less_exponent_;
  double inverse_one_less_exponent_;  // 0 where the exponent is 1 or too near to divide by the difference
  double area_begin_;
  double area_end_;
  // A point at most this far below its rank is accepted without the weight being computed; by the rank's bit count.
  // The distance at which points are refused grows with the rank, so the least rank of each count speaks for all.
  std::array<double, 33> sure_distances_ = {};
};

}  // namespace stalemate
