// HdrHistogram: durations counted in the buckets of HdrHistogram with three significant digits, for files of its tools.
//
// core's LatencyHistogram has coarser buckets, which is enough for figures; these are the ones that other tools expect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/types.hpp"

namespace stalemate {

/// Right to 0.1 %: values below 2048 ns are kept exactly; above, every power of two has 1024 buckets of equal width.
/// The greatest value is 2^48 ns, which is longer than any history. Allocates in its constructor only (304 KiB).
/// Thread rule: one thread at a time.
/// Source: Tene's HdrHistogram, with a lowest discernible value of 1 and 3 significant digits.
class HdrHistogram {
 public:
  static constexpr unsigned significant_digits = 3;
  static constexpr std::size_t sub_bucket_count = 2048;
  static constexpr std::size_t bucket_count = 38;
  static constexpr std::uint64_t value_max = (std::uint64_t{1} << 48U) - 1;

  HdrHistogram();

  /// Counts a negative duration as 0.
  void record(Nanoseconds duration_ns);
  /// As newly made; costs as much as was used.
  void clear();

  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The greatest value that is counted in the same bucket as the greatest recorded one; 0 if nothing was recorded.
  [[nodiscard]] Nanoseconds max_ns() const { return count_ == 0 ? 0 : highest_at(used_ - 1); }
  /// Of the middles of the buckets, as HdrHistogram has them; 0 if nothing was recorded.
  [[nodiscard]] double mean_ns() const;
  [[nodiscard]] double standard_deviation_ns() const;

  /// The counts up to the last one that is not 0; at least one.
  [[nodiscard]] std::span<const std::uint64_t> used_counts() const;
  /// The greatest value that is counted at that place of used_counts().
  [[nodiscard]] static Nanoseconds highest_at(std::size_t place);

 private:
  std::vector<std::uint64_t> counts_;
  std::size_t used_ = 1;
  std::uint64_t count_ = 0;
};

/// The counts as HdrHistogram's second encoding has them: each in ZigZag LEB128 of at most nine bytes, runs of zeros as
/// their negative length.
[[nodiscard]] std::string encoded_counts(std::span<const std::uint64_t> counts);

/// The whole histogram in that encoding, deflated, in base64: a line of an interval log ends with it.
/// Source: HdrHistogram's V2 encoding; zlib's deflate.
[[nodiscard]] std::string encoded_histogram(const HdrHistogram& histogram);

/// A row of a percentile distribution: at that share of the values none was greater than `value_ns`.
struct PercentileRow {
  Nanoseconds value_ns = 0;
  double percentile = 0;  ///< 0 to 100
  std::uint64_t count = 0;
};
/// Rows from 0 to 100 %, five in each half of what is left to 100 %, as HdrHistogram prints them; empty if nothing was
/// recorded. Calls `use` for each.
void each_percentile(const HdrHistogram& histogram, const std::function<void(const PercentileRow&)>& use);

}  // namespace stalemate
