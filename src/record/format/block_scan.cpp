#include "record/format/block_scan.hpp"

#include <cstring>
#include <optional>

#include "record/format/crc32c.hpp"
#include "record/format/header_json.hpp"

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

struct HeaderScan {
  HistoryHeader header;
  std::uint32_t format = block_format::format_version;
  std::size_t size_bytes = 0;  // where the first block begins
  std::string truncation;      // empty unless the file is cut within its header
};

Result<HeaderScan> scan_header(std::span<const std::byte> bytes, std::string_view name) {
  HeaderScan scan;
  Preamble preamble;
  const std::string_view magic = block_format::file_magic;
  const std::string_view front(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), magic.size()));
  if (bytes.size() < Preamble::size_bytes) {
    if (!magic.starts_with(front)) {
      return wrong(name, "is not a stalemate history: it does not begin with SMHIST");
    }
    scan.truncation = truncated_at(bytes.size(), "within the file's header; nothing can be read");
    scan.size_bytes = bytes.size();
    return scan;
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
  if (preamble.version < block_format::format_version_min || preamble.version > block_format::format_version) {
    return wrong(name, "has format " + std::to_string(preamble.version) + "; this program reads formats " +
                           std::to_string(block_format::format_version_min) + " to " +
                           std::to_string(block_format::format_version));
  }
  scan.format = preamble.version;
  if (front != magic || preamble.json_bytes > block_format::header_json_bytes_max) {
    return wrong(name, "is not a stalemate history: its first 32 bytes make no sense");
  }
  if (bytes.size() - Preamble::size_bytes < preamble.json_bytes) {
    scan.truncation = truncated_at(bytes.size(), "within the file's header; nothing can be read");
    scan.size_bytes = bytes.size();
    return scan;
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
  scan.size_bytes = Preamble::size_bytes + json.size();
  return scan;
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
  return wrong(name, "is damaged in block " + std::to_string(block.header.number) + " (" +
                         std::string(name_of(block.header.type)) + ", lane " + std::to_string(block.header.lane) +
                         "), bytes " + std::to_string(block.offset) + " to " + std::to_string(block.end() - 1) + ": " +
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
  Result<HeaderScan> scan = scan_header(bytes, name);
  if (!scan) {
    return std::unexpected(scan.error());
  }
  if (!scan->truncation.empty()) {
    return wrong(name, "is " + scan->truncation);
  }
  return std::move(scan->header);
}

Result<BlockScanner> BlockScanner::open(std::span<const std::byte> bytes, std::string_view name) {
  Result<HeaderScan> scan = scan_header(bytes, name);
  if (!scan) {
    return std::unexpected(scan.error());
  }
  BlockScanner scanner(bytes, name);
  scanner.header_ = std::move(scan->header);
  scanner.format_ = scan->format;
  scanner.offset_ = scan->size_bytes;
  scanner.truncation_ = std::move(scan->truncation);
  return scanner;
}

Result<std::optional<BlockPlace>> BlockScanner::next() {
  const std::size_t left = bytes_.size() - offset_;
  if (!truncation_.empty() || (left == 0 && has_trailer_)) {
    return std::nullopt;
  }
  if (left == 0) {
    truncation_ =
        truncated_at(offset_, "after " + std::to_string(number_) + " whole blocks: the recording was never closed");
    return std::nullopt;
  }
  const std::string block_name = "block " + std::to_string(number_);
  if (has_trailer_) {
    return wrong(name_, "is damaged: " + std::to_string(left) + " bytes follow the trailer, from byte " +
                            std::to_string(offset_) + " on");
  }
  if (left < BlockHeader::size_bytes) {
    truncation_ = truncated_at(bytes_.size(), "within the header of " + block_name);
    return std::nullopt;
  }
  BlockPlace block{.offset = offset_};
  std::memcpy(&block.header, bytes_.data() + offset_, sizeof block.header);
  const std::uint32_t computed = crc32c(block_format::checked_bytes(block.header));
  if (computed != block.header.crc) {
    return wrong(name_, "is damaged in the header of " + block_name + ", bytes " + std::to_string(offset_) + " to " +
                            std::to_string(offset_ + BlockHeader::size_bytes - 1) + ": the checksum does not match" +
                            explain_mismatch(block.header.crc, computed, offset_, 44, offset_ + 44));
  }
  if (const std::string fault = header_fault(block.header, number_); !fault.empty()) {
    return wrong(name_, "is damaged in " + block_name + ", at byte " + std::to_string(offset_) + ": " + fault);
  }
  if (left - BlockHeader::size_bytes < block.header.payload_bytes) {
    truncation_ = truncated_at(bytes_.size(), "within " + block_name);
    return std::nullopt;
  }
  block.payload = bytes_.subspan(offset_ + BlockHeader::size_bytes, block.header.payload_bytes);
  offset_ = block.end();
  ++number_;
  has_trailer_ = block.header.type == BlockType::trailer;
  return block;
}

Result<BlockScan> scan_blocks(std::span<const std::byte> bytes, std::string_view name) {
  Result<BlockScanner> scanner = BlockScanner::open(bytes, name);
  if (!scanner) {
    return std::unexpected(scanner.error());
  }
  BlockScan scan;
  Result<std::optional<BlockPlace>> block = scanner->next();
  for (; block && *block; block = scanner->next()) {
    scan.blocks.push_back(**block);
  }
  if (!block) {
    return std::unexpected(block.error());
  }
  scan.header = std::move(scanner->header());
  scan.truncation = scanner->truncation();
  return scan;
}

}  // namespace stalemate
