#include "record/load_steps.hpp"

#include <algorithm>
#include <atomic>
#include <limits>

#include "record/step_order.hpp"

namespace stalemate {
namespace {

/// More op indexes than this a step, and an ordinary sort takes less memory.
constexpr std::uint64_t ops_a_step_max = 4;
constexpr std::uint64_t ops_always = std::uint64_t{1} << 20U;

const char* fault_of(const StepRecord& step, const BlockPlace& block, const HistoryHeader& header) {
  if (!DiskRecord::is_sound(step)) {
    return "a step has a field that makes no sense";
  }
  if (step.op() > block.header.index_max && step.op() != no_op) {
    return "a step's op is not within the block's range";
  }
  if (step.fault() >= header.fault_names.size()) {
    return "a step names a fault that the header does not";
  }
  return nullptr;
}

/// Calls `use(step)` for each step of the block. Errors: ErrorCode::protocol, if a step makes no sense.
template <class Use>
Result<void> unpack_block(const BlockPlace& block, const HistoryHeader& header, std::string_view name, const Use& use) {
  const BlockBases bases = block.bases();
  const std::byte* at = block.payload.data();
  for (std::uint32_t number = 0; number < block.header.records; ++number, at += DiskRecord::size_bytes) {
    const StepRecord step = DiskRecord::unpack_step(at, bases);
    if (const char* fault = fault_of(step, block, header); fault != nullptr) [[unlikely]] {
      return damaged(block, name, fault);
    }
    use(step);
  }
  return {};
}

/// Where each op's steps begin: first counts, then places. The last entry is for steps of no op.
class StepPlaces {
 public:
  explicit StepPlaces(std::uint64_t ops) : ops_(ops), places_(ops + 1) {}

  void count(const StepRecord& step) { cursor(step).fetch_add(1, std::memory_order_relaxed); }

  void counts_to_places() {
    std::uint32_t next = 0;
    for (std::uint32_t& place : places_.span()) {
      next += std::exchange(place, next);
    }
  }

  std::uint32_t take(const StepRecord& step) { return cursor(step).fetch_add(1, std::memory_order_relaxed); }

  /// After every place has been taken, each op's entry is where its steps end.
  [[nodiscard]] std::span<const std::uint32_t> ends() const { return places_.span(); }

 private:
  std::atomic_ref<std::uint32_t> cursor(const StepRecord& step) {
    return std::atomic_ref(places_.data()[step.op() == no_op ? ops_ : step.op()]);
  }

  std::uint64_t ops_;
  RecordArray<std::uint32_t> places_;
};

void sort_groups(std::span<StepRecord> steps, std::span<const std::uint32_t> ends) {
  std::uint32_t begin = 0;
  for (const std::uint32_t end : ends) {
    const std::span<StepRecord> group = steps.subspan(begin, end - begin);
    if (!std::ranges::is_sorted(group, step_before)) {
      std::ranges::sort(group, step_before);
    }
    begin = end;
  }
}

Result<RecordArray<StepRecord>> load_sorted(std::span<const BlockPlace> blocks, const HistoryHeader& header,
                                            const LoadOptions& options, std::uint64_t count) {
  RecordArray<StepRecord> array(count);
  std::size_t next = 0;
  for (const BlockPlace& block : blocks) {
    Result<void> loaded = check_payload(block, options.name);
    if (loaded) {
      loaded = unpack_block(block, header, options.name, [&](const StepRecord& step) { array.data()[next++] = step; });
    }
    if (!loaded) {
      return std::unexpected(loaded.error());
    }
  }
  std::ranges::sort(array.span(), step_before);
  return array;
}

}  // namespace

Result<RecordArray<StepRecord>> load_steps(std::span<const BlockPlace> blocks, const HistoryHeader& header, bool keep,
                                           const LoadOptions& options) {
  std::uint64_t count = 0;
  std::uint64_t ops = 0;
  for (const BlockPlace& block : blocks) {
    count += block.header.records;
    ops = std::max(ops, std::uint64_t{block.header.index_max} + 1);
  }
  if (keep && (ops > ops_always + count * ops_a_step_max || count > std::numeric_limits<std::uint32_t>::max())) {
    return load_sorted(blocks, header, options, count);
  }
  StepPlaces places(keep ? ops : 0);
  const Result<void> counted = for_each_block(blocks, options, [&](const BlockPlace& block) -> Result<void> {
    if (Result<void> sound = check_payload(block, options.name); !sound) {
      return sound;
    }
    return unpack_block(block, header, options.name, [&](const StepRecord& step) {
      if (keep) {
        places.count(step);
      }
    });
  });
  if (!counted) {
    return std::unexpected(counted.error());
  }
  if (!keep) {
    return RecordArray<StepRecord>();
  }
  places.counts_to_places();
  RecordArray<StepRecord> array(count);
  const Result<void> placed = for_each_block(blocks, options, [&](const BlockPlace& block) {
    return unpack_block(block, header, options.name, [&](const StepRecord& step) {
      const std::uint32_t place = places.take(step);
      if (place < count) [[likely]] {  // not so only if the file has changed since it was counted
        array.data()[place] = step;
      }
    });
  });
  if (!placed) {
    return std::unexpected(placed.error());
  }
  sort_groups(array.span(), places.ends());
  return array;
}

}  // namespace stalemate
