// HistoryIndex: a history's ops grouped by key, and every written value with its writer and version.
//
// Own histories number their values densely, so finding a value's write is one array access; others fall back to a
// sorted table of (key, value).
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "check/key_history.hpp"
#include "record/history.hpp"

namespace stalemate {

class Screen;

/// A place in the table of written values.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = ~Slot{0};

/// What the steps say of a write, in place of its version.
inline constexpr Version no_step_seen = unknown_version;
inline constexpr Version refused = ~Version{0} - 1;          ///< skipped, or answered with a definite error
inline constexpr Version applied_unversioned = ~Version{0};  ///< applied or perhaps applied, place not told

/// Memory: 4 bytes an op, 4 a key, 12 a written value (20 where values are not dense).
/// Thread rule: `order_of` and `set_rank` for keys of one thread's own; the rest on any thread.
class HistoryIndex {
 public:
  /// One pass over the ops to count, one to group, one over the steps for versions. With a `screen`: only of the keys
  /// that it did not clear.
  explicit HistoryIndex(const History& history, const Screen* screen = nullptr);

  [[nodiscard]] const History& history() const { return *history_; }
  [[nodiscard]] std::uint32_t key_count() const { return static_cast<std::uint32_t>(key_begin_.size() - 1); }
  [[nodiscard]] bool versions_known() const { return versions_known_; }
  /// Whether ops of that key wrote a value twice, or wrote the initial value.
  [[nodiscard]] bool has_repeated_values(Key key) const;
  /// Sorted; usually empty.
  [[nodiscard]] std::span<const std::uint32_t> repeated_keys() const { return repeated_keys_; }
  [[nodiscard]] std::uint64_t keys_with_ops() const;

  /// Positions of the key's ops of clients, in the history's order.
  [[nodiscard]] std::span<OpPosition> order_of(std::uint32_t key) {
    return {order_.data() + key_begin_[key], order_.data() + key_begin_[key + 1]};
  }
  [[nodiscard]] std::span<const OpPosition> order_of(std::uint32_t key) const {
    return {order_.data() + key_begin_[key], order_.data() + key_begin_[key + 1]};
  }
  /// The end of all keys' positions, which lie one key after the other.
  [[nodiscard]] const OpPosition* order_end() const { return order_.data() + order_.size(); }
  /// No more values than these were written.
  [[nodiscard]] std::size_t slot_count() const { return ranks_.size(); }
  [[nodiscard]] bool has_writes() const { return !ranks_.empty(); }
  /// The number of ops of keys below `key`. Requires: key <= key_count().
  [[nodiscard]] std::uint64_t ops_before(std::uint32_t key) const { return key_begin_[key]; }
  [[nodiscard]] std::uint64_t op_count() const { return order_.size(); }
  /// How many of them are `ok` reads.
  [[nodiscard]] std::uint64_t ok_reads() const { return ok_reads_; }

  /// The slot of a value written to the key, or no_slot. With dense values the key is not looked at: the slot may be
  /// another key's.
  [[nodiscard]] Slot slot_of(std::uint32_t key, Value value) const {
    if (is_dense_) [[likely]] {
      const auto offset = static_cast<std::uint64_t>(std::int64_t{value} - value_min_);
      return offset < ranks_.size() ? static_cast<Slot>(offset) : no_slot;
    }
    return search_slot(key, value);
  }
  [[nodiscard]] Version version_in(Slot slot) const { return versions_.empty() ? no_step_seen : versions_[slot]; }
  void set_rank(Slot slot, Rank rank) { std::atomic_ref(ranks_[slot]).store(rank, std::memory_order_relaxed); }
  /// What set_rank stored, or no_rank. Of another key's slot: anything.
  [[nodiscard]] Rank rank_in(Slot slot) const {
    return std::atomic_ref(const_cast<Rank&>(ranks_[slot])).load(std::memory_order_relaxed);
  }
  /// Where slot_of will look, as far as that can be told at once; no_slot where it cannot.
  [[nodiscard]] Slot slot_hint(Value value) const { return is_dense_ ? slot_of(0, value) : no_slot; }
  void prefetch_slot(Slot slot) const { __builtin_prefetch(&ranks_[slot]); }

 private:
  struct Counted;
  [[nodiscard]] bool is_indexed(const OpRecord& op) const;
  [[nodiscard]] Counted count_ops();
  void group_ops(const Counted& counted);
  [[nodiscard]] bool index_densely();
  void index_sorted();
  void read_versions();
  void note_version(Slot slot, const StepRecord& step);
  [[nodiscard]] Slot search_slot(std::uint32_t key, Value value) const;

  const History* history_;
  const Screen* screen_;
  std::vector<std::uint32_t> key_begin_;
  std::vector<OpPosition> order_;
  std::vector<std::uint32_t> repeated_keys_;
  std::vector<std::uint64_t> sorted_values_;  // key and value, where values are not dense
  std::vector<Rank> ranks_;                   // by slot
  std::vector<Version> versions_;             // by slot; empty without versions
  Value value_min_ = 0;
  bool is_dense_ = true;
  bool versions_known_ = false;
  std::uint64_t ok_reads_ = 0;
};

}  // namespace stalemate
