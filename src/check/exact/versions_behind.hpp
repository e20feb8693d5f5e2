// VersionsBehind: how many newer versions had completed before a stale read began.
#pragma once

#include <cstdint>
#include <vector>

#include "check/exact/key_history.hpp"

namespace stalemate {

/// Counts for one key at a time. Usually a handful of comparisons: writes complete nearly in the order of their
/// versions. Where they do not, a Fenwick tree over the ranks, filled as the reads' invocations pass the writes'
/// completions, answers in log n.
class VersionsBehind {
 public:
  struct Answer {
    std::uint32_t versions = 0;  ///< at least 1
    Rank first_newer = 0;        ///< of the newer versions, the one that completed first
  };

  /// Requires: `key` outlives the queries.
  void begin(const KeyHistory& key);
  /// Requires: `read` is a stale read of the key, no earlier in order of invocation than those asked before.
  [[nodiscard]] Answer of(const KeyOp& read);
  /// Of the newer versions, the one that completed last before the read began. Requires: `of` was asked of it last.
  [[nodiscard]] Rank last_newer(const KeyOp& read) const;

 private:
  [[nodiscard]] std::uint32_t count_in_tree(Rank rank);

  const KeyHistory* key_ = nullptr;
  std::size_t completed_ = 0;  // of key_->completions, before the read
  std::size_t in_tree_ = 0;
  std::vector<std::uint32_t> tree_;  // over ranks; empty until it is needed
};

}  // namespace stalemate
