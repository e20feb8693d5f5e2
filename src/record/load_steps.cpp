#include "record/load_steps.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "record/step_order.hpp"
#include "record/step_shards.hpp"

namespace stalemate {
namespace {

/// More op indexes than this a step, and an ordinary sort takes less memory.
constexpr std::uint64_t ops_a_step_max = 4;
constexpr std::uint64_t ops_always = std::uint64_t{1} << 20U;

const char* fault_of(const StepRecord& step, const BlockPlace& block, const HistoryHeader& header) {
  if (!DiskRecord::is_sound(step)) {
    return "a step has a field that makes no sense";
  }
  if ((step.op() < block.header.base_index || step.op() > block.header.index_max) && step.op() != no_op) {
    return "a step's op is not within the block's range";
  }
  if (step.fault() >= header.fault_names.size()) {
    return "a step names a fault that the header does not";
  }
  return nullptr;
}

/// Calls `use(step)` for each step of the block up to one that makes no sense; what is wrong with it, or nullptr.
template <class Use>
const char* unpack_block(const BlockPlace& block, const HistoryHeader& header, const Use& use) {
  const BlockBases bases = block.bases();
  const std::byte* at = block.payload.data();
  for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
    const StepRecord step = DiskRecord::unpack_step(at, bases);
    if (const char* fault = fault_of(step, block, header); fault != nullptr) [[unlikely]] {
      return fault;
    }
    use(step);
  }
  return nullptr;
}

/// Errors: ErrorCode::protocol, if a step makes no sense.
Result<void> check_steps(const BlockPlace& block, const HistoryHeader& header, std::string_view name) {
  const char* fault = unpack_block(block, header, [](const StepRecord&) {});
  return fault == nullptr ? Result<void>() : damaged(block, name, fault);
}

/// Sorts each op's steps by start. Requires: `steps` are sorted by op.
void sort_groups(std::span<StepRecord> steps) {
  for (std::size_t next = 1; next < steps.size(); ++next) {
    if (steps[next].op() != steps[next - 1].op() || !step_before(steps[next], steps[next - 1])) [[likely]] {
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

/// Shards are taken in order, and a shard's place in the array is known once the one before has been counted.
class StepLoader::Sorter {
 public:
  Sorter(std::span<const BlockPlace> blocks, const HistoryHeader& header, const LoadOptions& options,
         std::span<StepRecord> steps)
      : blocks_(blocks),
        header_(header),
        options_(options),
        steps_(steps),
        shards_(blocks),
        places_(shards_.size() + 1) {}

  [[nodiscard]] Result<void> run() {
    places_.front() = 1;
    on_threads(options_.threads, [this](unsigned) {
      std::vector<std::uint32_t> cursors;
      for (std::size_t shard = next_++; shard < shards_.size(); shard = next_++) {
        sort(shard, cursors);
      }
    });
    if (is_damaged_) {
      return first_damage();
    }
    if (places_.back() - 1 + of_no_op_ != steps_.size()) {
      return failed(ErrorCode::protocol, std::string(options_.name) + " was changed while it was read");
    }
    std::ranges::sort(steps_.last(of_no_op_), step_before);
    return {};
  }

 private:
  void sort(std::size_t shard, std::vector<std::uint32_t>& cursors) {
    const OpIndex first = shards_.first_op(shard);
    cursors.assign(std::min(shards_.ops_a_shard(), shards_.end_op() - first), 0);
    for (const std::uint32_t number : shards_.blocks_of(shard)) {
      count(blocks_[number], first, cursors);
    }
    std::uint32_t total = 0;
    for (std::uint32_t& cursor : cursors) {
      total += std::exchange(cursor, total);
    }
    const std::span<StepRecord> steps = take_place(shard, total);
    for (const std::uint32_t number : shards_.blocks_of(shard)) {
      place(blocks_[number], shards_.home_of(blocks_[number]) == shard, first, cursors, steps);
    }
    sort_groups(steps);
    if (options_.is_mapped && !shards_.blocks_of(shard).empty()) {
      const std::span<const std::byte> last = blocks_[shards_.blocks_of(shard).back()].payload;
      forget_mapped({blocks_[shards_.blocks_of(shard).front()].payload.data(), last.data() + last.size()});
    }
  }

  static void count(const BlockPlace& block, OpIndex first, std::span<std::uint32_t> counts) {
    const BlockBases bases = block.bases();
    const std::byte* at = block.payload.data();
    for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
      const OpIndex op = DiskRecord::op_of_step(at, bases);
      if (op - first < counts.size() && op != no_op) {
        ++counts[op - first];
      }
    }
  }

  /// The shard's part of the array; the next shard's begins behind it.
  std::span<StepRecord> take_place(std::size_t shard, std::uint32_t total) {
    places_[shard].wait(0);
    const std::uint64_t begin = places_[shard] - 1;
    places_[shard + 1] = begin + total + 1;
    places_[shard + 1].notify_all();
    if (begin + total > steps_.size()) {
      return {};  // only if the file is being changed
    }
    return steps_.subspan(begin, total);
  }

  void place(const BlockPlace& block, bool is_home, OpIndex first, std::span<std::uint32_t> cursors,
             std::span<StepRecord> steps) {
    const char* fault = unpack_block(block, header_, [&](const StepRecord& step) {
      if (step.op() == no_op) [[unlikely]] {
        if (const std::uint64_t taken = is_home ? of_no_op_++ : steps_.size(); taken < steps_.size()) {
          steps_[steps_.size() - 1 - taken] = step;
        }
      } else if (step.op() - first < cursors.size()) {
        if (const std::uint32_t place = cursors[step.op() - first]++; place < steps.size()) [[likely]] {
          steps[place] = step;
        }
      }
    });
    if (fault != nullptr) {
      is_damaged_ = true;
    }
  }

  /// In file order.
  [[nodiscard]] Result<void> first_damage() const {
    for (const BlockPlace& block : blocks_) {
      if (Result<void> sound = check_steps(block, header_, options_.name); !sound) {
        return sound;
      }
    }
    return failed(ErrorCode::protocol, std::string(options_.name) + " was changed while it was read");
  }

  std::span<const BlockPlace> blocks_;
  const HistoryHeader& header_;
  const LoadOptions& options_;
  std::span<StepRecord> steps_;
  StepShards shards_;
  std::atomic<std::size_t> next_ = 0;
  std::vector<std::atomic<std::uint64_t>> places_;  // where each shard begins, and 1; 0: not known yet
  std::atomic<std::uint64_t> of_no_op_ = 0;
  std::atomic<bool> is_damaged_ = false;
};

StepLoader::StepLoader(std::uint64_t file_bytes, const HistoryHeader& header, bool keep, const LoadOptions& options)
    : header_(header), options_(options), keep_(keep), array_(keep ? file_bytes / DiskRecord::size_bytes : 0) {}

Result<void> StepLoader::add(const BlockPlace& block) {
  if (!keep_) {
    return check_steps(block, header_, options_.name);
  }
  // The system makes memory ready when it is first written, which takes as long as all else: so it does while the disk
  // brings the next blocks.
  constexpr std::size_t records_a_page = 4096 / sizeof(StepRecord);
  const std::uint64_t begin = count_.fetch_add(block.header.records);
  for (std::uint64_t record = begin; record < begin + block.header.records; record += records_a_page) {
    array_.data()[record] = {};
  }
  return {};
}

Result<RecordArray<StepRecord>> StepLoader::finish(std::span<const BlockPlace> blocks) {
  if (!keep_) {
    return std::move(array_);
  }
  array_.shrink(count_);
  std::uint64_t ops = 0;
  for (const BlockPlace& block : blocks) {
    ops = std::max(ops, std::uint64_t{block.header.index_max} + 1);
  }
  if (ops > ops_always + count_ * ops_a_step_max || count_ > std::numeric_limits<std::uint32_t>::max()) {
    return load_sorted(blocks);
  }
  if (const Result<void> sorted = Sorter(blocks, header_, options_, array_.span()).run(); !sorted) {
    return std::unexpected(sorted.error());
  }
  return std::move(array_);
}

Result<RecordArray<StepRecord>> StepLoader::load_sorted(std::span<const BlockPlace> blocks) {
  std::size_t next = 0;
  for (const BlockPlace& block : blocks) {
    const char* fault = unpack_block(block, header_, [&](const StepRecord& step) { array_.data()[next++] = step; });
    if (fault != nullptr) {
      return damaged(block, options_.name, fault);
    }
  }
  std::ranges::sort(array_.span(), step_before);
  return std::move(array_);
}

}  // namespace stalemate
