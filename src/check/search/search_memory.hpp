// SearchMemory: which (ops done, state) pairs the search has been to, in one flat piece of memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace stalemate {

/// A set of sequences of words; compared whole, so two pairs are never mistaken for one another.
class SearchMemory {
 public:
  SearchMemory() : table_(1024, empty) {}

  /// True if `words` was not there before.
  bool insert(std::span<const std::uint64_t> words);
  [[nodiscard]] std::uint64_t bytes() const {
    return words_.capacity() * sizeof(std::uint64_t) + entries_.capacity() * sizeof(Entry) +
           table_.capacity() * sizeof(std::uint32_t);
  }

 private:
  struct Entry {
    std::uint64_t first;  // in words_
    std::uint32_t hash;
    std::uint32_t length;
  };
  static constexpr std::uint32_t empty = ~std::uint32_t{0};

  void grow();

  std::vector<std::uint64_t> words_;
  std::vector<Entry> entries_;
  std::vector<std::uint32_t> table_;  // entries by hash, linear probing, at most half full
};

}  // namespace stalemate
