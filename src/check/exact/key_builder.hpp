// KeyBuilder: makes the KeyHistories of a range of keys and hands them on in batches.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "check/exact/history_index.hpp"
#include "check/exact/key_history.hpp"

namespace stalemate {

/// A write of a key whose rank is not known yet.
struct UnrankedWrite {
  Version version = 0;
  Nanoseconds invocation_ns = 0;
  Nanoseconds completion_ns = 0;
  OpPosition position = 0;
  Value value = absent;
  Standing standing = Standing::failed;
};

/// A delete of a key that may have been applied, in order of invocation.
struct DeletePlace {
  Nanoseconds invocation_ns = 0;
  Rank newest = 0;  ///< the greatest rank of the deletes up to this one
};

/// Thread rule: one thread an object; objects of different key ranges may share an index.
class KeyBuilder {
 public:
  using Take = std::function<void(std::span<const KeyPart>)>;

  /// Requires: batch_ops > 0. About 4096 fit the processor's caches.
  KeyBuilder(HistoryIndex& index, Nanoseconds clock_error_ns, std::uint32_t batch_ops)
      : index_(index), clock_error_ns_(clock_error_ns), batch_ops_(batch_ops) {}

  /// Every key of [first, last) that has ops and no repeated values, in batches of about `batch_ops` ops. What `take`
  /// gets is valid during the call.
  void build(std::uint32_t first, std::uint32_t last, const Take& take);

 private:
  /// Where a key's pieces lie in the batch's arrays.
  struct Extent {
    KeyHistory history;
    std::size_t ops, op_count, clusters, cluster_count, zones, zone_count, completions, completion_count;
  };

  [[nodiscard]] KeyOp gather(OpPosition position) const;
  void gather(std::span<const OpPosition> order, std::size_t from, std::size_t to);
  void build_copied(std::uint32_t key, std::span<const OpPosition> order);
  void build_in_place(std::uint32_t key, std::span<OpPosition> order, const Take& take);
  void sort_order(std::span<OpPosition> order) const;
  [[nodiscard]] Extent open(std::uint32_t key) const;
  void add_write(std::uint32_t key, const KeyOp& op);
  void place_clusters(Extent& extent);
  void resolve(Extent& extent, std::span<KeyOp> ops);
  void place_deletes(const Extent& extent);
  [[nodiscard]] Rank rank_of_no_row(KeyOp& read) const;
  void close_clusters(Extent& extent);
  void keep_certainly_newer(Extent& extent);
  void add_completions(Extent& extent);
  void add_zones(Extent& extent);
  [[nodiscard]] KeyHistory finished(const Extent& extent) const;
  void flush(const Take& take);
  void clear();

  HistoryIndex& index_;
  Nanoseconds clock_error_ns_;
  std::size_t batch_ops_;
  std::vector<Extent> extents_;
  std::vector<KeyOp> ops_;
  std::vector<UnrankedWrite> writes_;  // of the key that is built
  std::vector<Cluster> clusters_;
  std::vector<Standing> standings_;
  std::vector<DeletePlace> deletes_;  // of the key that is built
  Rank failed_delete_ = no_rank;      // one of the key's, if there is any
  std::vector<Zone> zones_;
  std::vector<Completion> completions_;
  std::vector<KeyHistory> histories_;
  std::vector<KeyPart> parts_;
};

}  // namespace stalemate
