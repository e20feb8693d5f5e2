// KeyShare: every so manieth key, which is what one member looks at where all members walk over the whole history.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace stalemate {

/// Of 2^bits shares the one of that number. Shares have about as many keys each, and take turns where keys differ much.
struct KeyShare {
  std::uint32_t number = 0;
  unsigned bits = 0;

  [[nodiscard]] bool has(std::uint32_t key) const { return (key & ((std::uint32_t{1} << bits) - 1)) == number; }
  /// The key's place among those of its share.
  [[nodiscard]] std::uint32_t place_of(std::uint32_t key) const { return key >> bits; }
  /// Places are below this.
  [[nodiscard]] std::size_t places(std::uint32_t key_count) const {
    return key_count == 0 ? 0 : std::size_t{place_of(key_count - 1)} + 1;
  }
};

/// The fewest shares that give each member of a crew one, as `bits`. Requires: members > 0.
[[nodiscard]] constexpr unsigned share_bits(std::uint32_t members) {
  return static_cast<unsigned>(std::bit_width(members - 1));
}

}  // namespace stalemate
