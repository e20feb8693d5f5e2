// FirstByTime: the first few items by time, of many that come in any order, and puts them in order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "check/passes/time_sorter.hpp"
#include "core/types.hpp"

namespace stalemate {

/// `Item` has members `at_ns` and `read`; of items at the same time, those of lesser `read` come first.
/// Cost: constant an item on average. Memory: a quarter more items than are kept, while another is absorbed its too.
template <class Item>
class FirstByTime {
 public:
  explicit FirstByTime(std::size_t kept_max) : kept_max_(kept_max) {}

  void add(const Item& item) {
    if (kept_max_ > 0) {
      items_.push_back(item);
      drop_later(kept_max_ + kept_max_ / 4);
    }
  }
  void absorb(const FirstByTime& other) {
    items_.insert(items_.end(), other.items_.begin(), other.items_.end());
    drop_later(kept_max_);
  }

  /// The first kept_max of all that were added, in order. Cost: linear where times are spread evenly, else n log n.
  [[nodiscard]] std::vector<Item> in_order() {
    drop_later(kept_max_);
    std::vector<Item> items;
    if (items_.empty()) {
      return items;
    }
    const Nanoseconds first_ns = std::ranges::min(items_, {}, &Item::at_ns).at_ns;
    TimeSorter<Place> places;
    Place* next = places.room(items_.size());
    for (const Item& item : items_) {
      *next++ = {.time_ns = item.at_ns - first_ns, .item = &item};
    }
    places.add_until(next);
    items.reserve(items_.size());
    for (const Place& place : places.release(never, comes_first)) {
      items.push_back(*place.item);
    }
    return items;
  }

 private:
  struct Place {
    Nanoseconds time_ns;  // since the first one
    const Item* item;
  };
  static bool comes_first(const Place& left, const Place& right) {
    return left.time_ns != right.time_ns ? left.time_ns < right.time_ns : left.item->read < right.item->read;
  }

  void drop_later(std::size_t size_max) {
    if (items_.size() > size_max) {
      const auto end = items_.begin() + static_cast<std::ptrdiff_t>(kept_max_);
      std::ranges::nth_element(items_, end, {}, [](const Item& item) { return std::pair(item.at_ns, item.read); });
      items_.resize(kept_max_);
    }
  }

  std::size_t kept_max_;
  std::vector<Item> items_;
};

}  // namespace stalemate
