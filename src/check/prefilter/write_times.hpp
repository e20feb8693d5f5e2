// WriteTimes: how long after a write each read of some keys began, and how long after it the key was read last.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "check/exact/cleared.hpp"
#include "check/exact/key_groups.hpp"
#include "check/prefilter/key_order.hpp"
#include "check/prefilter/zone_table.hpp"
#include "record/record_array.hpp"

namespace stalemate {

/// The writes of each key in order of completion. A read finds the one that completed last before it near the write of
/// its own value. Memory: 12 bytes a value, 8 a key.
/// Thread rule: add_key for different keys by any threads; then read-only.
class WriteTimes {
 public:
  using Take = std::function<void(const ClearedTimes&)>;

  /// `groups`: the numbers of the written values by key. Requires: all outlive it.
  WriteTimes(const History& history, const ZoneTable& table, const KeyGroups& groups);

  /// A thread's own, to be used again.
  using Room = std::vector<std::pair<Nanoseconds, ValueNumber>>;
  /// What a key adds to what was cleared.
  struct Writes {
    std::uint64_t ok_writes = 0;  ///< and adds
    bool has_adds = false;
  };
  /// Requires: the key is not doubtful, and all its writes are `ok` or failed.
  [[nodiscard]] Writes add_key(Key key, Room& room);

  /// Calls take(times) for one of so many parts of the history's ops, without those of doubtful keys.
  void tell(std::uint32_t part, std::uint32_t parts, const std::vector<KeyState>& key_states, const Take& take) const;

 private:
  [[nodiscard]] Nanoseconds completed_before(const OpRecord& read) const;

  const History& history_;
  const ZoneTable& table_;
  const KeyGroups& groups_;
  RecordArray<Nanoseconds> completions_;   // of each key's `ok` writes, sorted; then `never`
  RecordArray<std::uint32_t> ranks_;       // by number: which of them its write is
  std::vector<Nanoseconds> last_read_ns_;  // by key; negative: it was not read
};

}  // namespace stalemate
