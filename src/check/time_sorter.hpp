// TimeSorter: puts a stream that is nearly in order of time in order, in the memory of what is not.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "check/nearly_sorted.hpp"
#include "core/types.hpp"

namespace stalemate {

/// `Item` has a member `time_ns`.
template <class Item>
class TimeSorter {
 public:
  void add(const Item& item) { waiting_.push_back(item); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  /// All items so far whose time is before `safe_ns`, by `less`, which is an order by time first. Valid until the next
  /// call. Cost: linear where times are spread evenly, n log n at worst.
  /// Requires: no item to come is before safe_ns, and it never falls.
  template <class Less>
  [[nodiscard]] std::span<const Item> release(Nanoseconds safe_ns, const Less& less) {
    released_.clear();
    std::size_t kept = 0;
    for (const Item& item : waiting_) {
      if (item.time_ns < safe_ns) {
        released_.push_back(item);
      } else {
        waiting_[kept++] = item;
      }
    }
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(kept), waiting_.end());
    if (!std::ranges::is_sorted(released_, less)) {
      spread();
      sort_nearly_sorted(released_.begin(), released_.end(), less);
    }
    return released_;
  }

 private:
  /// A counting sort by the upper bits of the time, so that each item is near its place.
  void spread() {
    const auto [first, last] = std::ranges::minmax_element(released_, {}, &Item::time_ns);
    const Nanoseconds begin_ns = first->time_ns;
    const auto range = static_cast<std::uint64_t>(last->time_ns - begin_ns);
    const auto bits = static_cast<unsigned>(std::bit_width(range));
    const auto wanted_bits = static_cast<unsigned>(std::bit_width(released_.size()));
    const unsigned shift = bits - std::min(bits, wanted_bits);
    const auto place_of = [&](const Item& item) { return static_cast<std::size_t>(item.time_ns - begin_ns) >> shift; };
    ends_.assign((range >> shift) + 1, 0);
    for (const Item& item : released_) {
      ++ends_[place_of(item)];
    }
    std::uint32_t next = 0;
    for (std::uint32_t& end : ends_) {
      next += std::exchange(end, next);
    }
    spread_.resize(released_.size());
    for (const Item& item : released_) {
      spread_[ends_[place_of(item)]++] = item;
    }
    released_.swap(spread_);
  }

  std::vector<Item> waiting_;   // in the order in which they came
  std::vector<Item> released_;  // by time
  std::vector<Item> spread_;
  std::vector<std::uint32_t> ends_;
};

}  // namespace stalemate
