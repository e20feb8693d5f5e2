// Prefilter: which keys of a history, and which ops of its other keys, cannot be in violation of any check. The checks
// need not see them. Nothing but speed depends on it; this header is all that others may include.
//
// Let each value of a key have f, the least completion, and s, the greatest invocation, of its write and its reads. Put
// the values in the order of their versions and cut between two of them wherever no s before the cut lies after an f
// behind it:
//
//   key 2, by version    1001 | 1004   1002 | 1007 | 1009 | 1012      1004 was read after 1002 had been
//                             `-- open ---'
//
// Then no op behind the cut ended before an op in front of it began. So nothing on one side is stale, in conflict, out
// of order or against a session guarantee because of anything on the other side. A key with a cut between any two
// values is *clean*. In a key that is *partly clean* the reads of a value between two cuts of its own are *settled*,
// and so is its write, with two exceptions: one that ended after a newer one did may be the last that a read of another
// value missed, and one that began before an older one may be the first. All other keys are *doubtful*.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "check/crew.hpp"
#include "check/exact/cleared.hpp"
#include "check/exact/key_groups.hpp"
#include "check/prefilter/bits.hpp"
#include "check/prefilter/key_order.hpp"
#include "check/prefilter/turns.hpp"
#include "check/prefilter/write_times.hpp"
#include "check/prefilter/zone_table.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Which ops the checks need not see, for loops over all ops. Valid as long as its Prefilter.
struct SettledOps {
  const KeyState* key_states;  ///< by key
  const std::uint64_t* open;   ///< a bit a value: no op of it is settled
  const std::uint64_t* kept;   ///< a bit a value: its write is not
  const ValueRecord* records;  ///< by value
  ValueNumbers numbers;

  /// Of a clean key every op, of a partly clean one some. Without a branch, which nobody could predict.
  [[nodiscard]] bool has(const OpRecord& op) const {
    const ValueNumber number = numbers.of_op(op);
    const std::uint64_t is_read = op.kind() == OpKind::read ? 1 : 0;
    const std::uint64_t is_write = op.kind() == OpKind::write ? 1 : 0;
    const std::uint64_t is_ok = op.outcome() == Outcome::ok ? 1 : 0;
    const bool ended_first = records[number].earliness == ValueRecord::earliness_of(op.completion_ns());
    const std::uint64_t may_write = is_write & (ended_first ? 1 : 0) & ~(kept[number / 64] >> number % 64);
    const std::uint64_t is_alone = ~(open[number / 64] >> number % 64);
    const std::uint64_t is_settled = is_ok & is_alone & (is_read | may_write) & 1;
    return (static_cast<std::uint64_t>(key_states[op.key().index]) >> is_settled & 1) == 0;
  }
};

struct PrefilterOptions {
  Nanoseconds clock_error_ns = 0;
  /// Also for the checks of sessions and of times, which ask for more: keys with a write of unknown outcome are
  /// doubtful. Requires: each client does one op at a time, and there is no clock error.
  bool for_sessions = false;
};

/// Cost: a walk over all ops and steps by each member of the crew, and a nearly sorted sort of each key's values; with
/// `for_sessions` another walk over the ops. Memory: 40 bytes a value and key that is met, 4 a value, two bits a value;
/// with `for_sessions` 12 a value and 8 a key.
/// Thread rule: made by one thread with its crew, then read by any.
class Prefilter {
 public:
  /// Requires: the history outlives it.
  Prefilter(const History& history, const PrefilterOptions& options, const Crew& crew);

  /// Whether it can say nothing of this history: then no key is clean, and nothing else may be asked.
  [[nodiscard]] bool gave_up() const { return table_.gave_up(); }
  [[nodiscard]] bool all_clean() const { return all_clean_; }
  [[nodiscard]] KeyState state_of(Key key) const { return key_states_[key.index]; }
  [[nodiscard]] SettledOps settled_ops() const {
    return {key_states_.data(), open_.words(), kept_.words(), table_.records().data(), table_.numbers()};
  }

  // Of the whole history.
  [[nodiscard]] bool versions_known() const { return table_.versions_known(); }
  [[nodiscard]] bool has_writes() const { return table_.has_writes(); }
  [[nodiscard]] std::uint64_t op_count() const { return table_.op_count(); }
  [[nodiscard]] std::uint64_t keys_with_ops() const { return keys_with_ops_; }

  /// Of the clean keys; but `reads` are all of the history's, so take off those that the checks see.
  [[nodiscard]] const Cleared& cleared() const { return cleared_; }
  /// Whether there are times to tell: those `for_sessions`.
  [[nodiscard]] bool has_times() const { return times_.has_value(); }
  /// Calls take(times) for one of so many parts of the history. Each part once, any at once. Requires: has_times().
  void tell_times(std::uint32_t part, std::uint32_t parts, const WriteTimes::Take& take) const {
    times_->tell(part, parts, key_states_, take);
  }

 private:
  /// What a member found.
  struct Found {
    Cleared cleared;
    std::uint64_t keys_with_ops = 0;
    bool all_clean = true;
    WriteTimes::Room room;
  };

  void read_table(const Crew& crew);
  void group_values(const Crew& crew);
  void judge_keys(const KeyRules& rules, const Crew& crew);
  [[nodiscard]] std::uint32_t first_key(std::uint32_t member, std::uint32_t members) const;
  void judge(Key key, KeyOrder& order, Found& found);

  const History* history_;
  ZoneTable table_;
  KeyGroups groups_;  // the numbers of the written values, by key
  std::vector<KeyState> key_states_;
  Bits open_;  // values of partly clean keys that are not alone between two cuts
  Bits kept_;  // values of such keys whose write the checks have to see
  std::optional<WriteTimes> times_;
  bool all_clean_ = true;
  std::uint64_t keys_with_ops_ = 0;
  Cleared cleared_;
};

}  // namespace stalemate
