// KeyGroups: positions grouped by key, in their order: a counting sort whose two passes a crew divides.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "check/crew.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// Memory: 4 bytes an item, 4 a key; while it is made 4 more a key and member, but never more than 4 an item in all.
/// Thread rule: made by one thread with its crew; then `of` for keys of one thread's own, the rest on any thread.
class KeyGroups {
 public:
  /// Requires: items_max is below 2^32.
  KeyGroups(std::uint32_t key_count, std::size_t items_max, const Crew& crew)
      : begin_(std::size_t{key_count} + 1, 0),
        members_(static_cast<std::uint32_t>(
            std::clamp<std::size_t>(items_max / (std::size_t{key_count} + 1), 1, crew.size))) {}

  /// As many members of the crew take part, each with its share_begin of what there is.
  [[nodiscard]] std::uint32_t members() const { return members_; }

  /// First: `each(member, add)` calls add(key) for each item of the member's share.
  template <class Each>
  void count(const Crew& crew, const Each& each) {
    cursors_.resize(members_);
    crew([&](std::uint32_t member) {
      if (member >= members_) {
        return;
      }
      std::vector<std::uint32_t>& counts = cursors_[member];
      counts.assign(begin_.size() - 1, 0);
      each(member, [counts = counts.data()](std::uint32_t key) { ++counts[key]; });
    });
    std::uint32_t next = 0;
    for (std::size_t key = 0; key + 1 < begin_.size(); ++key) {
      begin_[key] = next;
      for (std::vector<std::uint32_t>& counts : cursors_) {
        next += std::exchange(counts[key], next);
      }
    }
    begin_.back() = next;
    order_ = RecordArray<std::uint32_t>(next);
  }

  /// Second: `each(member, add)` calls add(key, position) for the same items.
  template <class Each>
  void place(const Crew& crew, const Each& each) {
    crew([&](std::uint32_t member) {
      if (member < members_) {
        each(member, [cursors = cursors_[member].data(), order = order_.data()](
                         std::uint32_t key, std::uint32_t position) { order[cursors[key]++] = position; });
      }
    });
    cursors_ = {};
  }

  [[nodiscard]] std::uint32_t key_count() const { return static_cast<std::uint32_t>(begin_.size() - 1); }
  [[nodiscard]] std::size_t size() const { return order_.size(); }
  /// The number of items of keys below `key`. Requires: key <= key_count().
  [[nodiscard]] std::size_t before(std::uint32_t key) const { return begin_[key]; }
  [[nodiscard]] std::span<std::uint32_t> of(std::uint32_t key) {
    return order_.span().subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }
  [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t key) const {
    return order_.span().subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }
  /// Of all keys' positions, which lie one key after the other.
  [[nodiscard]] const std::uint32_t* end() const { return order_.span().data() + order_.size(); }

 private:
  std::vector<std::uint32_t> begin_;
  std::uint32_t members_;
  std::vector<std::vector<std::uint32_t>> cursors_;  // by member and key: first counts, then where its next item goes
  RecordArray<std::uint32_t> order_;
};

}  // namespace stalemate
