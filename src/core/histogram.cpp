#include "core/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/assert.hpp"

namespace stalemate {
namespace {

// A bucket is numbered 64 * shift + (value >> shift), where `shift` is the least that leaves value >> shift below 128.
// So buckets 0 to 127 hold one value each, and every 64 after them are twice as wide as the 64 before.
constexpr unsigned kept_bits = 7;
constexpr unsigned value_bits = 42;
constexpr std::uint64_t value_max = (std::uint64_t{1} << value_bits) - 1;

constexpr std::size_t bucket_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value | (1U << (kept_bits - 1))));
  const unsigned shift = width - kept_bits;
  return (std::size_t{shift} << (kept_bits - 1)) + static_cast<std::size_t>(value >> shift);
}

constexpr std::size_t bucket_count = bucket_of(value_max) + 1;

constexpr Nanoseconds middle_of(std::size_t bucket) {
  constexpr std::size_t half = std::size_t{1} << (kept_bits - 1);
  const std::size_t shift = bucket < 2 * half ? 0 : bucket / half - 1;
  const std::uint64_t low = std::uint64_t{bucket - shift * half} << shift;
  return static_cast<Nanoseconds>(low + (std::uint64_t{1} << shift) / 2);
}

static_assert(bucket_of(0) == 0 && bucket_of(127) == 127 && bucket_of(128) == 128 && bucket_of(129) == 128);
static_assert(middle_of(127) == 127 && middle_of(128) == 129);

}  // namespace

LatencyHistogram::LatencyHistogram() : buckets_(bucket_count, 0) {}

std::optional<LatencyHistogram> LatencyHistogram::of(const HistogramContents& contents) {
  LatencyHistogram histogram;
  std::size_t next = 0;
  for (const auto& [bucket, count] : contents.buckets) {
    if (bucket < next || bucket >= bucket_count || count == 0) {
      return std::nullopt;
    }
    next = bucket + std::size_t{1};
    histogram.buckets_[bucket] = count;
    histogram.count_ += count;
  }
  if (histogram.count_ == 0) {
    return contents == HistogramContents{} ? std::optional(std::move(histogram)) : std::nullopt;
  }
  const auto bucket_of_extreme = [](Nanoseconds value) {
    return bucket_of(std::min(static_cast<std::uint64_t>(std::max<Nanoseconds>(value, 0)), value_max));
  };
  if (contents.min_ns < 0 || bucket_of_extreme(contents.min_ns) != contents.buckets.front().first ||
      bucket_of_extreme(contents.max_ns) != contents.buckets.back().first || contents.min_ns > contents.max_ns) {
    return std::nullopt;
  }
  histogram.sum_ns_ = contents.sum_ns;
  histogram.min_ns_ = contents.min_ns;
  histogram.max_ns_ = contents.max_ns;
  return histogram;
}

HistogramContents LatencyHistogram::contents() const {
  HistogramContents contents{.sum_ns = sum_ns_, .min_ns = min_ns(), .max_ns = max_ns_};
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    if (buckets_[bucket] > 0) {
      contents.buckets.emplace_back(static_cast<std::uint32_t>(bucket), buckets_[bucket]);
    }
  }
  return contents;
}

void LatencyHistogram::record(Nanoseconds duration_ns) noexcept {
  const Nanoseconds kept_ns = std::max<Nanoseconds>(duration_ns, 0);
  const std::uint64_t value = static_cast<std::uint64_t>(kept_ns);
  ++buckets_[bucket_of(std::min(value, value_max))];
  ++count_;
  sum_ns_ += value;
  min_ns_ = std::min(min_ns_, kept_ns);
  max_ns_ = std::max(max_ns_, kept_ns);
}

void LatencyHistogram::merge(const LatencyHistogram& other) noexcept {
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    buckets_[bucket] += other.buckets_[bucket];
  }
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  min_ns_ = std::min(min_ns_, other.min_ns_);
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void LatencyHistogram::clear() noexcept {
  std::ranges::fill(buckets_, 0);
  count_ = 0;
  sum_ns_ = 0;
  min_ns_ = never;
  max_ns_ = 0;
}

double LatencyHistogram::mean_ns() const noexcept {
  return count_ == 0 ? 0 : static_cast<double>(sum_ns_) / static_cast<double>(count_);
}

Nanoseconds LatencyHistogram::quantile_ns(double share) const noexcept {
  STALEMATE_ASSERT(share >= 0 && share <= 1, "a quantile's share is between 0 and 1");
  if (count_ == 0) {
    return 0;
  }
  const double exact_rank = std::ceil(share * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact_rank), 1, count_);
  if (rank == count_) {
    return max_ns_;
  }
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < bucket_count; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) {
      return std::clamp(middle_of(bucket), min_ns_, max_ns_);
    }
  }
  return max_ns_;
}

}  // namespace stalemate
