// Chance from a seed: the same on every machine.
#pragma once

#include <cstdint>

#include "core/pattern/ports.hpp"

namespace stalemate {

/// A bijection of 64 bits that spreads every input bit over the output.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (SplitMix64's finaliser).
[[nodiscard]] constexpr std::uint64_t mix_bits(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31U);
}

/// SplitMix64: period 2^64, every seed is good. Different `stream`s of a seed are independent for our purposes.
/// Source: as mix_bits.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed, std::uint64_t stream = 0)
      : state_(mix_bits(seed + 0x9e3779b97f4a7c15ULL) ^ mix_bits(stream * 0xd1342543de82ef95ULL + 1)) {}

  std::uint64_t next() override { return draw(); }

  /// As next(), without the virtual call.
  std::uint64_t draw() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix_bits(state_);
  }
  /// Uniform in [0, 1), 53 bits.
  double draw_unit() { return static_cast<double>(draw() >> 11U) * 0x1.0p-53; }
  /// Uniform in [0, bound). Requires: bound > 0. Bias below 2^-32.
  std::uint32_t draw_below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(((draw() >> 32U) * static_cast<std::uint64_t>(bound)) >> 32U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace stalemate
