// Brings the steps of a file's blocks into memory, sorted by op and start.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/error.hpp"
#include "record/block_workers.hpp"
#include "record/history.hpp"

namespace stalemate {

/// While the disk brings the file, blocks are only counted and memory is made ready. Then ranges of ops are taken by
/// the threads: each is a counting sort in the processor's caches of the few blocks that hold its steps.
class StepLoader {
 public:
  /// Room for a file of so many bytes; what is not used costs no memory. With `keep` false the blocks are only checked
  /// and the array stays empty. Requires: header and options outlive it.
  StepLoader(std::uint64_t file_bytes, const HistoryHeader& header, bool keep, const LoadOptions& options);

  /// One more block. Any thread. Requires: the payload was checked.
  /// Errors: ErrorCode::protocol, a record that makes no sense; with `keep`, finish tells.
  [[nodiscard]] Result<void> add(const BlockPlace& block);

  /// All steps of the blocks; those of no op come last. Requires: `blocks` are those that were added, in file order;
  /// called once, after them. Errors: as add.
  [[nodiscard]] Result<RecordArray<StepRecord>> finish(std::span<const BlockPlace> blocks);

 private:
  class Sorter;
  [[nodiscard]] Result<RecordArray<StepRecord>> load_sorted(std::span<const BlockPlace> blocks);

  const HistoryHeader& header_;
  const LoadOptions& options_;
  bool keep_;
  std::atomic<std::uint64_t> count_ = 0;
  RecordArray<StepRecord> array_;
};

}  // namespace stalemate
