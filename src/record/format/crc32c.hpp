// CRC-32C (Castagnoli), the checksum of every block of a history file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace stalemate {

/// The checksum of `bytes`: as iSCSI, ext4 and the SSE4.2 instruction have it (RFC 3720, B.4). With `previous`, that of
/// the bytes before and these together. Uses the processor's instruction where there is one.
[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t previous = 0);

/// The same by table, for processors without the instruction.
[[nodiscard]] std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t previous = 0);

/// One bit of a checked range; bit 0 is the byte's lowest.
struct BitPlace {
  std::uint64_t byte = 0;
  unsigned bit = 0;
  friend bool operator==(const BitPlace&, const BitPlace&) = default;
};

/// If flipping one bit of `size_bytes` checked bytes explains why `stored` was found where `computed` was wanted, which
/// one. A flip within the stored checksum itself is given as byte size_bytes + 0..3 (it is stored little-endian).
/// Requires: size_bytes < 2^28, where such a bit is unique.
[[nodiscard]] std::optional<BitPlace> find_flipped_bit(std::uint32_t stored, std::uint32_t computed,
                                                       std::uint64_t size_bytes);

}  // namespace stalemate
