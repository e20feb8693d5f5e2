// Causes: what, according to the steps, made a read stale.
//
// A cause is reported only with the steps that prove it: how the old version got into the cache, what became of the
// deletion or overwriting that should have removed it, and the lookup that found it. Whatever cannot be proved is
// `unexplained`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "check/check.hpp"
#include "core/op.hpp"
#include "record/history.hpp"

namespace stalemate {

enum class Cause : std::uint8_t {
  lost_invalidation,          ///< the newer write's delete (or set) was skipped, failed or was never answered
  writer_crashed,             ///< the newer write was applied, but its writer sent no delete after it
  stale_fill,                 ///< a fill with the old version landed after the newer write's delete
  reordered_sets,             ///< a writer's set of the old version landed after the newer write's set
  early_invalidation_refill,  ///< the delete came before the newer write's commit, and a miss refilled the old row
  replica_lag,                ///< the old version came from a replica
  not_yet_expired,            ///< writes leave the entry alone, and its time to live had not passed
  relay_lag,                  ///< a background part is to change the entry, and had not yet done so
  never_applied,              ///< the read missed an acknowledged write that the database never applied
  dirty_set,                  ///< the entry held a value whose own update was refused or skipped
  unexplained
};
/// Such as "lost invalidation".
[[nodiscard]] std::string_view name_of(Cause cause);

/// A read, what made it wrong, and the proof.
struct Explanation {
  OpIndex read = no_op;
  OpIndex newer_write = no_op;  ///< the write that the read missed; no_op where there is none
  OpIndex filler = no_op;       ///< the op that put the old version into the cache; no_op where it is not known
  Cause cause = Cause::unexplained;
  std::vector<Step> steps = {};  ///< the proof, by start; empty for `unexplained`
};

/// How many reads each cause explains, in order of Cause.
struct CauseCount {
  Cause cause = Cause::unexplained;
  std::uint64_t count = 0;
  friend bool operator==(const CauseCount&, const CauseCount&) = default;
};

/// Explains reads of one history.
/// Cost: grouping all steps once; then a sort of a key's steps when it is first asked for, and some binary searches a
/// read. Ask for the reads of one key together.
/// Thread rule: one thread at a time.
class CauseFinder {
 public:
  /// Requires: the history outlives it.
  explicit CauseFinder(const History& history);
  CauseFinder(CauseFinder&&) noexcept;
  CauseFinder& operator=(CauseFinder&&) noexcept;
  ~CauseFinder();

  [[nodiscard]] Explanation explain(const StaleRead& stale);
  /// Of any ok read, stale or not. `newer_write`: a write that it should have shown, such as find_lost_write names;
  /// may be no_op. For dirty reads, and reads behind a lost write.
  [[nodiscard]] Explanation explain(OpIndex read, OpIndex newer_write);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The acknowledged write that the read did not show because the database never applied it: the last such write of the
/// key that was acknowledged before the read began, and began after the write whose value the read returned was
/// acknowledged. no_op where there is none, or where the op is no ok read.
/// Cost: a pass over the ops.
[[nodiscard]] OpIndex find_lost_write(const History& history, OpIndex read);

/// Counts by cause; only causes that occurred. The counts add up to the size of `stale`.
[[nodiscard]] std::vector<CauseCount> count_causes(const History& history, std::span<const StaleRead> stale);

}  // namespace stalemate
