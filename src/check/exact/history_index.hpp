// HistoryIndex: a history's ops grouped by key, and every written value with its writer and version.
//
// Own histories number their values densely, so finding a value's write is one array access; others fall back to a
// sorted table of (key, value).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "check/crew.hpp"
#include "check/exact/key_groups.hpp"
#include "check/exact/key_history.hpp"
#include "check/exact/step_version.hpp"
#include "record/history.hpp"
#include "record/record_array.hpp"

namespace stalemate {

class Prefilter;

/// The number of an entry in the table of written values.
using ValueSlot = std::uint32_t;
inline constexpr ValueSlot no_slot = ~ValueSlot{0};

/// What the steps say of a write, in place of its version.
inline constexpr Version no_step_seen = unknown_version;
inline constexpr Version refused = ~Version{0} - 1;          ///< skipped, or answered with a definite error
inline constexpr Version applied_unversioned = ~Version{0};  ///< applied or perhaps applied, place not told

/// Memory: as KeyGroups, a bit an op while it is made, and 12 bytes a written value (20 where values are not dense).
/// Thread rule: `order_of` and `set_rank` for keys of one thread's own; the rest on
/// any thread.
class HistoryIndex {
 public:
  /// One pass over the ops to count, one to group, one over the steps for versions. With a `prefilter`, which has not
  /// given up: without the ops that it settled.
  explicit HistoryIndex(const History& history, const Prefilter* prefilter = nullptr, const Crew& crew = {});

  [[nodiscard]] const History& history() const { return *history_; }
  [[nodiscard]] std::uint32_t key_count() const { return groups_.key_count(); }
  [[nodiscard]] bool versions_known() const { return versions_known_; }
  /// Whether ops of that key wrote a value twice, or wrote the initial value.
  [[nodiscard]] bool has_repeated_values(Key key) const;
  /// Sorted; usually empty.
  [[nodiscard]] std::span<const std::uint32_t> repeated_keys() const { return repeated_keys_; }
  [[nodiscard]] std::uint64_t keys_with_ops() const;

  /// Whether settled ops of the key are left out.
  [[nodiscard]] bool lacks_settled(std::uint32_t key) const;
  /// How many writes of such keys are left out.
  [[nodiscard]] std::uint64_t settled_writes() const { return settled_writes_; }
  /// Positions of the key's ops of clients, in the history's order.
  [[nodiscard]] std::span<OpPosition> order_of(std::uint32_t key) { return groups_.of(key); }
  [[nodiscard]] std::span<const OpPosition> order_of(std::uint32_t key) const { return groups_.of(key); }
  /// The end of all keys' positions, which lie one key after the other.
  [[nodiscard]] const OpPosition* order_end() const { return groups_.end(); }
  /// No more values than these were written.
  [[nodiscard]] std::size_t slot_count() const { return ranks_.size(); }
  [[nodiscard]] bool has_writes() const { return !ranks_.empty(); }
  /// The number of ops of keys below `key`. Requires: key <= key_count().
  [[nodiscard]] std::uint64_t ops_before(std::uint32_t key) const { return groups_.before(key); }
  [[nodiscard]] std::uint64_t op_count() const { return groups_.size(); }
  /// How many of them are `ok` reads.
  [[nodiscard]] std::uint64_t ok_reads() const { return ok_reads_; }

  /// The slot of a value written to the key, or no_slot. With dense values the key does not matter: the slot may be
  /// another key's.
  [[nodiscard]] ValueSlot slot_of(std::uint32_t key, Value value) const {
    if (is_dense_) [[likely]] {
      const auto offset = static_cast<std::uint64_t>(std::int64_t{value} - value_min_);
      return offset < ranks_.size() ? static_cast<ValueSlot>(offset) : no_slot;
    }
    return search_slot(key, value);
  }
  [[nodiscard]] Version version_in(ValueSlot slot) const {
    constexpr std::array<Version, version_shift + 1> unversioned = {no_step_seen, refused, applied_unversioned};
    const std::uint64_t stored = versions_.span()[slot];
    return stored <= version_shift ? unversioned[stored] : stored - version_shift;
  }
  void set_rank(ValueSlot slot, Rank rank) { std::atomic_ref(ranks_[slot]).store(rank, std::memory_order_relaxed); }
  /// What set_rank stored, or no_rank. Of another key's slot: anything.
  [[nodiscard]] Rank rank_in(ValueSlot slot) const {
    return std::atomic_ref(const_cast<Rank&>(ranks_[slot])).load(std::memory_order_relaxed);
  }
  /// What slot_of will return, if that takes no search; else no_slot.
  [[nodiscard]] ValueSlot slot_hint(Value value) const { return is_dense_ ? slot_of(0, value) : no_slot; }
  void prefetch_slot(ValueSlot slot) const { __builtin_prefetch(&ranks_[slot]); }
  void prefetch_version(ValueSlot slot) const { __builtin_prefetch(&versions_.span()[slot]); }

 private:
  struct Counted;
  /// Versions as packed_version packs them: 1 refused, 2 applied and not told, else 2 more. Of what several steps say,
  /// the larger number holds.
  static constexpr std::uint64_t version_shift = packed_version::unplaced;

  template <class Use>
  void use_picked(std::size_t begin, std::uint64_t picked, const Use& use) const;
  template <class Picks, class Use>
  void pick(std::uint32_t member, const Picks& picks, const Use& use);
  template <class Use>
  void pick_indexed(std::uint32_t member, std::uint64_t& left_out, const Use& use);
  template <class Use>
  void for_each_indexed(std::uint32_t member, const Use& use) const;
  [[nodiscard]] Counted count_ops(const Crew& crew);
  [[nodiscard]] bool group_ops(const Crew& crew, bool is_dense);
  [[nodiscard]] bool is_first_of(Value value);
  void index_sorted();
  void read_versions(const Crew& crew);
  [[nodiscard]] VersionsTold read_versions(std::span<const StepRecord> steps);
  void note_version(ValueSlot slot, const StepRecord& step);
  [[nodiscard]] ValueSlot search_slot(std::uint32_t key, Value value) const;

  const History* history_;
  const Prefilter* prefilter_;
  KeyGroups groups_;
  std::vector<std::vector<std::uint64_t>> picked_;  // while it is made, by member: a bit for each op of its share
  std::vector<std::uint32_t> repeated_keys_;
  std::vector<std::uint64_t> sorted_values_;  // key and value, where values are not dense
  std::vector<Rank> ranks_;                   // by slot
  RecordArray<std::uint64_t> versions_;       // by slot
  Value value_min_ = 0;
  bool is_dense_ = true;
  bool versions_known_ = false;
  std::uint64_t ok_reads_ = 0;
  std::uint64_t settled_writes_ = 0;
};

}  // namespace stalemate
