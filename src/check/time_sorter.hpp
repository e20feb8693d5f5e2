// TimeSorter: puts a stream that is nearly in order of time in order, in the memory of what is not.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "check/nearly_sorted.hpp"
#include "core/types.hpp"

namespace stalemate {

/// `Item` has a member `time_ns`.
template <class Item>
class TimeSorter {
 public:
  /// Before so many items are added.
  void make_room(std::size_t items) { waiting_.resize(size_ + items); }
  /// Without a branch where `counts` is false, for that may be as good as random. Requires: make_room.
  void add_if(bool counts, const Item& item) {
    waiting_[size_] = item;
    size_ += counts ? 1 : 0;
  }
  [[nodiscard]] std::size_t waiting() const { return size_; }

  /// All items so far whose time is before `safe_ns`, by `less`, which is a total order by time first. Valid until the
  /// next call. Cost: linear where times are spread evenly, n log n at worst.
  /// Requires: no item to come is before safe_ns, and it never falls.
  template <class Less>
  [[nodiscard]] std::span<const Item> release(Nanoseconds safe_ns, const Less& less) {
    spread(safe_ns);
    sort_nearly_sorted(released_.begin(), released_.end(), less);
    return released_;
  }

 private:
  /// Releases by a counting sort over the upper bits of the time, so that each item is near its place.
  void spread(Nanoseconds safe_ns) {
    Nanoseconds first_ns = safe_ns;
    Nanoseconds last_ns = 0;
    std::size_t count = 0;
    const auto waiting = std::span(waiting_).first(size_);
    for (const Item& item : waiting) {
      const bool is_safe = item.time_ns < safe_ns;
      first_ns = std::min(first_ns, item.time_ns);
      last_ns = is_safe ? std::max(last_ns, item.time_ns) : last_ns;
      count += is_safe ? 1 : 0;
    }
    released_.resize(count);
    if (count == 0) {
      return;
    }
    const auto range = static_cast<std::uint64_t>(last_ns - first_ns);
    const auto bits = static_cast<unsigned>(std::bit_width(range));
    const unsigned shift = bits - std::min(bits, static_cast<unsigned>(std::bit_width(count)));
    const auto place_of = [&](const Item& item) { return static_cast<std::size_t>(item.time_ns - first_ns) >> shift; };
    ends_.assign((range >> shift) + 1, 0);
    for (const Item& item : waiting) {
      if (item.time_ns < safe_ns) {
        ++ends_[place_of(item)];
      }
    }
    std::uint32_t next = 0;
    for (std::uint32_t& end : ends_) {
      next += std::exchange(end, next);
    }
    std::size_t kept = 0;
    for (const Item& item : waiting) {
      if (item.time_ns < safe_ns) {
        released_[ends_[place_of(item)]++] = item;
      } else {
        waiting_[kept++] = item;
      }
    }
    size_ = kept;
  }

  std::vector<Item> waiting_;  // the first size_ of them, in the order in which they came
  std::size_t size_ = 0;
  std::vector<Item> released_;       // by time
  std::vector<std::uint32_t> ends_;  // of the items with the same upper bits: first counts, then places
};

}  // namespace stalemate
