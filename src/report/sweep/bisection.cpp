#include "report/sweep/bisection.hpp"

#include <algorithm>
#include <utility>

#include "core/assert.hpp"

namespace stalemate {

Bisection::Bisection(ValueRange range, unsigned steps, unsigned probes)
    : range_(range), steps_left_(steps), probes_left_(probes) {}

// The first trial that differs from the one after it; the last trial if none
// does.
std::vector<Trial>::const_iterator Bisection::first_change() const {
  const auto found = std::ranges::adjacent_find(trials_, std::ranges::not_equal_to(), &Trial::holds);
  return found == trials_.end() ? found - 1 : found;
}

Boundary Bisection::boundary() const {
  if (trials_.size() < 2) {
    return Boundary::unknown;
  }
  const bool begins = trials_.front().holds;
  const auto change = first_change();
  const bool changes_again = std::any_of(change + 1, trials_.end(), [&](const Trial& t) { return t.holds == begins; });
  if (changes_again) {
    return Boundary::contradicted;
  }
  if (begins == trials_.back().holds) {
    return begins ? Boundary::everywhere : Boundary::nowhere;
  }
  return begins ? Boundary::largest : Boundary::smallest;
}

std::pair<Trial, Trial> Bisection::bracket() const {
  const auto change = first_change();
  STALEMATE_ASSERT(change + 1 != trials_.end(), "two trials differ");
  return change->holds ? std::pair(*change, *(change + 1)) : std::pair(*(change + 1), *change);
}

std::optional<double> Bisection::between(double low, double high) const {
  ValueRange part = range_;
  part.low = low;
  part.high = high;
  const double middle = part.value_at(0.5);
  return low < middle && middle < high ? std::optional(middle) : std::nullopt;
}

std::optional<double> Bisection::narrower() const {
  constexpr double narrow = 0.02;
  const double low = first_change()->value;
  const double high = (first_change() + 1)->value;
  const double whole = range_.spacing == Spacing::by_ratio ? high : range_.high - range_.low;
  const bool is_narrow = !range_.is_whole && high - low < narrow * whole;
  return steps_left_ == 0 || is_narrow ? std::nullopt : between(low, high);
}

std::optional<double> Bisection::probe() const {
  std::optional<double> best;
  double widest = 0;
  for (auto trial = trials_.begin(); probes_left_ > 0 && trial + 1 != trials_.end(); ++trial) {
    const double width = range_.place_of((trial + 1)->value) - range_.place_of(trial->value);
    const std::optional<double> middle = between(trial->value, (trial + 1)->value);
    if (trial->holds == (trial + 1)->holds && width > widest && middle) {
      widest = width;
      best = middle;
    }
  }
  return best;
}

std::optional<double> Bisection::next() const {
  if (trials_.empty() || trials_.front().value != range_.low) {
    return range_.low;
  }
  if (trials_.back().value != range_.high) {
    return range_.high;
  }
  switch (boundary()) {
    case Boundary::largest:
    case Boundary::smallest: break;
    case Boundary::everywhere:
    case Boundary::nowhere: return probe();
    case Boundary::contradicted:
    case Boundary::unknown: return std::nullopt;
  }
  const std::optional<double> value = narrower();
  return value ? value : probe();
}

unsigned Bisection::left() const {
  if (!next()) {
    return 0;
  }
  const auto ends = static_cast<unsigned>(2 - std::min<std::size_t>(trials_.size(), 2));
  const bool may_narrow = ends > 0 || boundary() == Boundary::largest || boundary() == Boundary::smallest;
  return ends + (may_narrow ? steps_left_ : 0) + probes_left_;
}

void Bisection::add(Trial trial) {
  const bool is_end = trial.value == range_.low || trial.value == range_.high;
  if (!is_end) {
    const Boundary before = boundary();
    const bool narrows = (before == Boundary::largest || before == Boundary::smallest) && narrower() == trial.value;
    unsigned& left = narrows ? steps_left_ : probes_left_;
    STALEMATE_ASSERT(left > 0, "the value of next()");
    --left;
  }
  trials_.insert(std::ranges::upper_bound(trials_, trial.value, {}, &Trial::value), trial);
}

}  // namespace stalemate
