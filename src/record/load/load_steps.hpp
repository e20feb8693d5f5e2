// Brings the steps of a file's blocks into memory, sorted by op and start.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/error.hpp"
#include "record/history.hpp"
#include "record/load/block_workers.hpp"
#include "record/load/step_sorter.hpp"

namespace stalemate {

/// While the file is being read, memory is made ready and what seems complete is sorted; the rest is sorted at the end.
class StepLoader {
 public:
  /// Reserves room for a file of that many bytes; unused room costs no memory. With `keep` false the blocks are only
  /// checked and the array stays empty. Requires: header and options outlive it.
  StepLoader(std::uint64_t file_bytes, const HistoryHeader& header, bool keep, const LoadOptions& options);

  /// One more block. Any thread. Requires: the payload was checked.
  /// Errors: ErrorCode::protocol, a record that makes no sense; with `keep`, finish tells.
  [[nodiscard]] Result<void> add(const BlockPlace& block);

  /// Blocks `number`, `number` + 1 and so on of the file were added, or hold no steps: sorts what has become ready.
  /// Any thread.
  void sort_after(std::size_t number, std::span<const BlockPlace> blocks);

  /// All steps of the blocks; those of no op come last. Requires: `blocks` are those that were added, in file order;
  /// called once, after them. Errors: as add.
  [[nodiscard]] Result<RecordArray<StepRecord>> finish(std::span<const BlockPlace> blocks);

 private:
  [[nodiscard]] Result<RecordArray<StepRecord>> load_sorted(std::span<const BlockPlace> blocks);

  const HistoryHeader& header_;
  const LoadOptions& options_;
  bool keep_;
  std::atomic<std::uint64_t> count_ = 0;
  RecordArray<StepRecord> array_;
  StepSorter sorter_;
};

}  // namespace stalemate
