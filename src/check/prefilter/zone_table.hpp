// ZoneTable: what the ops and steps of a history say of each value, found in one pass over each, in any order.
//
// A value of our own histories has a place in an array, for row values count up from the initial one. Each op widens
// one record of 32 bytes; no op is moved or copied.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "check/exact/key_history.hpp"
#include "check/exact/step_version.hpp"
#include "check/exact/value_numbers.hpp"
#include "check/prefilter/bits.hpp"
#include "record/history.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// What is known of one value of a key. All zero: no op has it. Half a cache line.
struct alignas(32) ValueRecord {
  std::uint32_t owner;      ///< 1 + the key whose ops have the value; 0: none has
  std::uint32_t write;      ///< 1 + the position of the write; 0: none
  std::uint64_t earliness;  ///< `never` less the first completion of a write or an `ok` read; 0: nothing completed
  std::uint64_t last_read;  ///< 1 + the last invocation of an `ok` read; 0: none
  std::uint64_t begun;      ///< 1 + the invocation of an `ok` write; 0: there is none

  [[nodiscard]] bool is_seen() const { return owner != 0; }
  [[nodiscard]] Key key() const { return Key{owner - 1}; }
  [[nodiscard]] static std::uint64_t earliness_of(Nanoseconds completion_ns) {
    return static_cast<std::uint64_t>(never - completion_ns);
  }
  /// `never` where nothing completed.
  [[nodiscard]] Nanoseconds first_completion_ns() const { return never - static_cast<Nanoseconds>(earliness); }
  /// Requires: begun is not 0.
  [[nodiscard]] Nanoseconds write_invocation_ns() const { return static_cast<Nanoseconds>(begun) - 1; }
  /// Negative if it was not read.
  [[nodiscard]] Nanoseconds last_read_ns() const { return static_cast<Nanoseconds>(last_read) - 1; }
};

/// Members of a crew divide the values, not the ops: each walks over all ops and steps and adds those of its own
/// values, so that no two write to the same record. Memory: 40 bytes a value and key, of pages that are touched. Thread
/// rule: read_ops by every member, then close_ops, then read_versions by every member, then close_versions; from then
/// on read-only.
class ZoneTable {
 public:
  /// Requires: the history outlives it; members > 0.
  ZoneTable(const History& history, std::uint32_t members);

  void read_ops(std::uint32_t member);
  void close_ops();
  void read_versions(std::uint32_t member);
  void close_versions();

  /// Values are not dense, or an op wrote the initial one: nothing can be said. Known from the start or after
  /// close_ops.
  [[nodiscard]] bool gave_up() const { return totals_.gave_up; }
  [[nodiscard]] const ValueNumbers& numbers() const { return numbers_; }
  /// By number, and one behind them for what has none.
  [[nodiscard]] std::span<const ValueRecord> records() const { return records_.span(); }
  /// Of a value's write, as packed_version packs it. By number.
  [[nodiscard]] std::span<const std::uint64_t> versions() const { return versions_.span(); }
  /// The keys of which the table cannot tell all: of a value that was written twice, never, or to several keys.
  [[nodiscard]] bool is_doubtful(Key key) const { return doubtful_.has(key.index); }
  /// The keys of an op that left nothing in the table.
  [[nodiscard]] bool is_barely_seen(Key key) const { return barely_seen_.has(key.index); }

  // Of the whole history.
  [[nodiscard]] std::uint64_t op_count() const { return totals_.ops; }
  [[nodiscard]] std::uint64_t ok_reads() const { return totals_.ok_reads; }
  [[nodiscard]] bool has_writes() const { return totals_.has_writes; }
  [[nodiscard]] bool versions_known() const { return told_.is_order_known(); }
  /// No op has a value from there on.
  [[nodiscard]] ValueNumber number_end() const { return totals_.number_end; }

 private:
  /// Which values are a member's: four neighbours each, two pairs of cache lines.
  struct Share {
    std::uint32_t member;
    std::uint32_t members;
    [[nodiscard]] bool has(ValueNumber number) const {
      constexpr std::uint32_t golden = 2654435769U;  // spreads neighbours evenly
      return std::uint64_t{(number >> 2U) * golden} * members >> 32U == member;
    }
  };
  struct Counts {
    std::uint64_t ops = 0;
    std::uint64_t ok_reads = 0;
    ValueNumber number_end = 0;
    bool has_writes = false;
    bool gave_up = false;
  };
  static constexpr std::size_t block_ops = 64;
  /// A member's ops of a block.
  struct Picked {
    std::size_t count = 0;
    std::array<OpPosition, block_ops> positions;
    std::array<ValueNumber, block_ops> numbers;
  };

  void pick(std::size_t begin, Share share, Picked& picked);
  void add(const Picked& picked, Counts& counts);
  void add_other(OpPosition position, ValueNumber number, Counts& counts);
  void mark_doubtful(const OpRecord& op, const ValueRecord& record);

  const History* history_;
  std::uint32_t members_;
  ValueNumbers numbers_;
  RecordArray<ValueRecord> records_;
  RecordArray<std::uint64_t> versions_;
  Bits doubtful_;
  Bits barely_seen_;
  std::vector<Counts> counts_;         // by member
  std::vector<VersionsTold> told_by_;  // by member
  Counts totals_;
  VersionsTold told_;
};

}  // namespace stalemate
