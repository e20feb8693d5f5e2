// KeyShare: every n-th key. Where all members of a crew walk over the whole history, each takes the keys of its share.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace stalemate {

/// One of 2^bits shares, which have about as many keys each. Neighbouring keys are in different shares.
struct KeyShare {
  std::uint32_t number = 0;
  unsigned bits = 0;

  [[nodiscard]] bool has(std::uint32_t key) const { return (key & ((std::uint32_t{1} << bits) - 1)) == number; }
  /// The key's number among those of its share.
  [[nodiscard]] std::uint32_t number_of(std::uint32_t key) const { return key >> bits; }
  /// The key of that number. Requires: number_of gave it for a key of this share.
  [[nodiscard]] std::uint32_t key_of(std::uint32_t key_number) const { return key_number << bits | number; }
  /// Numbers are below this.
  [[nodiscard]] std::size_t size(std::uint32_t key_count) const {
    return key_count == 0 ? 0 : std::size_t{number_of(key_count - 1)} + 1;
  }
};

/// The fewest shares that give each member of a crew one, as `bits`. Requires: members > 0.
[[nodiscard]] constexpr unsigned share_bits(std::uint32_t members) {
  return static_cast<unsigned>(std::bit_width(members - 1));
}

}  // namespace stalemate
