#include "plan/key_choice.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/assert.hpp"
#include "plan/streams.hpp"

namespace stalemate {
namespace {

constexpr double golden_section = 0.6180339887498949;

std::uint32_t step_for(std::uint32_t n) {
  auto step = static_cast<std::uint32_t>(std::lround(golden_section * n));
  step = std::max<std::uint32_t>(step, 1);
  while (std::gcd(step, n) != 1) {
    ++step;
  }
  return step;
}

}  // namespace

Scatter::Scatter(std::uint32_t n, std::uint32_t offset)
    : n_(n), step_(step_for(n)), offset_(offset), reciprocal_(~0ULL / n) {}

std::uint32_t hot_key_count(const Scenario& scenario) {
  const auto wanted = static_cast<std::uint32_t>(std::lround(scenario.hotspot_keys * scenario.keys));
  return std::clamp<std::uint32_t>(wanted, 1, scenario.keys - 1);
}

KeyChoice::KeyChoice(const Scenario& scenario, const SeededRandom& reads, const SeededRandom& writes)
    : distribution_(scenario.key_distribution),
      keys_(scenario.keys),
      hot_keys_(hot_key_count(scenario)),
      hot_below_(static_cast<std::uint64_t>(std::ldexp(scenario.hotspot_ops, 32))),
      scatter_(keys_, SeededRandom(scenario.seed, stream::key_places).draw_below(keys_)),
      ranks_(keys_, scenario.zipf_exponent),
      reads_{reads},
      writes_{writes},
      write_base_(SeededRandom(writes).draw()) {}

std::uint32_t KeyChoice::draw_rank(Side& side) const {
  if (side.place == side.ranks.size()) {
    ranks_.draw_batch(side.random, side.ranks);
    side.place = 0;
  }
  return side.ranks[side.place++];
}

Key KeyChoice::draw(Side& side) const {
  SeededRandom& random = side.random;
  switch (distribution_) {
    case KeyDistribution::uniform: return {random.draw_below(keys_)};
    case KeyDistribution::zipfian: return {scatter_(draw_rank(side) - 1)};
    case KeyDistribution::hotspot: {
      const bool is_hot = (random.draw() & 0xffffffffU) < hot_below_;
      const std::uint32_t rank =
          is_hot ? random.draw_below(hot_keys_) : hot_keys_ + random.draw_below(keys_ - hot_keys_);
      return {scatter_(rank)};
    }
    case KeyDistribution::latest: break;
  }
  STALEMATE_ASSERT(false, "of_read and of_write know the latest keys");
}

Key KeyChoice::of_read(std::uint32_t writes_before) {
  if (distribution_ == KeyDistribution::latest) {
    return written_key(static_cast<std::int64_t>(writes_before) - draw_rank(reads_));
  }
  return draw(reads_);
}

Key KeyChoice::of_write(std::uint32_t write) {
  return distribution_ == KeyDistribution::latest ? written_key(write) : draw(writes_);
}

Key KeyChoice::written_key(std::int64_t write) const {
  // A hash of the write's number, so that the past needs no memory.
  const std::uint64_t bits = mix_bits(write_base_ + static_cast<std::uint64_t>(write) * 0x9e3779b97f4a7c15ULL);
  return {static_cast<std::uint32_t>(((bits >> 32U) * keys_) >> 32U)};
}

}  // namespace stalemate
