// KeyHistory: what the checks see of one key: its ops with every read traced to the write whose value it returned, the
// writes in the order in which the database applied them, and each value's zone.
//
// Where no versions are told, the order is that of the writes' times as far as these do not overlap:
//
//   |- write 6 -|  |-- write 7 --|                    7 is newer than 6, and so is 8; which of 7 and 8 is newer is not
//                     |-- write 8 --|                 certain
//
// Built once, then read by every check, in batches that fit the processor's caches: a check's cost is a pass over
// arrays, whether there is one key of 10^8 ops or 10^6 keys of ten.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/op.hpp"
#include "core/types.hpp"

namespace stalemate {

/// A position in History::ops().
using OpPosition = std::uint32_t;

/// When the initial value was written: before every instant of every run.
inline constexpr Nanoseconds before_all = -(Nanoseconds{1} << 61U);

/// What became of the write behind a cluster.
enum class Standing : std::uint8_t {
  initial,   ///< the value the row started with: cluster 0
  applied,   ///< in the database's chain of versions
  timed,     ///< perhaps in the chain, of which no versions are told: its place is that of its time
  lost,      ///< acknowledged, but not in the chain
  unplaced,  ///< perhaps in the chain, at a place that is not known
  failed     ///< certainly not in the chain
};

/// A place among a key's clusters. 0 is the initial value; 1 to KeyHistory::placed are the applied writes, oldest
/// version first, so that for these a larger rank is a newer version, or the timed ones, of which
/// KeyHistory::newer_from says which are certainly newer; the rest follow in order of invocation, as the timed ones do.
using Rank = std::uint32_t;
/// The cluster of a value that no op of the key wrote.
inline constexpr Rank no_rank = ~Rank{0};

/// A value of a key: its write and the `ok` reads that returned it. One cache line.
struct Cluster {
  Nanoseconds write_invocation_ns = before_all;
  Nanoseconds write_completion_ns = before_all;  ///< `never` for an `info` write
  Nanoseconds effective_completion_ns =
      before_all;  ///< of a placed `info` write: when a read first showed it or a newer version
  Nanoseconds read_completion_min_ns = never;  ///< `never`: no read returned it
  Nanoseconds read_invocation_max_ns = before_all;
  Nanoseconds newer_completion_ns = never;  ///< min effective completion of the placed writes that are newer
  Nanoseconds newer_invocation_ns = never;  ///< min invocation of the same
  OpPosition write = 0;                     ///< meaningless for the initial value
  Value value = absent;

  [[nodiscard]] bool is_read() const { return read_completion_min_ns != never; }
};
static_assert(sizeof(Cluster) == 64);

/// A cluster's zone: `first_completion_ns` f, `last_invocation_ns` s of the definition of linearizability.
struct Zone {
  Nanoseconds first_completion_ns = 0;
  Nanoseconds last_invocation_ns = 0;
  Rank rank = 0;
};

/// A placed write by the time it counts as completed.
struct Completion {
  Nanoseconds completion_ns = 0;
  Rank rank = 0;
  Rank rank_max = 0;  ///< the greatest rank up to here
};

/// One op of a key.
struct KeyOp {
  Nanoseconds invocation_ns = 0;
  Nanoseconds completion_ns = 0;
  OpPosition position = 0;
  Value value = absent;  ///< written or returned
  Rank rank = no_rank;   ///< of the cluster of its value; no_rank for a read that is not `ok`, and for a phantom
  ClientId client = 0;
  OpKind kind : 4 = OpKind::read;
  /// A read that found no row where several deletes may be why: `rank` is that of the newest that had begun.
  bool is_vague : 1 = false;
  Outcome outcome = Outcome::ok;

  /// Not of a vague one, of which only `is_told_read` says so.
  [[nodiscard]] bool is_ok_read() const { return is_told_read() && !is_vague; }
  [[nodiscard]] bool is_told_read() const { return kind == OpKind::read && outcome == Outcome::ok; }
  [[nodiscard]] bool is_write() const { return kind != OpKind::read; }
};
static_assert(sizeof(KeyOp) == 32);

/// One key of a history.
struct KeyHistory {
  Key key = {};
  std::uint32_t placed = 0;       ///< how many clusters are applied or timed
  std::uint32_t lost = 0;         ///< how many are lost
  std::uint32_t phantoms = 0;     ///< `ok` reads of values that no op of the key wrote
  std::uint32_t vague = 0;        ///< how many reads are KeyOp::is_vague
  bool versions_known = false;    ///< the engine told its order of versions
  bool order_is_total = false;    ///< of any two placed values that count as completed it is certain which is newer
  bool lacks_settled = false;     ///< ops are left out with which nothing is wrong, as SettledOps says
  bool has_failed_reads = false;  ///< a failed write's value was read
  bool has_future_reads = false;  ///< a read completed before the write of its value began
  bool zones_conflict = false;    ///< some zone begins before an earlier one has ended: look closer
  std::span<const Cluster> clusters = {};        ///< by rank; never empty
  std::span<const Standing> standings = {};      ///< by rank
  std::span<const Zone> zones = {};              ///< sorted by f; without failed writes and unread `info` writes
  std::span<const Completion> completions = {};  ///< the placed writes that count as completed, sorted by completion

  /// Whether the rank says how new the version is.
  [[nodiscard]] bool is_placed(Rank rank) const { return rank <= placed; }
  /// The least rank that is certainly newer, as all placed ones above it are: where no versions are told, of the first
  /// write that began after this one counted as completed. Requires: is_placed(rank).
  [[nodiscard]] Rank newer_from(Rank rank) const {
    return versions_known || rank == 0 ? rank + 1 : begun_after_completion_of(rank);
  }
  /// Whether the value has a place among the versions that is not known.
  [[nodiscard]] bool may_be_placed(Rank rank) const {
    return rank < standings.size() && standings[rank] == Standing::unplaced;
  }

 private:
  [[nodiscard]] Rank begun_after_completion_of(Rank rank) const {
    const std::span<const Cluster> later = clusters.subspan(std::size_t{rank} + 1, placed - rank);
    const auto newer =
        std::ranges::upper_bound(later, clusters[rank].effective_completion_ns, {}, &Cluster::write_invocation_ns);
    return rank + 1 + static_cast<Rank>(newer - later.begin());
  }
};

/// Values of a key that may be newer than another one. Where versions are told, nobody need ask.
class MaybeNewer {
 public:
  /// Adds a value. `newer_from`: as KeyHistory says of it.
  void add(Rank rank, Rank newer_from) {
    if (rank == furthest_) {
      return;
    }
    if (newer_from > reach_) {
      second_reach_ = reach_;
      reach_ = newer_from;
      furthest_ = rank;
    } else {
      second_reach_ = std::max(second_reach_, newer_from);
    }
  }
  /// Whether some value that was added, but itself, is not certainly older.
  [[nodiscard]] bool than(Rank rank) const { return (rank == furthest_ ? second_reach_ : reach_) > rank; }

 private:
  Rank furthest_ = no_rank;  // the value that the most values may be older than
  Rank reach_ = 0;           // its newer_from
  Rank second_reach_ = 0;    // the greatest one of the others
};

/// A key with some of its ops, in order of invocation. All of a small key's ops are in one part; a large key comes in
/// several parts that follow each other.
struct KeyPart {
  const KeyHistory* key = nullptr;
  std::span<const KeyOp> ops = {};
  bool is_first = true;
  bool is_last = true;
};

}  // namespace stalemate
