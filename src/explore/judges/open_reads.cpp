#include "explore/judges/open_reads.hpp"

#include <algorithm>

namespace stalemate {

bool OpenReads::add(const Chronicle& chronicle, Value value, ValueMask bounds) {
  for (Value bound = 1; bound <= static_cast<Value>(writes_max); ++bound) {
    if ((bounds & value_bit(bound)) == 0) {
      continue;
    }
    const Age age = chronicle.age(value, bound);
    if (age == Age::older) {
      return false;
    }
    if (age == Age::open) {
      ValueMask& open = bounds_.at(static_cast<std::size_t>(value));
      open = static_cast<ValueMask>(open | value_bit(bound));
    }
  }
  return true;
}

bool OpenReads::settle(const Chronicle& chronicle) {
  const OpenReads before = *this;
  bounds_ = {};
  for (Value value = 1; value <= static_cast<Value>(writes_max); ++value) {
    if (!add(chronicle, value, before.bounds_.at(static_cast<std::size_t>(value)))) {
      return false;
    }
  }
  return true;
}

std::string OpenReads::trouble_at_rest(const Chronicle& chronicle) const {
  for (Value value = 1; value <= static_cast<Value>(writes_max); ++value) {
    for (Value bound = 1; bound <= static_cast<Value>(writes_max); ++bound) {
      const bool is_open = (bounds_.at(static_cast<std::size_t>(value)) & value_bit(bound)) != 0;
      if (is_open && chronicle.older_at_rest(value, bound)) {
        return "A read returned " + std::to_string(value) + ", which had been acknowledged before " +
               std::to_string(bound) + " was written and was never applied; it may return nothing older than " +
               std::to_string(bound) + ".";
      }
    }
  }
  return {};
}

void OpenReads::append_to(std::string& memory) const {
  if (std::ranges::any_of(bounds_, [](ValueMask bounds) { return bounds != 0; })) {
    memory.append(bounds_.begin(), bounds_.end());
  }
}

OpenReads OpenReads::from(const std::string& memory, std::size_t size) {
  OpenReads reads;
  std::copy(memory.begin() + static_cast<std::ptrdiff_t>(size), memory.end(), reads.bounds_.begin());
  return reads;
}

}  // namespace stalemate
