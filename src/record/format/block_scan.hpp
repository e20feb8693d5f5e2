// Finds the blocks of a history file and says where it is cut or damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "record/format/block_format.hpp"
#include "record/history.hpp"

namespace stalemate {

/// A whole block: its header is valid, its payload lies within the file and is not checked yet.
struct BlockPlace {
  block_format::BlockHeader header = {};
  std::span<const std::byte> payload = {};
  std::uint64_t offset = 0;  ///< of the header in the file

  /// Where the next block begins.
  [[nodiscard]] std::uint64_t end() const {
    return offset + block_format::BlockHeader::size_bytes + header.payload_bytes;
  }
  [[nodiscard]] BlockBases bases() const { return {header.base_instant_ns, header.base_index, header.index_max}; }
};

/// Finds one block after the other. It reads a large file only up to the block found last, so that blocks can be
/// processed while the rest is read from the disk.
class BlockScanner {
 public:
  /// Reads the file's header. Errors: ErrorCode::protocol, as read_history. Requires: bytes and name outlive it.
  [[nodiscard]] static Result<BlockScanner> open(std::span<const std::byte> bytes, std::string_view name);

  /// The next whole block; none after the last one. Errors: ErrorCode::protocol, as read_history; nothing more may be
  /// asked then.
  [[nodiscard]] Result<std::optional<BlockPlace>> next();

  [[nodiscard]] HistoryHeader& header() { return header_; }
  [[nodiscard]] const HistoryHeader& header() const { return header_; }
  /// The number of the file's format.
  [[nodiscard]] std::uint32_t format() const { return format_; }
  /// Once there was none: where the file is cut; empty: the last block is a trailer and the file ends there.
  [[nodiscard]] const std::string& truncation() const { return truncation_; }

 private:
  BlockScanner(std::span<const std::byte> bytes, std::string_view name) : bytes_(bytes), name_(name) {}

  std::span<const std::byte> bytes_;
  std::string_view name_;
  HistoryHeader header_ = {};
  std::uint32_t format_ = block_format::format_version;
  std::size_t offset_ = 0;    // of the next block
  std::uint64_t number_ = 0;  // of the next block
  bool has_trailer_ = false;
  std::string truncation_ = {};
};

struct BlockScan {
  HistoryHeader header;
  std::vector<BlockPlace> blocks;  ///< in file order
  std::string truncation;          ///< as BlockScanner's
};

/// All at once. Errors: ErrorCode::protocol, as read_history.
[[nodiscard]] Result<BlockScan> scan_blocks(std::span<const std::byte> bytes, std::string_view name);

/// The header alone. Errors: as scan_blocks, and ErrorCode::protocol where the file is cut within it.
[[nodiscard]] Result<HistoryHeader> scan_header_only(std::span<const std::byte> bytes, std::string_view name);

/// Checks the payload's checksum. Errors: ErrorCode::protocol.
[[nodiscard]] Result<void> check_payload(const BlockPlace& block, std::string_view name);

/// An error that names the block: "NAME is damaged in block 17 (ops, lane 3), bytes 1024 to 62511: WHAT".
[[nodiscard]] std::unexpected<Error> damaged(const BlockPlace& block, std::string_view name, std::string_view what);

}  // namespace stalemate
