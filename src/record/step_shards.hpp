// StepShards: a file's blocks of steps divided by ranges of ops, so that each range can be sorted on its own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "record/block_scan.hpp"

namespace stalemate {

/// A range of ops has about as many steps as fit the processor's caches, where ops and steps are about where their time
/// is. Where blocks span many ops each, ranges are larger, so that no block is in more than a few of them on average.
class StepShards {
 public:
  /// Requires: the blocks outlive it.
  explicit StepShards(std::span<const BlockPlace> blocks);

  [[nodiscard]] std::size_t size() const { return begin_.empty() ? 0 : begin_.size() - 1; }
  [[nodiscard]] std::uint64_t ops_a_shard() const { return std::uint64_t{1} << shift_; }
  [[nodiscard]] OpIndex first_op(std::size_t shard) const {
    return static_cast<OpIndex>(least_ + (static_cast<std::uint64_t>(shard) << shift_));
  }
  /// The end of all shards' ops.
  [[nodiscard]] std::uint64_t end_op() const { return std::uint64_t{greatest_} + 1; }
  /// The blocks that may have steps of the shard's ops, by their place among the blocks, in file order.
  [[nodiscard]] std::span<const std::uint32_t> blocks_of(std::size_t shard) const {
    return std::span(blocks_).subspan(begin_[shard], begin_[shard + 1] - begin_[shard]);
  }
  /// The shard that answers for what only one of a block's shards may do.
  [[nodiscard]] std::size_t home_of(const BlockPlace& block) const {
    return block.header.base_index == no_op ? size() - 1 : shard_of(block.header.base_index);
  }

 private:
  [[nodiscard]] std::size_t shard_of(OpIndex op) const { return (std::uint64_t{op} - least_) >> shift_; }
  [[nodiscard]] std::size_t last_of(const BlockPlace& block) const;
  void choose_width(std::span<const BlockPlace> blocks);
  void assign(std::span<const BlockPlace> blocks);

  OpIndex least_ = 0;
  OpIndex greatest_ = 0;
  unsigned shift_ = 0;                // at most 32: one shard
  std::vector<std::uint64_t> begin_;  // by shard, in blocks_
  std::vector<std::uint32_t> blocks_;
};

}  // namespace stalemate
