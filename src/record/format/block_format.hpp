// The file's frame: its preamble and the header of each block. docs/history-format.md is the same in words.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "record/format/disk_record.hpp"

namespace stalemate::block_format {

/// The line ends make a copy that was taken for text show at once.
inline constexpr std::string_view file_magic = "SMHIST\r\n";
/// What is written. Format 1 is still read: in it no step says that it was skipped.
inline constexpr std::uint32_t format_version = 2;
inline constexpr std::uint32_t format_version_min = 1;
inline constexpr std::uint32_t block_magic = 0x4B424D53;  // "SMBK"

/// A JSON header larger than this is refused.
inline constexpr std::uint32_t header_json_bytes_max = 1U << 28U;
/// A block's payload is never larger.
inline constexpr std::uint32_t payload_bytes_max = 1U << 27U;

enum class BlockType : std::uint8_t { ops = 1, steps = 2, rest = 3, trailer = 4 };
[[nodiscard]] constexpr std::string_view name_of(BlockType type) {
  switch (type) {
    case BlockType::ops: return "ops";
    case BlockType::steps: return "steps";
    case BlockType::rest: return "rest";
    case BlockType::trailer: return "trailer";
  }
  return "unknown";
}

/// The first 32 bytes of a file; the JSON header follows.
struct Preamble {
  static constexpr std::size_t size_bytes = 32;
  char magic[8] = {};
  std::uint32_t version = format_version;
  std::uint32_t json_bytes = 0;
  std::uint32_t json_crc = 0;
  std::uint32_t reserved[2] = {};
  std::uint32_t crc = 0;  ///< of the 28 bytes before
};
static_assert(sizeof(Preamble) == Preamble::size_bytes);

/// The 48 bytes before a block's payload.
struct BlockHeader {
  static constexpr std::size_t size_bytes = 48;
  std::uint32_t magic = block_magic;
  BlockType type = BlockType::ops;
  std::uint8_t record_bytes = 0;  ///< 30 for ops and steps, 12 for rest, 1 for the trailer's JSON
  std::uint16_t lane = 0;
  std::uint32_t records = 0;
  std::uint32_t payload_bytes = 0;  ///< records * record_bytes
  std::uint64_t number = 0;         ///< of the block in the file, from 0
  std::uint64_t base_instant_ns = 0;
  std::uint32_t base_index = 0;
  std::uint32_t index_max = 0;
  std::uint32_t payload_crc = 0;
  std::uint32_t crc = 0;  ///< of the 44 bytes before
};
static_assert(sizeof(BlockHeader) == BlockHeader::size_bytes);

[[nodiscard]] constexpr std::uint8_t record_bytes_of(BlockType type) {
  switch (type) {
    case BlockType::ops:
    case BlockType::steps: return DiskRecord::size_bytes;
    case BlockType::rest: return sizeof(RestRecord);
    case BlockType::trailer: return 1;
  }
  return 0;
}

/// A struct's bytes up to its last field, which is their checksum.
template <class Frame>
[[nodiscard]] std::span<const std::byte> checked_bytes(const Frame& frame) {
  return std::as_bytes(std::span(&frame, 1)).first(sizeof(Frame) - sizeof frame.crc);
}

}  // namespace stalemate::block_format
