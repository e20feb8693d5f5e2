// ZoneTable: every value's zone, write and version, found while streaming over a history once, in any order.
//
// A value of our own histories is a place in an array: row values count up from the initial one. Each op widens one
// entry of 16 bytes; no op is moved or copied.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "check/crew.hpp"
#include "check/exact/key_history.hpp"
#include "check/prefilter/bits.hpp"
#include "check/prefilter/value_layout.hpp"
#include "check/prefilter/value_record.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Memory: 32 bytes a written value, 8 less after forget_writes, 16 a key; while it is filled by several members up to
/// 16 bytes a value and key more for each of a few; pages that are not needed are seldom touched.
/// Thread rule: `scan` to `close` in that order, each as its comment says, after all members are done with the one
/// before; from then on read-only but for `drop` and `mark_odd`.
class ZoneTable {
 public:
  struct Zone {
    Key key = {};
    Nanoseconds first_completion_ns = never;  ///< f; `never` where nothing completed
    Nanoseconds last_invocation_ns = 0;       ///< s; below 0 where there is nothing but a failed write
  };

  /// A zone as it lies in the table. Bits from the top: `first` 2^48 - 1 - first completion (0: none) and the key's low
  /// 16; `last` last invocation + 2 (0: no op at all, 1: only a failed write) and the key's high 16. So an earlier
  /// completion or a later invocation is the greater number.
  struct PackedZone {
    std::uint64_t first;
    std::uint64_t last;
  };

  /// Requires: the history outlives it. `members` of a crew will fill it; member m takes the ops from borders[m] to
  /// borders[m + 1].
  ZoneTable(const History& history, std::vector<std::size_t> borders);

  /// First: the member's own ops. Any members at once.
  void scan(std::uint32_t member);
  /// Second, after all have scanned: what they left to others, or found of others' places. Any members at once.
  void apply(std::uint32_t member);
  /// Third, on one thread.
  void close_writes();
  /// Fourth: the versions, from the steps of the member's ops. Any members at once.
  void read_versions(std::uint32_t member);
  /// Last, on one thread: adds up what the members found.
  void close();

  /// The values are not numbered as this table needs it: nothing else of it may be used.
  [[nodiscard]] bool gave_up() const { return totals_.gave_up; }
  [[nodiscard]] bool versions_known() const { return totals_.versions_known; }
  [[nodiscard]] bool has_writes() const { return written_begin_ < written_end_; }
  [[nodiscard]] std::uint64_t op_count() const { return totals_.ops; }
  [[nodiscard]] std::uint64_t ok_reads() const { return totals_.ok_reads; }
  [[nodiscard]] std::uint32_t key_count() const { return key_count_; }
  /// Places are below this.
  [[nodiscard]] ValuePlace place_end() const { return totals_.place_end; }

  /// Where values are.
  [[nodiscard]] const ValueLayout& layout() const { return layout_; }
  /// By place, also the one beyond all others.
  [[nodiscard]] const PackedZone* packed_zones() const { return zones_.span().data(); }
  /// Whether an op left something there.
  [[nodiscard]] bool is_touched(ValuePlace place) const { return zones_.span()[place].last != 0; }
  /// Requires: is_touched(place).
  [[nodiscard]] Zone zone(ValuePlace place) const { return unpack(packed_zone(place)); }
  [[nodiscard]] const PackedZone& packed_zone(ValuePlace place) const { return zones_.span()[place]; }
  [[nodiscard]] static Zone unpack(const PackedZone& zone) {
    const std::uint64_t first = zone.first >> key_bits;
    return {
        .key = Key{static_cast<std::uint32_t>((zone.last & key_mask) << key_bits | (zone.first & key_mask))},
        .first_completion_ns = first == 0 ? never : static_cast<Nanoseconds>(packed_time::instant_mask - first),
        .last_invocation_ns = static_cast<Nanoseconds>(zone.last >> key_bits) - static_cast<Nanoseconds>(last_spare)};
  }
  /// Whether no op of the value ended before that.
  [[nodiscard]] static bool is_first_completion(const PackedZone& zone, Nanoseconds completion_ns) {
    return zone.first >> key_bits == packed_time::instant_mask - static_cast<std::uint64_t>(completion_ns);
  }
  /// The value's place in the order of versions; 0 for an initial value. As packed_version packs it.
  [[nodiscard]] std::uint64_t version(ValuePlace place) const {
    return place < key_count_ ? 0 : versions_.span()[place - key_count_];
  }
  /// Those of the written values from that one on. Requires: it was written.
  [[nodiscard]] const std::uint64_t* versions_from(Value value) const {
    return versions_.span().data() + (value - layout_.value_begin);
  }
  /// What steps and ops say of the value's write. Requires: place is not an initial value's.
  [[nodiscard]] ValueFacts facts(ValuePlace place, Nanoseconds first_completion_ns) const {
    return facts_of(write(place), version(place), first_completion_ns);
  }
  /// Gives its memory of writes back. `facts` may not be asked for any more.
  void forget_writes() { writes_ = {}; }
  /// Forgets what ops left there. Each place by one thread.
  void drop(ValuePlace place) { zones_.span()[place] = {}; }

  /// Keys of which the table cannot tell all: a value written twice, never, or to several keys.
  [[nodiscard]] bool is_odd(Key key) const { return odd_.has(key.index); }
  /// By any thread at any time.
  void mark_odd(Key key) { odd_.add(key.index); }
  /// Keys that only have ops that left nothing in the table.
  [[nodiscard]] bool is_barely_seen(Key key) const { return barely_seen_.has(key.index); }

 private:
  static constexpr std::uint64_t last_failed = 1;
  static constexpr std::uint64_t last_spare = 2;
  static constexpr unsigned key_bits = 16;
  static constexpr std::uint64_t key_mask = (std::uint64_t{1} << key_bits) - 1;

  struct Counts {
    std::uint64_t ops = 0;
    std::uint64_t ok_reads = 0;
    ValuePlace place_end = 0;
    bool gave_up = false;
    bool versions_known = false;
    bool has_refused = false;       // an update certainly came to nothing
    bool may_have_applied = false;  // an update did not
  };
  struct Left {
    std::vector<std::vector<OpPosition>> ops;  // for each member
    std::vector<std::size_t> steps;
  };

  /// What a member may widen: its own places, and what it finds of older ones in a table of its own.
  struct Reach {
    ValuePlace begin = 0;
    ValuePlace own_begin = 0;
    ValuePlace end = 0;
    /// The common one, and that of the places below own_begin; nullptr: begin == own_begin.
    std::array<PackedZone*, 2> tables = {};
    [[nodiscard]] PackedZone* zone(ValuePlace place) const { return tables[place < own_begin ? 1 : 0] + place; }
  };
  static constexpr std::size_t block_ops = 32;
  /// Where some neighbouring ops go, looked up before any of them is added, so that their entries can be fetched.
  struct Block {
    std::uint32_t size = 0;
    std::uint32_t write_count = 0;
    std::array<ValuePlace, block_ops> places;    // nowhere: for add_special
    std::array<std::uint8_t, block_ops> writes;  // which of the ops are writes; without those that go nowhere
  };

  [[nodiscard]] std::uint64_t write(ValuePlace place) const { return writes_.span()[place - key_count_]; }
  [[nodiscard]] ValuePlace place_of(const OpRecord& op) const { return layout_.place_of(op); }
  /// The place beyond all others, for what has none.
  [[nodiscard]] ValuePlace nowhere() const { return layout_.nowhere(); }
  void choose_owners();
  [[nodiscard]] Reach reach_of(std::uint32_t member);
  static void look_up(ValueLayout layout, Reach reach, std::span<const OpRecord> ops, Block& block);
  [[nodiscard]] ValuePlace widen(std::uint32_t member, const Reach& reach, std::size_t begin, const Block& block);
  void note_writes(std::uint32_t member, const Reach& reach, std::size_t begin, const Block& block);
  void add_special(std::uint32_t member, const Reach& reach, std::size_t position);
  void skip(const OpRecord& op, Counts& counts);
  void leave(std::uint32_t member, ValuePlace place, std::size_t position);
  void apply_elders(std::uint32_t member, std::span<const PackedZone> elders);
  [[nodiscard]] static bool is_of_other_key(const PackedZone& seen, const PackedZone& zone);
  static void merge(const PackedZone& seen, PackedZone& zone);
  void mark_odd(Key key, const PackedZone& zone);
  [[nodiscard]] static bool is_kept(const OpRecord& op);
  void add(const OpRecord& op, PackedZone& zone, std::uint64_t& write);
  void note_version(const StepRecord& step, std::size_t offset);

  const History* history_;
  std::uint32_t key_count_;
  std::uint32_t members_;
  ValueLayout layout_;
  std::size_t written_begin_ = 0;  // of the written values, less value_begin_
  std::size_t written_end_ = 0;
  std::vector<std::size_t> borders_;
  std::vector<ValuePlace> owners_;               // member m owns the places from owners_[m] to owners_[m + 1]
  RecordArray<PackedZone> zones_;                // and one that is nowhere
  std::vector<RecordArray<PackedZone>> elders_;  // by member: what it found of places below its own; or empty
  RecordArray<std::uint64_t> writes_;
  RecordArray<std::uint64_t> versions_;
  Bits odd_;
  Bits barely_seen_;
  std::vector<Counts> counts_;  // by member
  std::vector<Left> left_;      // by member
  Counts totals_;
};

}  // namespace stalemate
