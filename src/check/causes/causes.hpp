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

#include "check/causes/cause.hpp"
#include "check/check.hpp"
#include "core/op.hpp"
#include "record/history.hpp"

namespace stalemate {

/// Such as "lost invalidation"; "unexplained" for nullptr.
[[nodiscard]] std::string_view name_of(const CauseInfo* cause);

/// A read, what made it wrong, and the proof.
struct Explanation {
  OpIndex read = no_op;
  OpIndex newer_write = no_op;       ///< the write that the read missed; no_op where there is none
  OpIndex filler = no_op;            ///< the op that put the old version into the cache; no_op where it is not known
  const CauseInfo* cause = nullptr;  ///< of the CauseRegistry; nullptr: unexplained
  std::string_view conclusion = {};  ///< what the steps come to, a sentence; empty where unexplained
  std::vector<Step> steps = {};      ///< the proof, at most 8, by start; empty where unexplained
};

/// How many reads a cause explains.
struct CauseCount {
  const CauseInfo* cause = nullptr;  ///< nullptr: unexplained
  std::uint64_t count = 0;
  friend bool operator==(const CauseCount&, const CauseCount&) = default;
};

/// Explains reads of one history.
/// Cost: with the first read, all changes of rows and entries are grouped by key; then a sort of a key's changes when
/// it is asked for after another, and some binary searches a read. Ask for the reads of one key together. Thread rule:
/// one thread at a time.
class CauseFinder {
 public:
  /// Nothing but speed depends on the crew. Requires: the history outlives it.
  explicit CauseFinder(const History& history, const Crew& crew = {});
  CauseFinder(CauseFinder&&) noexcept;
  CauseFinder& operator=(CauseFinder&&) noexcept;
  ~CauseFinder();

  [[nodiscard]] Explanation explain(const StaleRead& stale);
  /// Of any ok read, stale or not. `newer_write`: a write that it should have shown, such as find_lost_write names;
  /// may be no_op. For dirty reads, and reads behind a lost write.
  [[nodiscard]] Explanation explain(OpIndex read, OpIndex newer_write);
  /// What made each of these reads stale, in their order; nullptr: unexplained.
  [[nodiscard]] std::vector<const CauseInfo*> causes_of(std::span<const StaleRead> stale);

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// The acknowledged write that the read did not show because the database never applied it: the last such write of the
/// key that was acknowledged before the read began, and began after the write whose value the read returned was
/// acknowledged. no_op where there is none, or where the op is no ok read.
/// Cost: a pass over the ops.
[[nodiscard]] OpIndex find_lost_write(const History& history, OpIndex read);

/// Counts by cause, sorted by name, the unexplained last; only causes that occurred. The counts add up to the size of
/// `stale`.
[[nodiscard]] std::vector<CauseCount> count_causes(const History& history, std::span<const StaleRead> stale);
/// The same of what CauseFinder::causes_of found.
[[nodiscard]] std::vector<CauseCount> count_causes(std::span<const CauseInfo* const> causes);

}  // namespace stalemate
