// The hit ratio a plan predicts.
//
// At rest, a lookup of a key finds an entry if and only if the last op on that key was a read: reads fill, writes
// remove. Let reads come at rate r, writes at rate w, and each op take key i with chance p, independently.
//
// Poisson arrivals. The ops on key i are a Poisson stream of rate (r + w) p, each a read with chance r / (r + w),
// independently of all else. So is the last one before a lookup: r / (r + w), whatever p is.
//
// Constant arrivals. Seen from a read, the m-th read before it lies m / r back, and between them there were W writes.
// That read was on key i with none on it since with chance p q^(m-1) q^W, q = 1 - p. With x = m w / r, W is floor(x +
// phase), where the phase of the reads against the writes is uniform in [0, 1), or, for w / r = b / a in lowest terms,
// takes the values (0 to a-1) / a alike; a read and a write at the same instant only move it by less than one such
// step. Either way W is floor(x) + 1 with chance frac(x), else floor(x), so that the hit ratio of key i is
//     sum over m >= 1 of  p q^(m - 1 + floor(x)) (1 - p frac(x)).
// For small p the term is p q^(m - 1 + x) to within p^2 / 8 of itself, which sums to (p / q) Q / (1 - Q), Q = q^(1 +
// w/r). The origin's six keys: .637 at 2:1 and .455 at 1:1.
#include <algorithm>
#include <cmath>

#include "plan/key_choice.hpp"
#include "plan/plan.hpp"
#include "plan/zipf.hpp"

namespace stalemate {
namespace {

constexpr double small_chance = 1e-3;

// The hit ratio of a key that each op takes with chance p; writes_per_read is w / r.
double constant_hit_ratio(double p, double writes_per_read) {
  const double q = 1 - p;
  if (p < small_chance) {
    // expm1 and log1p keep the difference of two numbers near 1.
    const double log_power = (1 + writes_per_read) * std::log1p(-p);
    return p / q * std::exp(log_power) / -std::expm1(log_power);
  }
  double sum = 0;
  for (double m = 1;; ++m) {
    const double x = m * writes_per_read;
    const double whole = std::floor(x);
    const double reach = std::pow(q, m - 1 + whole);
    sum += p * reach * (1 - p * (x - whole));
    // What is left is at most the chance that no read or write of these was on the key.
    if (reach < 1e-12) {
      return sum;
    }
  }
}

double uniform_mean(const Scenario& scenario, double writes_per_read) {
  return constant_hit_ratio(1.0 / scenario.keys, writes_per_read);
}

double hotspot_mean(const Scenario& scenario, double writes_per_read) {
  const double hot_keys = hot_key_count(scenario);
  const double hot = scenario.hotspot_ops;
  double mean = 0;
  if (hot > 0) {
    mean += hot * constant_hit_ratio(hot / hot_keys, writes_per_read);
  }
  if (hot < 1) {
    mean += (1 - hot) * constant_hit_ratio((1 - hot) / (scenario.keys - hot_keys), writes_per_read);
  }
  return mean;
}

// Ranks one by one at first, then in blocks a thousandth as wide as their rank, over which p hardly changes.
double zipfian_mean(const Scenario& scenario, double writes_per_read) {
  const double total = harmonic_number(scenario.keys, scenario.zipf_exponent);
  double mean = 0;
  double below = 0;
  for (std::uint64_t first = 1; first <= scenario.keys;) {
    const std::uint64_t next = std::min<std::uint64_t>(first + 1 + first / 1000, scenario.keys + 1ULL);
    const double through = harmonic_number(next - 1, scenario.zipf_exponent);
    const double share = (through - below) / total;
    mean += share * constant_hit_ratio(share / static_cast<double>(next - first), writes_per_read);
    below = through;
    first = next;
  }
  return mean;
}

double removed_hit_ratio(const Scenario& scenario) {
  if (scenario.arrivals == Arrivals::poisson) {
    return scenario.read_rate / (scenario.read_rate + scenario.write_rate);
  }
  const double writes_per_read = scenario.write_rate / scenario.read_rate;
  switch (scenario.key_distribution) {
    case KeyDistribution::zipfian: return zipfian_mean(scenario, writes_per_read);
    case KeyDistribution::hotspot: return hotspot_mean(scenario, writes_per_read);
    case KeyDistribution::uniform:
    case KeyDistribution::latest: break;
  }
  return uniform_mean(scenario, writes_per_read);
}

}  // namespace

std::optional<double> predicted_hit_ratio(const Scenario& scenario, EntryAfterWrite entry_after_write) {
  if (!scenario.has_cache || scenario.time_to_live_ns > 0) {
    return std::nullopt;
  }
  switch (entry_after_write) {
    case EntryAfterWrite::no_cache: return std::nullopt;
    case EntryAfterWrite::replaced:
    case EntryAfterWrite::kept: return 1;
    case EntryAfterWrite::removed: break;
  }
  if (scenario.key_distribution == KeyDistribution::latest) {
    return std::nullopt;
  }
  return removed_hit_ratio(scenario);
}

}  // namespace stalemate
