// Values of PostgreSQL's protocol as texts.
#include <gtest/gtest.h>

#include <bit>
#include <string>

#include "unit/wire/postgres_bytes.hpp"
#include "wire/postgres/values.hpp"

namespace stalemate {
namespace {

using namespace postgres_bytes;

std::string binary(TypeNumber type, std::string_view bytes) {
  return text_of_value(type, true, bytes, 4096);
}

TEST(TextOfValue, leaves_texts_as_they_are) {
  EXPECT_EQ(text_of_value(23, false, "100023", 100), "100023");
  EXPECT_EQ(binary(25, "four"), "four");
  EXPECT_EQ(binary(1043, std::string_view("\0\0\0\1", 4)), std::string("\0\0\0\1", 4));
  EXPECT_EQ(text_of_value(25, false, "abcdef", 3), "abc");
}

TEST(TextOfValue, shows_binary_values_of_known_types) {
  EXPECT_EQ(binary(21, number2(-2)), "-2");
  EXPECT_EQ(binary(23, number4(0x31323334)), std::to_string(0x31323334));
  EXPECT_EQ(binary(20, number8(-1'234'567'890'123)), "-1234567890123");
  EXPECT_EQ(binary(26, number4(0xFFFFFFFF)), "4294967295");
  EXPECT_EQ(binary(16, std::string(1, '\1')), "t");
  EXPECT_EQ(binary(701, number8(std::bit_cast<std::int64_t>(0.25))), "0.25");
  EXPECT_EQ(binary(700, number4(std::bit_cast<std::int32_t>(1.5F))), "1.5");
  EXPECT_EQ(binary(2950, std::string_view("\x01\x89\x00\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\xff", 16)),
            "01890002-0304-0506-0708-090a0b0c0dff");
  EXPECT_EQ(binary(3802, "\1{}"), "{}");
  EXPECT_EQ(binary(17, "ab"), "\\x6162");
}

TEST(TextOfValue, shows_numerics) {
  const auto numeric = [](int weight, int sign, int decimals, std::initializer_list<int> groups) {
    std::string bytes = number2(static_cast<int>(groups.size())) + number2(weight) + number2(sign) + number2(decimals);
    for (const int group : groups) {
      bytes += number2(group);
    }
    return binary(1700, bytes);
  };
  EXPECT_EQ(numeric(1, 0, 2, {12, 3456, 7800}), "123456.78");
  EXPECT_EQ(numeric(0, 0x4000, 0, {7}), "-7");
  EXPECT_EQ(numeric(0, 0, 0, {}), "0");
  EXPECT_EQ(numeric(-1, 0, 4, {5}), "0.0005");
  EXPECT_EQ(numeric(2, 0, 0, {1}), "100000000");
  EXPECT_EQ(numeric(0, 0xC000, 0, {}), "\\x00000000c0000000");
}

TEST(TextOfValue, guesses_where_the_type_is_not_known) {
  EXPECT_EQ(binary(0, "text"), "text");
  EXPECT_EQ(binary(0, number4(7)), "7");
  EXPECT_EQ(binary(0, number8(100'023)), "100023");
  EXPECT_EQ(binary(0, number2(300)), "300");
  EXPECT_EQ(binary(0, std::string(1, '\0')), "f");
  EXPECT_EQ(binary(0, std::string(3, '\1')), "\\x010101");
  EXPECT_EQ(binary(23, number8(5)), "5");
}

}  // namespace
}  // namespace stalemate
