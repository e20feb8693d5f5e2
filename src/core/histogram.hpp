// How long things took, counted in buckets whose width grows with the value: small, fast, and right to 0.8 %.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// What a histogram holds, to be written down and read again. Buckets by number, ascending, without those of count 0.
struct HistogramContents {
  std::vector<std::pair<std::uint32_t, std::uint64_t>> buckets = {};
  std::uint64_t sum_ns = 0;
  Nanoseconds min_ns = 0;
  Nanoseconds max_ns = 0;
  friend bool operator==(const HistogramContents&, const HistogramContents&) = default;
};

/// A histogram of durations. Values below 128 ns are kept exactly; above, every power of two has 64 buckets of equal
/// width, so that a quantile (a bucket's middle) is wrong by at most 1/128 of itself. A value beyond 2^42 ns (73
/// minutes) is counted in the last bucket; a negative one counts as 0. Allocates in its constructor only (19 KiB).
/// Requires: the recorded durations add up to less than 584 years.
/// Thread rule: one thread at a time; give every thread its own and merge.
/// Source: the bucket layout is that of Tene's HdrHistogram.
class LatencyHistogram {
 public:
  LatencyHistogram();
  /// One that holds the same, or nothing where there is none such: buckets that do not exist or come twice, figures
  /// that they cannot have.
  [[nodiscard]] static std::optional<LatencyHistogram> of(const HistogramContents& contents);

  void record(Nanoseconds duration_ns) noexcept;
  /// Adds what the other one counted.
  void merge(const LatencyHistogram& other) noexcept;
  /// As newly made; keeps its memory.
  void clear() noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The least and the greatest value, exact; 0 if nothing was recorded.
  [[nodiscard]] Nanoseconds min_ns() const noexcept { return count_ == 0 ? 0 : min_ns_; }
  [[nodiscard]] Nanoseconds max_ns() const noexcept { return max_ns_; }
  /// Exact before rounding to a double; 0 if nothing was recorded.
  [[nodiscard]] double mean_ns() const noexcept;
  /// The least value that is not below `share` of the recorded ones (the nearest rank), within 1/128 of it; exact for
  /// share 1 and for values below 128 ns; 0 if nothing was recorded. Requires: 0 <= share <= 1.
  [[nodiscard]] Nanoseconds quantile_ns(double share) const noexcept;
  [[nodiscard]] HistogramContents contents() const;

 private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t sum_ns_ = 0;
  Nanoseconds min_ns_ = never;
  Nanoseconds max_ns_ = 0;
};

}  // namespace stalemate
