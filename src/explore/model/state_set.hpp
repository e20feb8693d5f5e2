// The states that an exploration has visited, each with the step that first reached it.
#pragma once

#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

#include "core/assert.hpp"
#include "explore/model/machine.hpp"

namespace stalemate {

/// Numbers states 0, 1, ... in order of first appearance. States are stored whole, so no two are ever confused.
/// Requires of State: a multiple of 4 bytes without padding; equal states have equal bytes.
template <class State>
class StateSet {
 public:
  static constexpr std::uint32_t no_parent = ~0U;

  struct Added {
    std::uint32_t id = 0;
    bool is_new = false;
  };
  /// Requires: fewer than 2^32 - 1 states.
  Added add(const State& state, std::uint32_t parent, Choice choice) {
    if (4 * (size_ + 1) > 3 * slots_.size()) {
      grow();
    }
    const std::uint64_t hash = hash_of(state);
    for (std::size_t place = hash & mask_;; place = (place + 1) & mask_) {
      Slot& slot = slots_[place];
      if (slot.id == no_parent) {
        slot = {static_cast<std::uint32_t>(hash >> 32U), static_cast<std::uint32_t>(size_)};
        record_slot() = {state, parent, choice};
        return {slot.id, true};
      }
      if (slot.tag == static_cast<std::uint32_t>(hash >> 32U) && record(slot.id).state == state) {
        return {slot.id, false};
      }
    }
  }
  [[nodiscard]] const State& state(std::uint32_t id) const { return record(id).state; }
  [[nodiscard]] std::uint32_t parent(std::uint32_t id) const { return record(id).parent; }
  [[nodiscard]] Choice choice(std::uint32_t id) const { return record(id).choice; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const {
    return blocks_.size() * block_size * sizeof(Record) + slots_.size() * sizeof(Slot);
  }

 private:
  struct Record {
    State state = {};
    std::uint32_t parent = no_parent;
    Choice choice = {};
  };
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t id = no_parent;
  };
  static_assert(std::has_unique_object_representations_v<State>);
  static constexpr std::size_t block_size = 1U << 12U;

  static std::uint64_t hash_of(const State& state) {
    std::array<std::uint64_t, (sizeof(State) + 7) / 8> words = {};
    std::memcpy(words.data(), &state, sizeof(State));
    std::uint64_t hash = 0;
    for (const std::uint64_t word : words) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
      hash ^= hash >> 29U;
    }
    return mix_bits(hash);
  }
  [[nodiscard]] const Record& record(std::uint32_t id) const { return blocks_[id / block_size][id % block_size]; }
  Record& record_slot() {
    if (size_ % block_size == 0) {
      blocks_.push_back(std::make_unique<Record[]>(block_size));
    }
    Record& record = blocks_.back()[size_ % block_size];
    ++size_;
    return record;
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    mask_ = slots_.size() - 1;
    for (std::uint32_t id = 0; id < size_; ++id) {
      const std::uint64_t hash = hash_of(record(id).state);
      std::size_t place = hash & mask_;
      while (slots_[place].id != no_parent) {
        place = (place + 1) & mask_;
      }
      slots_[place] = {static_cast<std::uint32_t>(hash >> 32U), id};
    }
  }

  std::vector<std::unique_ptr<Record[]>> blocks_ = {};
  std::vector<Slot> slots_ = std::vector<Slot>(1024);
  std::size_t mask_ = 1023;
  std::size_t size_ = 0;
};

}  // namespace stalemate
