#include "core/text/key_names.hpp"

#include <algorithm>

#include "core/random.hpp"

namespace stalemate {
namespace {

constexpr std::array<std::string_view, origin_key_count> origin_ids = {
    "93410c29-1609-484d-8662-ae2d0aa93cc4", "47b0472d-708c-4377-aab4-acf8752f0ecb",
    "a1a879d8-58c0-4357-a570-a57c3b1fe059", "5ded80d3-fb55-4a2f-b339-43fc9c89894a",
    "b6afe0c5-9cab-4971-8c61-127fe5b4acd1", "7098227b-4883-4992-bc32-e12335efbc8c",
};

constexpr std::string_view hex_digits = "0123456789abcdef";

// Group lengths 8-4-4-4-12: a dash stands before the hex digits of these numbers.
constexpr bool dash_before(unsigned digit) {
  return digit == 8 || digit == 12 || digit == 16 || digit == 20;
}

}  // namespace

ProductId product_id(Key key) {
  ProductId id;
  if (key.index < origin_key_count) {
    std::ranges::copy(origin_ids[key.index], id.text.begin());
    return id;
  }
  // The last 32 bits are a bijection of the index, so two keys never share an id.
  const std::uint64_t high = mix_bits(key.index);
  const std::uint32_t scattered = key.index * 2654435761U;
  const std::uint64_t low = (mix_bits(~static_cast<std::uint64_t>(key.index)) << 32U) | scattered;
  std::size_t place = 0;
  for (unsigned digit = 0; digit < 32; ++digit) {
    if (dash_before(digit)) {
      id.text[place++] = '-';
    }
    std::uint64_t nibble = ((digit < 16 ? high : low) >> (60U - 4U * (digit % 16U))) & 15U;
    if (digit == 12) {
      nibble = 4;
    } else if (digit == 16) {
      nibble = 8U | (nibble & 3U);
    }
    id.text[place++] = hex_digits[nibble];
  }
  return id;
}

}  // namespace stalemate
