// Small integers for larger things: Interned numbers values, Memo remembers answers.
#pragma once

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/random.hpp"

namespace stalemate {

/// Numbers the distinct values of T it is given, 0, 1, ... in order of first appearance.
template <class T, class Hash = std::hash<T>>
class Interned {
 public:
  std::uint32_t id(const T& value) {
    const auto [place, added] = ids_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
    if (added) {
      values_.push_back(value);
    }
    return place->second;
  }
  /// Valid until the next id(). Requires: `id` was given out.
  [[nodiscard]] const T& operator[](std::uint32_t id) const { return values_[id]; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  std::unordered_map<T, std::uint32_t, Hash> ids_ = {};
  std::vector<T> values_ = {};
};

/// A map from 64 bits to 32 that only grows. Requires of keys: not no_key.
class Memo {
 public:
  static constexpr std::uint32_t none = ~0U;

  [[nodiscard]] std::uint32_t find(std::uint64_t key) const {
    for (std::size_t place = mix_bits(key) & mask_;; place = (place + 1) & mask_) {
      if (slots_[place].first == key) {
        return slots_[place].second;
      }
      if (slots_[place].first == no_key) {
        return none;
      }
    }
  }
  /// Requires: `key` is not in it yet.
  void add(std::uint64_t key, std::uint32_t value) {
    if (2 * (size_ + 1) > slots_.size()) {
      grow();
    }
    place_of(key) = {key, value};
    ++size_;
  }
  void clear() { *this = Memo(); }
  [[nodiscard]] std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  using Slot = std::pair<std::uint64_t, std::uint32_t>;
  static constexpr std::uint64_t no_key = ~0ULL;

  Slot& place_of(std::uint64_t key) {
    std::size_t place = mix_bits(key) & mask_;
    while (slots_[place].first != no_key) {
      place = (place + 1) & mask_;
    }
    return slots_[place];
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2, Slot(no_key, none));
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (const Slot& slot : old) {
      if (slot.first != no_key) {
        place_of(slot.first) = slot;
      }
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(1024, Slot(no_key, none));
  std::size_t mask_ = 1023;
  std::size_t size_ = 0;
};

/// Mixes one more number into a hash.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  return mix_bits(hash ^ (value + 0x9e3779b97f4a7c15ULL));
}

}  // namespace stalemate
