// Unpacks the steps of a block and says what is wrong with an invalid one.
#pragma once

#include <cstdint>

#include "record/format/block_scan.hpp"
#include "record/format/disk_record.hpp"

namespace stalemate {

/// What is wrong with a step that a block holds; nullptr if nothing.
[[nodiscard]] inline const char* fault_of(const StepRecord& step, const BlockPlace& block,
                                          const HistoryHeader& header) {
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

/// Calls `use(step)` for each step of the block up to an invalid one. Returns what is wrong with it, or nullptr.
template <class Use>
[[nodiscard]] const char* unpack_steps(const BlockPlace& block, const HistoryHeader& header, const Use& use) {
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

}  // namespace stalemate
