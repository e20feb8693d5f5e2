#include "record/step_shards.hpp"

#include <algorithm>
#include <numeric>

namespace stalemate {

namespace {

/// Together with the payload they are made from, about a second-level cache.
constexpr std::uint64_t steps_a_shard = 8192;

}  // namespace

StepShards::StepShards(std::span<const BlockPlace> blocks) : least_(no_op) {
  if (blocks.empty()) {
    return;
  }
  for (const BlockPlace& block : blocks) {
    least_ = std::min(least_, block.header.base_index);
    greatest_ = std::max(greatest_, block.header.index_max);
  }
  greatest_ = std::max(least_, greatest_);  // no block has an op: one shard
  choose_width(blocks);
  assign(blocks);
}

/// A header whose greatest index is below its least is damage that only the steps will show.
std::size_t StepShards::last_of(const BlockPlace& block) const {
  return std::max(home_of(block), block.header.index_max < least_ ? 0 : shard_of(block.header.index_max));
}

void StepShards::choose_width(std::span<const BlockPlace> blocks) {
  std::uint64_t steps = 0;
  for (const BlockPlace& block : blocks) {
    steps += block.header.records;
  }
  const std::uint64_t range = std::uint64_t{greatest_} - least_ + 1;
  while (shift_ < 32 && (std::uint64_t{1} << shift_) * steps < range * steps_a_shard) {
    ++shift_;
  }
  for (; shift_ < 32; ++shift_) {
    begin_.assign(((range - 1) >> shift_) + 2, 0);
    std::uint64_t visits = 0;
    for (const BlockPlace& block : blocks) {
      visits += (last_of(block) - home_of(block) + 1) * block.header.records;
    }
    if (visits <= 3 * steps) {
      return;
    }
  }
  begin_.assign(2, 0);
}

void StepShards::assign(std::span<const BlockPlace> blocks) {
  for (const BlockPlace& block : blocks) {
    for (std::size_t shard = home_of(block); shard <= last_of(block); ++shard) {
      ++begin_[shard + 1];
    }
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  blocks_.resize(begin_.back());
  std::vector<std::uint64_t> next(begin_.begin(), begin_.end() - 1);
  for (std::uint32_t number = 0; number < blocks.size(); ++number) {
    for (std::size_t shard = home_of(blocks[number]); shard <= last_of(blocks[number]); ++shard) {
      blocks_[next[shard]++] = number;
    }
  }
}

}  // namespace stalemate
