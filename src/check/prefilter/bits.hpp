// Bits: a set of small numbers that several threads may add to at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace stalemate {

/// Numbers below `size`; none at first. Thread rule: `add` by any threads at once; `has` may or may not know of it
/// until they are done.
class Bits {
 public:
  Bits() = default;
  explicit Bits(std::size_t size) : words_((size + 63) / 64) {}

  /// Requires: number < size.
  [[nodiscard]] bool has(std::size_t number) const { return (words_[number / 64] >> number % 64 & 1U) != 0; }
  /// Requires: number < size.
  void add(std::size_t number) {
    std::atomic_ref(words_[number / 64]).fetch_or(std::uint64_t{1} << number % 64, std::memory_order_relaxed);
  }
  /// 64 numbers each, the least one in the lowest bit.
  [[nodiscard]] const std::uint64_t* words() const { return words_.data(); }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace stalemate
