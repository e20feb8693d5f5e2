#include "plan/arrivals.hpp"

#include <cmath>

#include "core/assert.hpp"
#include "plan/real_math.hpp"

namespace stalemate {
namespace {

__extension__ using Wide = unsigned __int128;

// The gap as a fraction: 10^9 / rate = numerator / divisor, with the rate's 53 bits as divisor.
struct Gap {
  Wide numerator_ns;
  std::uint64_t divisor;
};

Gap gap_of(double rate) {
  int exponent = 0;
  const double mantissa = std::frexp(rate, &exponent);
  const auto divisor = static_cast<std::uint64_t>(std::ldexp(mantissa, 53));
  const int shift = 53 - exponent;
  STALEMATE_ASSERT(rate > 0 && shift >= 0 && shift < 90, "a validated rate is from one in 24h to 10 million a second");
  return {static_cast<Wide>(1'000'000'000) << static_cast<unsigned>(shift), divisor};
}

}  // namespace

ConstantArrivals::ConstantArrivals(double rate) {
  const Gap gap = gap_of(rate);
  whole_ns_ = static_cast<Nanoseconds>(gap.numerator_ns / gap.divisor);
  remainder_ = static_cast<std::uint64_t>(gap.numerator_ns % gap.divisor);
  divisor_ = gap.divisor;
  carried_ = divisor_ / 2;  // so that cutting off rounds to the nearest
}

std::uint64_t ConstantArrivals::count_until(Nanoseconds end_ns) const {
  // The i-th time is floor((i numerator + divisor / 2) / divisor).
  const Wide numerator = static_cast<Wide>(whole_ns_) * divisor_ + remainder_;
  const Wide limit = (static_cast<Wide>(end_ns) + 1) * divisor_ - 1;
  return limit < divisor_ / 2 ? 0 : static_cast<std::uint64_t>((limit - divisor_ / 2) / numerator);
}

void PoissonArrivals::draw_gaps() {
  for (double& gap_ns : gaps_ns_) {
    // 1 - u is in (0, 1], so the logarithm is finite.
    gap_ns = -mean_gap_ns_ * natural_log(1 - random_.draw_unit());
  }
  place_ = 0;
}

std::uint64_t ArrivalStream::count() const {
  if (arrivals_ == Arrivals::constant) {
    return constant_.count_until(end_ns_);
  }
  PoissonArrivals times = poisson_;
  std::uint64_t count = 0;
  while (times.next() <= end_ns_) {
    ++count;
  }
  return count;
}

}  // namespace stalemate
