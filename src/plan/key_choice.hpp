// Which key an op is for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/random.hpp"
#include "core/types.hpp"
#include "plan/zipf.hpp"
#include "scenario/scenario.hpp"

namespace stalemate {

/// A bijection of 0 to n - 1 that moves neighbours far apart, so that hot ranks are spread over the table.
/// Source: rank * step + offset mod n, the step near n times the golden section and prime to n: any few successive
/// ranks divide the range about evenly (the three-distance theorem).
class Scatter {
 public:
  /// Requires: 1 <= n <= 2^24.
  Scatter(std::uint32_t n, std::uint32_t offset);
  /// Requires: rank < n.
  [[nodiscard]] std::uint32_t operator()(std::uint32_t rank) const {
    // Barrett's reduction: the quotient is right or one too small.
    __extension__ using Wide = unsigned __int128;
    const std::uint64_t x = static_cast<std::uint64_t>(rank) * step_ + offset_;
    const auto quotient = static_cast<std::uint64_t>((static_cast<Wide>(x) * reciprocal_) >> 64U);
    const std::uint64_t rest = x - quotient * n_;
    return static_cast<std::uint32_t>(rest >= n_ ? rest - n_ : rest);
  }

 private:
  std::uint32_t n_;
  std::uint32_t step_;
  std::uint32_t offset_;
  std::uint64_t reciprocal_;  // floor((2^64 - 1) / n)
};

/// The hot keys of KeyDistribution::hotspot: hotspot_keys times keys, rounded, at least 1 and at most all but one.
[[nodiscard]] std::uint32_t hot_key_count(const Scenario& scenario);

/// Draws keys by the scenario's key distribution. Reads and writes draw from separate streams.
///
/// `uniform`: every key alike. `zipfian`: the key of rank k has weight k^-zipf_exponent. `hotspot`: with chance
/// hotspot_ops one of the hot keys, else one of the others, each alike. Which keys are hot follows from the seed.
/// `latest`: writes are uniform; a read takes the key that the k-th last write took, where k from 1 to keys has weight
/// k^-zipf_exponent; the sequence of writes is continued into the past for reads before the first write.
/// Source: the four after Cooper et al., "Benchmarking cloud serving systems with YCSB", SoCC 2010; there `latest` is
/// of inserts, here of updates, as no key is ever added.
class KeyChoice {
 public:
  KeyChoice(const Scenario& scenario, const SeededRandom& reads, const SeededRandom& writes);
  /// The key of the next read, after `writes_before` writes of the plan.
  [[nodiscard]] Key of_read(std::uint32_t writes_before);
  /// The key of the next write, which is number `write` from 0.
  [[nodiscard]] Key of_write(std::uint32_t write);

 private:
  // One side's chance; ranks are drawn many at a time.
  struct Side {
    SeededRandom random;
    std::array<std::uint32_t, ZipfRanks::batch_size> ranks = {};
    std::size_t place = ZipfRanks::batch_size;
  };
  [[nodiscard]] Key draw(Side& side) const;
  [[nodiscard]] std::uint32_t draw_rank(Side& side) const;
  [[nodiscard]] Key written_key(std::int64_t write) const;

  KeyDistribution distribution_;
  std::uint32_t keys_;
  std::uint32_t hot_keys_;
  std::uint64_t hot_below_;  // of 2^32
  Scatter scatter_;
  ZipfRanks ranks_;
  Side reads_;
  Side writes_;
  std::uint64_t write_base_;
};

}  // namespace stalemate
