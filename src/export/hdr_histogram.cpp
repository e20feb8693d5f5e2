#include "export/hdr_histogram.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/assert.hpp"

namespace stalemate {
namespace {

constexpr unsigned exact_bits = 11;  // values below 2^11 have a place each
constexpr std::size_t half_count = HdrHistogram::sub_bucket_count / 2;

// Buckets of equal width are numbered on: 2048 of width 1, then 1024 of width 2, 1024 of width 4, ...
constexpr std::size_t place_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value | (HdrHistogram::sub_bucket_count - 1)));
  const unsigned shift = width - exact_bits;
  return (std::size_t{shift} * half_count) + static_cast<std::size_t>(value >> shift);
}

constexpr unsigned shift_at(std::size_t place) {
  return place < HdrHistogram::sub_bucket_count ? 0U : static_cast<unsigned>(place / half_count - 1);
}

constexpr std::uint64_t lowest_at(std::size_t place) {
  const unsigned shift = shift_at(place);
  return std::uint64_t{place - shift * half_count} << shift;
}

constexpr double middle_at(std::size_t place) {
  return static_cast<double>(lowest_at(place) + ((std::uint64_t{1} << shift_at(place)) >> 1U));
}

constexpr std::size_t place_count = (HdrHistogram::bucket_count + 1) * half_count;

static_assert(place_of(0) == 0 && place_of(2047) == 2047 && place_of(2048) == 2048 && place_of(2049) == 2048);
static_assert(place_of(HdrHistogram::value_max) + 1 == place_count);
static_assert(lowest_at(place_of(123456)) <= 123456 && lowest_at(place_of(123456) + 1) > 123456);

void append_leb128(std::string& bytes, std::int64_t number) {
  std::uint64_t left = (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
  // The ninth byte has eight bits of the number, so that nine are always enough.
  for (int byte = 1; byte < 9 && left >= 0x80U; ++byte) {
    bytes += static_cast<char>((left & 0x7FU) | 0x80U);
    left >>= 7U;
  }
  bytes += static_cast<char>(left);
}

template <class Number>
void append_big_endian(std::string& bytes, Number number) {
  const auto bits = std::bit_cast<std::conditional_t<sizeof(Number) == 8, std::uint64_t, std::uint32_t>>(number);
  for (int shift = 8 * static_cast<int>(sizeof bits) - 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(bits >> static_cast<unsigned>(shift));
  }
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string packed(size, '\0');
  const int done = compress(reinterpret_cast<Bytef*>(packed.data()), &size,
                            reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  STALEMATE_ASSERT(done == Z_OK, "there is room for what deflate makes of the bytes");
  packed.resize(size);
  return packed;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    const std::size_t given = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t byte = 0; byte < 3; ++byte) {
      three = three << 8U | (byte < given ? static_cast<unsigned char>(bytes[at + byte]) : 0U);
    }
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= given ? digits[three >> (18U - 6U * digit) & 0x3FU] : '=';
    }
  }
  return text;
}

}  // namespace

HdrHistogram::HdrHistogram() : counts_(place_count, 0) {}

void HdrHistogram::record(Nanoseconds duration_ns) {
  const std::uint64_t value = std::min(static_cast<std::uint64_t>(std::max<Nanoseconds>(duration_ns, 0)), value_max);
  const std::size_t place = place_of(value);
  ++counts_[place];
  used_ = std::max(used_, place + 1);
  ++count_;
}

void HdrHistogram::clear() {
  std::fill_n(counts_.begin(), used_, 0);
  used_ = 1;
  count_ = 0;
}

Nanoseconds HdrHistogram::highest_at(std::size_t place) {
  return static_cast<Nanoseconds>(lowest_at(place + 1) - 1);
}

double HdrHistogram::mean_ns() const {
  double sum = 0;
  for (std::size_t place = 0; place < used_; ++place) {
    sum += middle_at(place) * static_cast<double>(counts_[place]);
  }
  return count_ == 0 ? 0 : sum / static_cast<double>(count_);
}

double HdrHistogram::standard_deviation_ns() const {
  const double mean = mean_ns();
  double sum = 0;
  for (std::size_t place = 0; place < used_; ++place) {
    const double apart = middle_at(place) - mean;
    sum += apart * apart * static_cast<double>(counts_[place]);
  }
  return count_ == 0 ? 0 : std::sqrt(sum / static_cast<double>(count_));
}

std::span<const std::uint64_t> HdrHistogram::used_counts() const {
  return std::span(counts_).first(used_);
}

std::string encoded_counts(std::span<const std::uint64_t> counts) {
  std::string bytes;
  std::int64_t zeros = 0;
  const auto end_run = [&] {
    if (zeros > 0) {
      append_leb128(bytes, zeros == 1 ? 0 : -zeros);
      zeros = 0;
    }
  };
  for (const std::uint64_t count : counts) {
    if (count == 0) {
      ++zeros;
      continue;
    }
    end_run();
    append_leb128(bytes, static_cast<std::int64_t>(count));
  }
  end_run();
  return bytes;
}

std::string encoded_histogram(const HdrHistogram& histogram) {
  constexpr std::uint32_t cookie = 0x1C849313;             // second encoding, counts as LEB128
  constexpr std::uint32_t compressed_cookie = 0x1C849314;  // the same, deflated
  const std::string counts = encoded_counts(histogram.used_counts());
  std::string plain;
  append_big_endian(plain, cookie);
  append_big_endian(plain, static_cast<std::uint32_t>(counts.size()));
  append_big_endian(plain, std::uint32_t{0});  // values are not shifted
  append_big_endian(plain, std::uint32_t{HdrHistogram::significant_digits});
  append_big_endian(plain, std::uint64_t{1});  // the lowest value that is told from 0
  append_big_endian(plain, HdrHistogram::value_max);
  append_big_endian(plain, 1.0);  // values are whole numbers
  const std::string packed = deflated(plain + counts);
  std::string bytes;
  append_big_endian(bytes, compressed_cookie);
  append_big_endian(bytes, static_cast<std::uint32_t>(packed.size()));
  return base64(bytes + packed);
}

void each_percentile(const HdrHistogram& histogram, const std::function<void(const PercentileRow&)>& use) {
  constexpr double ticks_per_half = 5;
  const auto counts = histogram.used_counts();
  const auto total = static_cast<double>(histogram.count());
  double level = 0;
  std::uint64_t so_far = 0;
  for (std::size_t place = 0; place < counts.size(); ++place) {
    so_far += counts[place];
    const double reached = 100.0 * static_cast<double>(so_far) / total;
    while (counts[place] > 0 && reached >= level) {
      use({HdrHistogram::highest_at(place), level, so_far});
      if (so_far == histogram.count()) {
        use({HdrHistogram::highest_at(place), 100, so_far});
        return;
      }
      // A tick is as wide as the half of what is left to 100 % in which it lies allows.
      const double half = std::floor(std::log2(100.0 / (100.0 - level))) + 1;
      level += 100.0 / (ticks_per_half * std::exp2(half));
    }
  }
}

}  // namespace stalemate
