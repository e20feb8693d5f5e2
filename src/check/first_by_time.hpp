// FirstByTime: the first few items by time, of many that come in any order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

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

  /// The first kept_max of all that were added, in any order; until more were added than that, all.
  [[nodiscard]] std::span<const Item> kept() {
    drop_later(kept_max_);
    return items_;
  }

 private:
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
