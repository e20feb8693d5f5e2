#include "check/search/search_memory.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace stalemate {

bool SearchMemory::insert(std::span<const std::uint64_t> words) {
  std::uint64_t mixed = words.size();
  for (const std::uint64_t word : words) {
    mixed = mix_bits(mixed ^ word);
  }
  const auto hash = static_cast<std::uint32_t>(mixed);
  const std::size_t mask = table_.size() - 1;
  std::size_t bucket = hash & mask;
  for (; table_[bucket] != empty; bucket = (bucket + 1) & mask) {
    const Entry& entry = entries_[table_[bucket]];
    if (entry.hash == hash && entry.length == words.size() &&
        std::equal(words.begin(), words.end(), words_.begin() + static_cast<std::ptrdiff_t>(entry.first))) {
      return false;
    }
  }
  table_[bucket] = static_cast<std::uint32_t>(entries_.size());
  entries_.push_back({words_.size(), hash, static_cast<std::uint32_t>(words.size())});
  words_.insert(words_.end(), words.begin(), words.end());
  if (entries_.size() * 2 > table_.size()) {
    grow();
  }
  return true;
}

void SearchMemory::grow() {
  table_.assign(table_.size() * 2, empty);
  const std::size_t mask = table_.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    std::size_t bucket = entries_[i].hash & mask;
    while (table_[bucket] != empty) {
      bucket = (bucket + 1) & mask;
    }
    table_[bucket] = static_cast<std::uint32_t>(i);
  }
}

}  // namespace stalemate
