#include "record/load/step_shards.hpp"

#include <algorithm>

namespace stalemate {

namespace {

/// Together with the payload they are made from, about a second-level cache.
constexpr std::uint64_t steps_a_shard = 8192;
/// On average, when the width is chosen; and when more come than it was chosen by.
constexpr std::uint64_t visits_a_step = 3;
constexpr std::uint64_t visits_a_step_max = 5;
/// Shards with hardly any steps would take more memory than the steps.
constexpr std::uint64_t shards_always = 1024;
constexpr std::uint64_t steps_a_shard_min = 64;

}  // namespace

StepShards::StepShards(std::span<const BlockPlace> blocks) {
  for (const BlockPlace& block : blocks) {
    if (has_ops(block)) {
      least_ = std::min(least_, block.header.base_index);
      greatest_ = std::max(greatest_, block.header.index_max);
      steps_ += block.header.records;
    }
  }
  if (steps_ > 0) {
    choose_width(blocks);
  }
  steps_ = 0;
  for (const BlockPlace& block : blocks) {
    insert(block);
  }
}

bool StepShards::add(const BlockPlace& block) {
  if (has_ops(block)) {
    const std::uint64_t steps = steps_ + block.header.records;
    const OpIndex last = block.header.index_max;
    if (block.header.base_index < least_ || last >= ops_always + steps * ops_a_step_max ||
        shard_of(last) >= shards_always + steps / steps_a_shard_min ||
        visits_ + shards_of(block) * block.header.records > visits_a_step_max * steps) {
      return false;
    }
    greatest_ = std::max(greatest_, last);
  }
  insert(block);
  return true;
}

void StepShards::choose_width(std::span<const BlockPlace> blocks) {
  const std::uint64_t range = std::uint64_t{greatest_} - least_ + 1;
  while (shift_ < 32 && (std::uint64_t{1} << shift_) * steps_ < range * steps_a_shard) {
    ++shift_;
  }
  for (; shift_ < 32; ++shift_) {
    std::uint64_t visits = 0;
    for (const BlockPlace& block : blocks) {
      visits += has_ops(block) ? shards_of(block) * block.header.records : 0;
    }
    if (visits <= visits_a_step * steps_) {
      return;
    }
  }
}

void StepShards::insert(const BlockPlace& block) {
  const std::uint32_t number = blocks_++;
  if (!has_ops(block)) {
    return;
  }
  steps_ += block.header.records;
  visits_ += shards_of(block) * block.header.records;
  const std::size_t last = shard_of(block.header.index_max);
  if (members_.size() <= last) {
    members_.resize(last + 1);
  }
  for (std::size_t shard = shard_of(block.header.base_index); shard <= last; ++shard) {
    members_[shard].push_back(number);
  }
}

}  // namespace stalemate
