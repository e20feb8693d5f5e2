// How long to leave a server alone after it could not be reached.
#pragma once

#include <algorithm>
#include <chrono>

#include "core/types.hpp"

namespace stalemate {

/// The time between attempts to connect: 5 ms after the first failure, doubling up to 1 s.
class Backoff {
 public:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool over() const { return failures_ == 0 || Clock::now() >= until_; }
  void succeeded() { failures_ = 0; }
  void failed() {
    const Nanoseconds wait_ns = std::min(first_ns << std::min(failures_, 8U), longest_ns);
    until_ = Clock::now() + std::chrono::nanoseconds(wait_ns);
    ++failures_;
  }

  static constexpr Nanoseconds first_ns = 5'000'000;
  static constexpr Nanoseconds longest_ns = 1'000'000'000;

 private:
  unsigned failures_ = 0;
  Clock::time_point until_ = {};
};

}  // namespace stalemate
