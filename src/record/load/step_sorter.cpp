#include "record/load/step_sorter.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "record/load/mapped_file.hpp"
#include "record/load/step_order.hpp"
#include "record/load/unpack_steps.hpp"

namespace stalemate {
namespace {

/// This many blocks show how a file's lanes and blocks are laid out; before that, nothing is sorted.
constexpr std::size_t blocks_to_choose_by = 64;

void count(const BlockPlace& block, OpIndex first, std::span<std::uint32_t> counts) {
  const BlockBases bases = block.bases();
  const std::byte* at = block.payload.data();
  for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
    const OpIndex op = DiskRecord::op_of_step(at, bases);
    if (op - first < counts.size() && op != no_op) {
      ++counts[op - first];
    }
  }
}

/// Sorts each op's steps by start. Requires: `steps` are sorted by op.
void sort_groups(std::span<StepRecord> steps) {
  for (std::size_t next = 1; next < steps.size(); ++next) {
    if (!step_before(steps[next], steps[next - 1])) [[likely]] {
      continue;
    }
    std::size_t begin = next - 1;
    while (begin > 0 && steps[begin - 1].op() == steps[next].op()) {
      --begin;
    }
    while (next + 1 < steps.size() && steps[next + 1].op() == steps[begin].op()) {
      ++next;
    }
    std::ranges::sort(steps.subspan(begin, next + 1 - begin), step_before);
  }
}

}  // namespace

void StepSorter::add(std::size_t number, std::span<const BlockPlace> blocks) {
  const std::lock_guard guard(mutex_);
  early_.emplace(number, std::vector(blocks.begin(), blocks.end()));
  while (!early_.empty() && early_.begin()->first == next_block_) {
    const std::vector<BlockPlace> next = std::move(early_.extract(early_.begin()).mapped());
    for (const BlockPlace& block : next) {
      if (block.header.type == block_format::BlockType::steps) {
        add_steps(block);
      }
    }
    next_block_ += next.size();
    end_ = next.back().end();
  }
  complete_ = shards_complete();
}

void StepSorter::add_steps(const BlockPlace& block) {
  blocks_.push_back(block);
  if (StepShards::has_ops(block)) {
    lanes_[block.header.lane] = block.header.base_index;
  } else {
    of_no_op_.push_back(block.offset);
  }
  ++blocks_since_;
  if (!is_fit_) {
    return;
  }
  if (shards_) {
    is_fit_ = shards_->add(block);
    if (is_fit_ && StepShards::has_ops(block)) {
      note_late(shards_->shard_of(block.header.base_index));
    }
  } else if (blocks_.size() >= blocks_to_choose_by) {
    std::uint64_t ops = 0;
    std::uint64_t steps = 0;
    for (const BlockPlace& known : blocks_) {
      ops = std::max(ops, std::uint64_t{known.header.index_max} + 1);
      steps += known.header.records;
    }
    is_fit_ = ops <= ops_always + steps * ops_a_step_max;
    if (is_fit_) {
      shards_.emplace(blocks_);
    }
  }
}

void StepSorter::note_late(std::size_t shard) {
  if (shard < std::min(next_, again_)) {
    constexpr std::size_t behind_max = std::size_t{1} << 32U;
    behind_ = std::min(2 * (behind_ + next_ - shard), behind_max);
    complete_ -= std::min(complete_, behind_);
    again_ = shard;
  }
}

/// Looking through the lanes takes no longer than the blocks that came since.
std::size_t StepSorter::shards_complete() {
  if (!shards_ || !is_fit_ || lanes_.empty() || blocks_since_ < lanes_.size()) {
    return complete_;
  }
  blocks_since_ = 0;
  const OpIndex least = std::ranges::min_element(lanes_, {}, [](const auto& lane) { return lane.second; })->second;
  const std::size_t shards = shards_->size() == 0 ? 0 : shards_->shard_of(least);
  return shards - std::min(shards, behind_);
}

std::optional<StepSorter::Task> StepSorter::take() {
  const std::lock_guard guard(mutex_);
  if (!shards_ || !is_fit_ || is_damaged_) {
    return std::nullopt;
  }
  if (again_ < next_) {
    if (active_ > 0) {
      return std::nullopt;
    }
    next_ = std::exchange(again_, none);
    places_.resize(next_ + 1);
  }
  if (next_ >= complete_) {
    return std::nullopt;
  }
  Task task;
  task.shard = next_++;
  ++active_;
  task.first = shards_->first_op(task.shard);
  task.ops = std::min(shards_->ops_a_shard(), shards_->end_op() - task.first);
  for (const std::uint32_t number : shards_->blocks_of(task.shard)) {
    task.blocks.push_back(blocks_[number]);
  }
  task.is_read_again = !task.blocks.empty() && task.blocks.front().end() + keep_mapped_bytes < end_;
  return task;
}

void StepSorter::sort_ready() {
  std::vector<std::uint32_t> cursors;
  for (std::optional<Task> task = take(); task; task = take()) {
    sort(*task, cursors);
  }
}

void StepSorter::sort(const Task& task, std::vector<std::uint32_t>& cursors) {
  cursors.assign(task.ops, 0);
  for (const BlockPlace& block : task.blocks) {
    count(block, task.first, cursors);
  }
  std::uint32_t total = 0;
  for (std::uint32_t& cursor : cursors) {
    total += std::exchange(cursor, total);
  }
  const std::span<StepRecord> steps = take_place(task.shard, total);
  for (const BlockPlace& block : task.blocks) {
    place(block, task.first, cursors, steps);
  }
  sort_groups(steps);
  if (task.is_read_again) {
    forget_mapped(options_.mapped, task.blocks.front().offset, task.blocks.back().end());
  }
  const std::lock_guard guard(mutex_);
  --active_;
}

/// The shard's part of the room; the next shard's begins behind it.
std::span<StepRecord> StepSorter::take_place(std::size_t shard, std::uint32_t total) {
  std::unique_lock lock(mutex_);
  counted_.wait(lock, [&] { return places_.size() > shard; });
  const std::uint64_t begin = places_[shard];
  places_.push_back(begin + total);
  lock.unlock();
  counted_.notify_all();
  if (begin + total > room_.size()) {
    return {};  // only if the file is being changed
  }
  return room_.subspan(begin, total);
}

void StepSorter::place(const BlockPlace& block, OpIndex first, std::span<std::uint32_t> cursors,
                       std::span<StepRecord> steps) {
  const BlockBases bases = block.bases();
  const std::byte* at = block.payload.data();
  bool has_no_op = false;
  for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
    const OpIndex op = DiskRecord::op_of_step(at, bases);
    if (op - first < cursors.size() && op != no_op) {
      const StepRecord step = DiskRecord::unpack_step(at, bases);
      if (fault_of(step, block, header_) != nullptr) [[unlikely]] {
        is_damaged_ = true;
        return;
      }
      if (const std::uint32_t place = cursors[op - first]++; place < steps.size()) [[likely]] {
        steps[place] = step;
      }
    } else if (op == no_op) [[unlikely]] {
      has_no_op = true;
    } else if (op - bases.index > bases.index_max - bases.index) [[unlikely]] {
      is_damaged_ = true;  // no shard is to look at it
    }
  }
  if (has_no_op) {
    const std::lock_guard guard(mutex_);
    of_no_op_.push_back(block.offset);
  }
}

Result<void> StepSorter::finish(std::span<const BlockPlace> blocks, std::uint64_t steps) {
  if (!shards_ || !is_fit_) {
    blocks_.assign(blocks.begin(), blocks.end());
    shards_.emplace(blocks_);
    is_fit_ = true;
    again_ = next_ == 0 ? none : 0;
  }
  complete_ = shards_->size();
  end_ = std::numeric_limits<std::uint64_t>::max();
  on_threads(options_.threads, [this](unsigned) { sort_ready(); });
  if (is_damaged_) {
    return first_damage(blocks);
  }
  const std::uint64_t of_ops = places_.back();
  const std::uint64_t end = place_of_no_op(blocks, of_ops);
  if (is_damaged_) {
    return first_damage(blocks);
  }
  if (end != steps || of_ops > end) {
    return failed(ErrorCode::protocol, std::string(options_.name) + " was changed while it was read");
  }
  std::ranges::sort(room_.subspan(of_ops, end - of_ops), step_before);
  return {};
}

/// Puts the steps without an op after the others; returns where they end.
std::uint64_t StepSorter::place_of_no_op(std::span<const BlockPlace> blocks, std::uint64_t begin) {
  std::ranges::sort(of_no_op_);
  for (const BlockPlace& block : blocks) {
    if (!std::ranges::binary_search(of_no_op_, block.offset)) {
      continue;
    }
    const char* fault = unpack_steps(block, header_, [&](const StepRecord& step) {
      if (step.op() == no_op) {
        if (begin < room_.size()) {
          room_[begin] = step;
        }
        ++begin;
      }
    });
    if (fault != nullptr) {
      is_damaged_ = true;
    }
  }
  return begin;
}

/// In file order.
Result<void> StepSorter::first_damage(std::span<const BlockPlace> blocks) const {
  for (const BlockPlace& block : blocks) {
    const char* fault = unpack_steps(block, header_, [](const StepRecord&) {});
    if (fault != nullptr) {
      return damaged(block, options_.name, fault);
    }
  }
  return failed(ErrorCode::protocol, std::string(options_.name) + " was changed while it was read");
}

}  // namespace stalemate
