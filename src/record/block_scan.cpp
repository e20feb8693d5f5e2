#include "record/block_scan.hpp"

#include <cstring>
#include <optional>

#include "record/crc32c.hpp"
#include "record/header_json.hpp"

namespace stalemate {
namespace {

using block_format::BlockHeader;
using block_format::BlockType;
using block_format::Preamble;

/// "; one flipped bit explains it: byte 77, bit 3", or nothing. The checked bytes begin at `begin`, the stored checksum
/// lies at `checksum_at`.
std::string explain_mismatch(std::uint32_t stored, std::uint32_t computed, std::uint64_t begin,
                             std::uint64_t size_bytes, std::uint64_t checksum_at) {
  const std::optional<BitPlace> flipped = find_flipped_bit(stored, computed, size_bytes);
  if (!flipped) {
    return {};
  }
  const std::uint64_t byte =
      flipped->byte < size_bytes ? begin + flipped->byte : checksum_at + (flipped->byte - size_bytes);
  return "; one flipped bit explains it: byte " + std::to_string(byte) + ", bit " + std::to_string(flipped->bit);
}

std::unexpected<Error> wrong(std::string_view name, const std::string& what) {
  return failed(ErrorCode::protocol, std::string(name) + " " + what);
}

std::string truncated_at(std::uint64_t offset, const std::string& where) {
  return "truncated at byte " + std::to_string(offset) + ", " + where;
}

/// The header, and where the first block begins; a cut within it leaves `scan.truncation`.
Result<std::size_t> scan_header(std::span<const std::byte> bytes, std::string_view name, BlockScan& scan) {
  Preamble preamble;
  const std::string_view magic = block_format::file_magic;
  const std::string_view front(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), magic.size()));
  if (bytes.size() < Preamble::size_bytes) {
    if (!magic.starts_with(front)) {
      return wrong(name, "is not a stalemate history: it does not begin with SMHIST");
    }
    scan.truncation = truncated_at(bytes.size(), "within the file's header; nothing can be read");
    return bytes.size();
  }
  std::memcpy(&preamble, bytes.data(), sizeof preamble);
  const std::uint32_t computed = crc32c(block_format::checked_bytes(preamble));
  if (computed != preamble.crc) {
    const std::string place = explain_mismatch(preamble.crc, computed, 0, 28, 28);
    if (place.empty() && front != magic) {
      return wrong(name, "is not a stalemate history: it does not begin with SMHIST");
    }
    return wrong(name, "is damaged in its first 32 bytes: the checksum does not match" + place);
  }
  if (preamble.version != block_format::format_version) {
    return wrong(name, "has format " + std::to_string(preamble.version) + "; this program reads format " +
                           std::to_string(block_format::format_version));
  }
  if (front != magic || preamble.json_bytes > block_format::header_json_bytes_max) {
    return wrong(name, "is not a stalemate history: its first 32 bytes make no sense");
  }
  if (bytes.size() - Preamble::size_bytes < preamble.json_bytes) {
    scan.truncation = truncated_at(bytes.size(), "within the file's header; nothing can be read");
    return bytes.size();
  }
  const auto json = bytes.subspan(Preamble::size_bytes, preamble.json_bytes);
  if (const std::uint32_t sum = crc32c(json); sum != preamble.json_crc) {
    return wrong(name, "is damaged in its header, bytes 32 to " + std::to_string(31 + json.size()) +
                           ": the checksum does not match" +
                           explain_mismatch(preamble.json_crc, sum, Preamble::size_bytes, json.size(), 16));
  }
  Result<HistoryHeader> header = parse_header_json({reinterpret_cast<const char*>(json.data()), json.size()});
  if (!header) {
    return wrong(name, "cannot be read: " + header.error().detail);
  }
  scan.header = std::move(*header);
  return Preamble::size_bytes + json.size();
}

/// What is wrong with a header whose checksum is right; empty if nothing.
std::string header_fault(const BlockHeader& header, std::uint64_t number) {
  const std::uint8_t record_bytes = block_format::record_bytes_of(header.type);
  if (header.magic != block_format::block_magic || record_bytes == 0) {
    return "a block of an unknown type";
  }
  if (header.number != number) {
    return "block " + std::to_string(header.number) + " stands where block " + std::to_string(number) + " should";
  }
  if (header.record_bytes != record_bytes || header.records == 0 ||
      std::uint64_t{header.records} * record_bytes != header.payload_bytes ||
      header.payload_bytes > block_format::payload_bytes_max) {
    return "the block's size makes no sense";
  }
  return {};
}

}  // namespace

std::unexpected<Error> damaged(const BlockPlace& block, std::string_view name, std::string_view what) {
  const std::uint64_t end = block.offset + BlockHeader::size_bytes + block.payload.size();
  return wrong(name, "is damaged in block " + std::to_string(block.header.number) + " (" +
                         std::string(name_of(block.header.type)) + ", lane " + std::to_string(block.header.lane) +
                         "), bytes " + std::to_string(block.offset) + " to " + std::to_string(end - 1) + ": " +
                         std::string(what));
}

Result<void> check_payload(const BlockPlace& block, std::string_view name) {
  const std::uint32_t computed = crc32c(block.payload);
  if (computed == block.header.payload_crc) [[likely]] {
    return {};
  }
  constexpr std::uint64_t checksum_offset = offsetof(BlockHeader, payload_crc);
  return damaged(block, name,
                 "the checksum does not match" +
                     explain_mismatch(block.header.payload_crc, computed, block.offset + BlockHeader::size_bytes,
                                      block.payload.size(), block.offset + checksum_offset));
}

Result<HistoryHeader> scan_header_only(std::span<const std::byte> bytes, std::string_view name) {
  BlockScan scan;
  const Result<std::size_t> begin = scan_header(bytes, name, scan);
  if (!begin) {
    return std::unexpected(begin.error());
  }
  if (!scan.truncation.empty()) {
    return wrong(name, "is " + scan.truncation);
  }
  return std::move(scan.header);
}

Result<BlockScan> scan_blocks(std::span<const std::byte> bytes, std::string_view name) {
  BlockScan scan;
  const Result<std::size_t> begin = scan_header(bytes, name, scan);
  if (!begin) {
    return std::unexpected(begin.error());
  }
  std::size_t offset = *begin;
  bool has_trailer = false;
  while (scan.truncation.empty() && offset < bytes.size()) {
    const std::string block_name = "block " + std::to_string(scan.blocks.size());
    if (has_trailer) {
      return wrong(name, "is damaged: " + std::to_string(bytes.size() - offset) +
                             " bytes follow the trailer, from byte " + std::to_string(offset) + " on");
    }
    if (bytes.size() - offset < BlockHeader::size_bytes) {
      scan.truncation = truncated_at(bytes.size(), "within the header of " + block_name);
      break;
    }
    BlockPlace block{.offset = offset};
    std::memcpy(&block.header, bytes.data() + offset, sizeof block.header);
    const std::uint32_t computed = crc32c(block_format::checked_bytes(block.header));
    if (computed != block.header.crc) {
      return wrong(name, "is damaged in the header of " + block_name + ", bytes " + std::to_string(offset) + " to " +
                             std::to_string(offset + BlockHeader::size_bytes - 1) + ": the checksum does not match" +
                             explain_mismatch(block.header.crc, computed, offset, 44, offset + 44));
    }
    if (const std::string fault = header_fault(block.header, scan.blocks.size()); !fault.empty()) {
      return wrong(name, "is damaged in " + block_name + ", at byte " + std::to_string(offset) + ": " + fault);
    }
    const std::size_t payload_begin = offset + BlockHeader::size_bytes;
    if (bytes.size() - payload_begin < block.header.payload_bytes) {
      scan.truncation = truncated_at(bytes.size(), "within " + block_name);
      break;
    }
    block.payload = bytes.subspan(payload_begin, block.header.payload_bytes);
    offset = payload_begin + block.payload.size();
    has_trailer = block.header.type == BlockType::trailer;
    scan.blocks.push_back(block);
  }
  if (scan.truncation.empty() && !has_trailer) {
    scan.truncation = truncated_at(
        bytes.size(), "after " + std::to_string(scan.blocks.size()) + " whole blocks: the recording was never closed");
  }
  return scan;
}

}  // namespace stalemate
