// StepShards: a file's blocks of steps divided by ranges of ops, so that each range can be sorted on its own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "record/format/block_scan.hpp"

namespace stalemate {

/// With more op indexes than this, for each step and in all, an ordinary sort takes less memory.
inline constexpr std::uint64_t ops_a_step_max = 4;
inline constexpr std::uint64_t ops_always = std::uint64_t{1} << 20U;

/// A range of ops has about as many steps as fit the processor's caches, if ops and steps are stored about in the order
/// of time. Where blocks span many ops, ranges are larger, so that on average a block is in a few of them only.
class StepShards {
 public:
  /// Chooses the ranges' width by these blocks, and adds them.
  explicit StepShards(std::span<const BlockPlace> blocks);

  /// Adds a block, and shards as needed. False: the block does not fit the shards, because it lies before them or they
  /// are too narrow for it; the shards must not be used after that.
  [[nodiscard]] bool add(const BlockPlace& block);

  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::uint64_t ops_a_shard() const { return std::uint64_t{1} << shift_; }
  [[nodiscard]] OpIndex first_op(std::size_t shard) const {
    return static_cast<OpIndex>(least_ + (static_cast<std::uint64_t>(shard) << shift_));
  }
  /// The end of all shards' ops.
  [[nodiscard]] std::uint64_t end_op() const { return std::uint64_t{greatest_} + 1; }
  /// The blocks that may have steps of the shard's ops, by their place among the blocks, in their order.
  [[nodiscard]] std::span<const std::uint32_t> blocks_of(std::size_t shard) const { return members_[shard]; }
  /// The shard that an op's steps are in. Requires: the op is not before the first shard's.
  [[nodiscard]] std::size_t shard_of(OpIndex op) const { return (std::uint64_t{op} - least_) >> shift_; }

  /// Whether the block may have steps of ops. If not, it is in no shard: its steps belong to no op, or it is damaged.
  [[nodiscard]] static bool has_ops(const BlockPlace& block) {
    return block.header.base_index != no_op && block.header.base_index <= block.header.index_max;
  }

 private:
  void choose_width(std::span<const BlockPlace> blocks);
  void insert(const BlockPlace& block);
  [[nodiscard]] std::uint64_t shards_of(const BlockPlace& block) const {
    return shard_of(block.header.index_max) - shard_of(block.header.base_index) + 1;
  }

  OpIndex least_ = no_op;
  OpIndex greatest_ = 0;
  unsigned shift_ = 0;        // at most 32: one shard
  std::uint32_t blocks_ = 0;  // also those that no shard has
  std::uint64_t steps_ = 0;
  std::uint64_t visits_ = 0;  // each block's steps times its shards
  std::vector<std::vector<std::uint32_t>> members_;
};

}  // namespace stalemate
