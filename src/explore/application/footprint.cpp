#include "explore/application/footprint.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace stalemate {
namespace {

bool clash(const StoreAccess& left, const StoreAccess& right) {
  if (left.store != right.store || (!left.writes && !right.writes)) {
    return false;
  }
  return left.touches_anything || right.touches_anything || std::ranges::any_of(left.keys, [&](const std::string& key) {
           return std::ranges::find(right.keys, key) != right.keys.end();
         });
}

bool judges_see(const Footprint& left, const Footprint& right) {
  const bool with_end = left.ends && (right.begins || right.ends || right.commits);
  return with_end || (right.ends && (left.begins || left.commits)) || (left.commits && right.commits);
}

// More unfinished runs than this are not kept in mind.
constexpr std::size_t counted_max = 200'000;

}  // namespace

bool commute(const Footprint& left, const Footprint& right) {
  const bool is_own_copy = left.copy != 0 && left.copy == right.copy;
  if (left.everything || right.everything || is_own_copy || (left.processes & right.processes) != 0 ||
      judges_see(left, right)) {
    return false;
  }
  return std::ranges::none_of(left.accesses, [&](const StoreAccess& one) {
    return std::ranges::any_of(right.accesses, [&](const StoreAccess& other) { return clash(one, other); });
  });
}

RunOrder::RunOrder(std::span<const Footprint> steps) {
  for (std::size_t step = 0; step < steps.size(); ++step) {
    std::vector<bool> before(step, false);
    for (std::size_t earlier = step; earlier-- > 0;) {
      if (!before[earlier] && !commute(steps[earlier], steps[step])) {
        before[earlier] = true;
        for (std::size_t first = 0; first < earlier; ++first) {
          before[first] = before[first] || before_[earlier][first];
        }
      }
    }
    before_.push_back(std::move(before));
  }
}

std::vector<std::size_t> RunOrder::needed_by(std::size_t last) const {
  std::vector<std::size_t> needed;
  for (std::size_t step = 0; step < last; ++step) {
    if (before_[last][step]) {
      needed.push_back(step);
    }
  }
  needed.push_back(last);
  return needed;
}

std::optional<std::uint64_t> RunOrder::orders() const {
  if (before_.size() > 64) {
    return std::nullopt;
  }
  // By the set of steps done so far: in how many orders they can have been done.
  std::map<std::uint64_t, std::uint64_t> ways = {{0, 1}};
  for (std::size_t done = 0; done < before_.size(); ++done) {
    std::map<std::uint64_t, std::uint64_t> next;
    for (const auto& [steps, count] : ways) {
      for (std::size_t step = 0; step < before_.size(); ++step) {
        bool possible = (steps >> step & 1U) == 0;
        for (std::size_t earlier = 0; earlier < step && possible; ++earlier) {
          possible = !before_[step][earlier] || (steps >> earlier & 1U) != 0;
        }
        if (possible) {
          std::uint64_t& sum = next[steps | 1ULL << step];
          if (sum > std::numeric_limits<std::uint64_t>::max() - count) {
            return std::nullopt;
          }
          sum += count;
        }
      }
    }
    if (next.size() > counted_max) {
      return std::nullopt;
    }
    ways = std::move(next);
  }
  return ways.begin()->second;
}

}  // namespace stalemate
