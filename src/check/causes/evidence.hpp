// Evidence: what the steps say about one read: where its answer came from, how the old version got there, and what the
// write that it missed did, or was to do, about that.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "check/causes/entry_changes.hpp"
#include "record/history.hpp"

namespace stalemate {

using Steps = std::vector<const StepRecord*>;

/// All pointers are into the history. Empty or nullptr: there was none, or it is not known.
struct Evidence {
  const History& history;
  const EntryChanges& entries;  ///< of the read's key
  const OpRecord& read;
  const OpRecord* newer = nullptr;  ///< the write that the read missed
  std::span<const StepRecord> read_steps = {};
  std::span<const StepRecord> newer_steps = {};
  const StepRecord* update = nullptr;  ///< of `newer`, by whomever: applied, or else perhaps

  /// The lookup or load that found the value. Where the read found a copy of an entry that was old already, the lookup
  /// which that copy was made from.
  const StepRecord* answer = nullptr;
  Steps copied = {};               ///< then: the set of the copy, and the read's own lookup
  EntryPlace place = cache_place;  ///< where the answer's entry is

  Origin origin = {};                             ///< of what the answer found, where it is a lookup
  const StepRecord* set = nullptr;                ///< origin.set
  std::span<const StepRecord> setter_steps = {};  ///< all of its op
  const OpRecord* setter = nullptr;
  const StepRecord* source = nullptr;  ///< the lookup or load from which its op had the value; nullptr: it made it
  bool is_source_in_time = false;      ///< the source may rightly have found the old version

  /// What `newer` did to the entry, or a background part because of it, or was to do; by start. Of an entry in an
  /// application server: what it did to the cache's, from where pushes come.
  Steps changes = {};
  bool is_relayed = false;  ///< writes leave entries to a background part
  /// Removals of the copy in an application server because of `changes` that the set came after, or at the same time.
  Steps removals = {};

  [[nodiscard]] bool is_hit() const { return answer != nullptr && answer->role() == Role::lookup; }
  /// The old version was put there, `newer` did all it was to do about it, and nothing of that was lost: who won was a
  /// matter of time.
  [[nodiscard]] bool is_race() const;
  /// Of a race: what `newer` did to the entry was over before the row was new, and the old row was loaded later.
  [[nodiscard]] bool is_too_early() const;
  /// What `newer` was to do to the entry after it was set, and did not, or not certainly; nullptr: nothing.
  [[nodiscard]] const StepRecord* lost_change() const;
};

/// Makes evidence, read by read.
/// Thread rule: one thread at a time.
class EvidenceFinder {
 public:
  /// `changes`: of that history. Requires: both outlive it.
  EvidenceFinder(const History& history, const KeyChanges& changes) : history_(history), entries_(history, changes) {}

  /// `newer`: a write that the read should have shown; no_op: none. Requires: `read` is an ok read of the history.
  [[nodiscard]] Evidence find(const OpRecord& read, OpIndex newer);

 private:
  void find_answer(Evidence& evidence);
  void find_set(Evidence& evidence) const;
  void find_changes(Evidence& evidence);
  void find_removals(Evidence& evidence) const;
  static void follow_copy(Evidence& evidence);
  static void judge_source(Evidence& evidence);

  const History& history_;
  EntryChanges entries_;
};

}  // namespace stalemate
