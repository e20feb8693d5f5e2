#include "record/format/crc32c.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace stalemate {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

TEST(Crc32c, has_the_published_values) {
  // RFC 3720, appendix B.4, and the customary check value.
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0})), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::vector<std::byte>(32, std::byte{0xFF})), 0x62A8AB43U);
  EXPECT_EQ(crc32c({}), 0U);
  EXPECT_EQ(crc32c_by_table(bytes_of("123456789")), 0xE3069283U);
}

RC_GTEST_PROP(Crc32c, instruction_and_table_agree_at_every_length_and_alignment, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 20'000);
  const auto skipped = *rc::gen::inRange<std::size_t>(0, 9);
  auto seed = *rc::gen::arbitrary<std::uint64_t>();
  std::vector<std::byte> bytes(size + skipped);
  for (std::byte& byte : bytes) {
    seed = seed * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    byte = static_cast<std::byte>(seed >> 56U);
  }
  const auto part = std::span<const std::byte>(bytes).subspan(skipped);
  RC_ASSERT(crc32c(part) == crc32c_by_table(part));
  const auto cut = *rc::gen::inRange<std::size_t>(0, size + 1);
  RC_ASSERT(crc32c(part.subspan(cut), crc32c(part.first(cut))) == crc32c(part));
}

RC_GTEST_PROP(Crc32c, a_flipped_bit_is_found_where_it_is, (std::vector<std::uint8_t> numbers)) {
  RC_PRE(!numbers.empty());
  std::vector<std::byte> bytes(numbers.size());
  std::memcpy(bytes.data(), numbers.data(), numbers.size());
  const std::uint32_t stored = crc32c(bytes);
  const auto byte = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto bit = *rc::gen::inRange(0U, 8U);
  bytes[byte] ^= std::byte{1} << bit;
  RC_ASSERT(find_flipped_bit(stored, crc32c(bytes), bytes.size()) == (BitPlace{byte, bit}));
}

TEST(Crc32c, a_flipped_bit_of_the_checksum_itself_is_found) {
  const std::vector<std::byte> bytes = bytes_of("a history");
  for (unsigned bit = 0; bit < 32; ++bit) {
    EXPECT_EQ(find_flipped_bit(crc32c(bytes) ^ 1U << bit, crc32c(bytes), bytes.size()),
              (BitPlace{bytes.size() + bit / 8, bit % 8}));
  }
}

TEST(Crc32c, two_flipped_bits_are_not_taken_for_one) {
  std::vector<std::byte> bytes = bytes_of("a somewhat longer history");
  const std::uint32_t stored = crc32c(bytes);
  bytes[3] ^= std::byte{1};
  bytes[17] ^= std::byte{64};
  EXPECT_EQ(find_flipped_bit(stored, crc32c(bytes), bytes.size()), std::nullopt);
}

}  // namespace
}  // namespace stalemate
