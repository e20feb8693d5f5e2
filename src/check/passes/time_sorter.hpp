// TimeSorter: puts a stream that is nearly in order of time in order, in the memory of what is not.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "check/passes/nearly_sorted.hpp"
#include "core/types.hpp"

namespace stalemate {

/// `Item` has a member `time_ns`.
template <class Item>
class TimeSorter {
 public:
  /// Where to put the next items, of which there is room for so many; then add_until the first that is left.
  [[nodiscard]] Item* room(std::size_t items) {
    if (waiting_.size() < size_ + items) {
      waiting_.resize(size_ + items);
      released_.resize(size_ + items);
    }
    return waiting_.data() + size_;
  }
  void add_until(const Item* end) { size_ = static_cast<std::size_t>(end - waiting_.data()); }
  [[nodiscard]] std::size_t waiting() const { return size_; }

  /// All items so far whose time is before `safe_ns`, by `less`, which is a total order by time first. Valid until the
  /// next call. Cost: linear where times are spread evenly, n log n at worst.
  /// Requires: times are neither negative nor `never`; no item to come is before safe_ns, and it never falls. With
  /// `never` all are released, and other items may follow.
  template <class Less>
  [[nodiscard]] std::span<const Item> release(Nanoseconds safe_ns, const Less& less) {
    const std::span<Item> released = std::span(released_).first(spread(safe_ns));
    sort_nearly_sorted(released.begin(), released.end(), less);
    return released;
  }

 private:
  /// Puts items in order by a counting sort over the upper bits of the time, so that each is near its place, and those
  /// that are not safe behind all others, as they were. Returns how many are safe. Without branches on times.
  std::size_t spread(Nanoseconds safe_ns) {
    // Whatever was before the last safe_ns has been released; behind `never` another stream may begin.
    const Nanoseconds first_ns = std::exchange(safe_ns_, safe_ns != never ? safe_ns : 0);
    if (size_ == 0) {
      return 0;
    }
    const std::span<Item> waiting = std::span(waiting_).first(size_);
    const Nanoseconds end_ns = safe_ns != never ? safe_ns : std::ranges::max(waiting, {}, &Item::time_ns).time_ns;
    const auto range = static_cast<std::uint64_t>(end_ns - first_ns);
    const auto bits = static_cast<unsigned>(std::bit_width(range));
    const unsigned shift = bits - std::min(bits, static_cast<unsigned>(std::bit_width(size_)) + 1);
    const std::size_t behind = (range >> shift) + 1;
    const auto bucket_of = [=](const Item& item) {
      const std::size_t bucket = static_cast<std::size_t>(item.time_ns - first_ns) >> shift;
      return item.time_ns < safe_ns ? bucket : behind;
    };
    ends_.assign(behind + 1, 0);
    for (const Item& item : waiting) {
      ++ends_[bucket_of(item)];
    }
    std::uint32_t next = 0;
    for (std::uint32_t& end : ends_) {
      next += std::exchange(end, next);
    }
    const std::size_t safe = ends_[behind];
    for (const Item& item : waiting) {
      released_[ends_[bucket_of(item)]++] = item;
    }
    std::copy(released_.begin() + static_cast<std::ptrdiff_t>(safe),
              released_.begin() + static_cast<std::ptrdiff_t>(size_), waiting_.begin());
    size_ -= safe;
    return safe;
  }

  Nanoseconds safe_ns_ = 0;    // no item is before it
  std::vector<Item> waiting_;  // the first size_ of them, in the order in which they came
  std::size_t size_ = 0;
  std::vector<Item> released_;       // by time; as large as waiting_
  std::vector<std::uint32_t> ends_;  // of the items with the same upper bits: first counts, then where the next goes
};

}  // namespace stalemate
