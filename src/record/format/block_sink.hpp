// BlockSink: turns records into checked blocks at the end of a file, whole blocks only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "record/format/block_format.hpp"
#include "record/history.hpp"
#include "record/op_record.hpp"

namespace stalemate {

/// Blocks are staged and written some at a time. After a failure the file is cut back to its last whole block and
/// nothing more is written.
/// Thread rule: one thread at a time.
class BlockSink {
 public:
  BlockSink() = default;
  BlockSink(const BlockSink&) = delete;
  BlockSink& operator=(const BlockSink&) = delete;
  ~BlockSink();

  /// Creates the file and writes preamble and header. Errors: ErrorCode::unavailable.
  [[nodiscard]] Result<void> open(const std::filesystem::path& path, const HistoryHeader& header);

  /// Each stages one block or more, and writes when enough is staged. Errors: as flush.
  [[nodiscard]] Result<void> append(std::uint32_t lane, std::span<const OpRecord> ops);
  [[nodiscard]] Result<void> append(std::uint32_t lane, std::span<const StepRecord> steps);
  [[nodiscard]] Result<void> append(std::span<const RestRecord> rest);
  [[nodiscard]] Result<void> append(const HistoryTrailer& trailer);

  /// Writes what is staged. Errors: ErrorCode::unavailable, with the path and the system's reason.
  [[nodiscard]] Result<void> flush();
  /// flush, then waits until the disk has it all. Errors: as flush.
  [[nodiscard]] Result<void> sync();

  /// Records staged but not known to be written; 0 after a flush that went well.
  [[nodiscard]] std::uint64_t records_staged() const { return records_staged_; }

 private:
  template <class Record>
  Result<void> append_records(block_format::BlockType type, std::uint32_t lane, std::span<const Record> records);
  void assert_covered(const OpRecord& op) const;
  void assert_covered(const StepRecord& step) const;
  std::byte* stage(block_format::BlockHeader header);
  void seal(std::byte* payload);
  Result<void> flush_if_full();
  Result<void> write_failed(std::size_t written, int error_number);

  std::string path_;
  int file_ = -1;
  std::uint32_t key_count_ = 0;
  std::uint32_t client_count_ = 0;
  std::size_t fault_count_ = 0;
  std::uint64_t blocks_ = 0;
  std::uint64_t file_bytes_ = 0;  ///< up to the last whole block written
  std::uint64_t records_staged_ = 0;
  std::vector<std::byte> staged_;
  struct StagedBlock {
    std::size_t end = 0;
    std::uint32_t records = 0;
  };
  std::vector<StagedBlock> staged_blocks_;
};

}  // namespace stalemate
