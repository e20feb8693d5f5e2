// When the ops of one stream (all reads, or all writes) are wanted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/random.hpp"
#include "core/types.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// Evenly spaced times: the i-th, from 1, is i / rate, rounded to the nearest nanosecond from the exact product, so
/// that the last of 10^8 is as exact as the first. Source: whole and remainder carried from one to the next, as in
/// Bresenham's line.
class ConstantArrivals {
 public:
  /// Requires: a rate that validate takes.
  explicit ConstantArrivals(double rate);
  [[nodiscard]] Nanoseconds next() {
    time_ns_ += whole_ns_;
    carried_ += remainder_;
    if (carried_ >= divisor_) {
      carried_ -= divisor_;
      ++time_ns_;
    }
    return time_ns_;
  }
  /// How many times are at or before `end_ns`, counted from the first. Requires: end_ns >= 0.
  [[nodiscard]] std::uint64_t count_until(Nanoseconds end_ns) const;

 private:
  // The gap is whole_ns_ + remainder_ / divisor_, exactly the reciprocal of the rate.
  Nanoseconds whole_ns_ = 0;
  std::uint64_t remainder_ = 0;
  std::uint64_t divisor_ = 1;
  std::uint64_t carried_ = 0;
  Nanoseconds time_ns_ = 0;
};

/// Times with independent gaps of an exponential distribution, each rounded to the nearest nanosecond.
class PoissonArrivals {
 public:
  PoissonArrivals(double rate, const SeededRandom& random) : mean_gap_ns_(1e9 / rate), random_(random) {}
  [[nodiscard]] Nanoseconds next() {
    if (place_ == gaps_ns_.size()) {
      draw_gaps();
    }
    // Below 24 h a double tells times 0.01 ns apart.
    time_ns_ += gaps_ns_[place_++];
    return static_cast<Nanoseconds>(time_ns_);
  }

 private:
  // Many at once, so that the slow arithmetic of one overlaps that of the next.
  void draw_gaps();

  double mean_gap_ns_;
  double time_ns_ = 0.5;  // half ahead, so that cutting off rounds to the nearest
  SeededRandom random_;
  std::array<double, 64> gaps_ns_ = {};
  std::size_t place_ = gaps_ns_.size();
};

/// One stream as a scenario wants it: times that never fall, at or before its end; `never` from then on.
class ArrivalStream {
 public:
  ArrivalStream(Arrivals arrivals, double rate, Nanoseconds end_ns, const SeededRandom& random)
      : arrivals_(arrivals), end_ns_(end_ns), constant_(rate), poisson_(rate, random) {}
  [[nodiscard]] Nanoseconds next() {
    const Nanoseconds time_ns = arrivals_ == Arrivals::constant ? constant_.next() : poisson_.next();
    return time_ns <= end_ns_ ? time_ns : never;
  }
  /// How many times there are in all, counted without changing the stream. Requires: next() was not called yet.
  [[nodiscard]] std::uint64_t count() const;

 private:
  Arrivals arrivals_;
  Nanoseconds end_ns_;
  ConstantArrivals constant_;
  PoissonArrivals poisson_;
};

}  // namespace stalemate
