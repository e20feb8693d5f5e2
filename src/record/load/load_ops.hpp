// Brings the ops of a file's blocks into memory, sorted by index.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "core/error.hpp"
#include "record/history.hpp"
#include "record/load/block_workers.hpp"

namespace stalemate {

/// Each op goes straight to the place that its index names, so no sorting is needed where (nearly) all indexes exist;
/// sparse indexes are sorted at the end.
class OpLoader {
 public:
  /// Reserves room for a file of that many bytes; unused room costs no memory. Requires: header and options outlive it.
  OpLoader(std::uint64_t file_bytes, const HistoryHeader& header, const LoadOptions& options);

  /// The block's ops. Any thread. Requires: the payload was checked.
  /// Errors: ErrorCode::protocol, a record that makes no sense, or an index that occurs twice.
  [[nodiscard]] Result<void> add(const BlockPlace& block);

  /// All of them. Requires: `blocks` are those that were added, in file order; called once, after them.
  /// Errors: as add.
  [[nodiscard]] Result<RecordArray<OpRecord>> finish(std::span<const BlockPlace> blocks);

 private:
  void make_ready(const BlockPlace& block);
  [[nodiscard]] const char* put(const OpRecord& op);
  [[nodiscard]] bool has_gaps() const;
  void close_gaps();
  [[nodiscard]] Result<RecordArray<OpRecord>> load_sorted(std::span<const BlockPlace> blocks, std::uint64_t count);

  const HistoryHeader& header_;
  const LoadOptions& options_;
  /// Zero at first. A taken place holds the op with that index; for index 0, `has_first_` says whether it is taken.
  RecordArray<OpRecord> array_;
  std::atomic<bool> has_first_ = false;
  std::atomic<std::uint64_t> ready_ = 0;  // up to here the array's memory has been made ready, or need not be
  std::atomic<bool> is_sparse_ = false;   // there are indexes beyond the array
};

}  // namespace stalemate
