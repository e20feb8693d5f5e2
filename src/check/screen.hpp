// Screen: which keys of a history have nothing wrong with their zones and versions, found without looking at a key's
// ops one by one. Whatever it cannot clear is for the checks to judge.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "check/clean_keys.hpp"
#include "check/crew.hpp"
#include "check/order_proof.hpp"
#include "check/zone_table.hpp"
#include "core/types.hpp"
#include "record/history.hpp"

namespace stalemate {

struct ScreenOptions {
  Nanoseconds clock_error_ns = 0;
  bool clears_unknown = true;              ///< false: a key with a write of unknown outcome is never cleared
  std::size_t window = 512;                ///< a value may be so many places out of order
  std::vector<std::uint32_t> shares = {};  ///< of the members; empty: all the same. For tests
};

/// A key is cleared if its values, in the order of their versions (without versions: of their first completions), could
/// have been there one after the other (OrderProof), and each was written once, by a write that did not fail, before it
/// was read. Then the key is linearizable, in the order of its versions, and none of its reads is stale.
/// Cost: a pass over ops and steps, a counting sort of the written values by key, and a pass over them. Memory: as
/// ZoneTable, and 24 bytes a value, 4 a key and member.
class Screen {
 public:
  /// Requires: the history outlives it.
  Screen(const History& history, const ScreenOptions& options, const Crew& crew);

  /// Whether it could be used at all: if not, no key is clean and nothing is counted.
  [[nodiscard]] bool gave_up() const { return table_.gave_up(); }
  [[nodiscard]] bool all_clean() const { return !gave_up() && !table_.has_odd_keys(); }
  [[nodiscard]] bool is_clean(Key key) const { return !gave_up() && !table_.is_odd(key); }

  [[nodiscard]] bool versions_known() const { return table_.versions_known(); }
  [[nodiscard]] bool has_writes() const { return table_.has_writes(); }
  [[nodiscard]] std::uint64_t op_count() const { return table_.op_count(); }
  [[nodiscard]] std::uint64_t keys_with_ops() const { return keys_with_ops_; }
  /// Of the clean keys; their `reads` are all of the history's: take off those of the others.
  [[nodiscard]] const CleanKeys& clean_keys() const { return clean_; }

 private:
  /// An OrderedZone without values of its own to begin with.
  struct Placed {
    std::uint64_t place;
    Nanoseconds first_completion_ns;
    Nanoseconds last_invocation_ns;
  };

  void classify(std::uint32_t member);
  [[nodiscard]] bool is_kept(ValuePlace place, const ZoneTable::Zone& zone);
  /// Both ends of every interval move, so that two ends move apart twice.
  [[nodiscard]] Nanoseconds widened(Nanoseconds completion_ns) const {
    return completion_ns == never ? never : completion_ns + 2 * options_.clock_error_ns;
  }
  void place_groups();
  void group(std::uint32_t member);
  void judge(std::uint32_t member);
  [[nodiscard]] Placed placed(ValuePlace place, const ZoneTable::Zone& zone) const;
  void join_pieces();
  void count_keys();

  ScreenOptions options_;
  ZoneTable table_;
  std::uint32_t members_;
  std::vector<std::size_t> borders_;                 // of the members' shares in what is being looked at
  std::vector<std::vector<std::uint32_t>> cursors_;  // by member and key: first counts, then where its next value goes
  std::vector<std::uint32_t> key_end_;               // by key, in order_
  RecordArray<Placed> order_;                        // the values' zones, key by key
  struct Piece {
    std::uint32_t key;
    LooseEnds ends;
  };
  std::vector<std::vector<Piece>> pieces_;  // by member
  std::uint64_t keys_with_ops_ = 0;
  CleanKeys clean_;
};

}  // namespace stalemate
