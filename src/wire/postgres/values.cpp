#include "wire/postgres/values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace stalemate {
namespace {

// Numbers of pg_type, which never change.
constexpr TypeNumber type_bool = 16;
constexpr TypeNumber type_bytea = 17;
constexpr TypeNumber type_int8 = 20;
constexpr TypeNumber type_int2 = 21;
constexpr TypeNumber type_int4 = 23;
constexpr TypeNumber type_oid = 26;
constexpr TypeNumber type_float4 = 700;
constexpr TypeNumber type_float8 = 701;
constexpr TypeNumber type_uuid = 2950;
constexpr TypeNumber type_jsonb = 3802;
constexpr TypeNumber type_numeric = 1700;
// name, text, json, xml, char(n), varchar: their bytes are their text.
constexpr std::array<TypeNumber, 7> text_types = {18, 19, 25, 114, 142, 1042, 1043};

std::uint64_t bits_of(std::string_view bytes) {
  std::uint64_t bits = 0;
  for (const char byte : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(byte);
  }
  return bits;
}

std::string whole_number(std::string_view bytes) {
  const std::uint64_t bits = bits_of(bytes);
  const std::int64_t value = bytes.size() == 2   ? static_cast<std::int16_t>(bits)
                             : bytes.size() == 4 ? static_cast<std::int32_t>(bits)
                                                 : static_cast<std::int64_t>(bits);
  return std::to_string(value);
}

template <class Number>
std::string shortest(Number value) {
  std::array<char, 40> text = {};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), end.ptr};
}

void append_hexadecimal(std::string& to, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    to += digits[code >> 4U];
    to += digits[code & 0xFU];
  }
}

std::string hexadecimal(std::string_view bytes, std::size_t bytes_max) {
  std::string text = "\\x";
  append_hexadecimal(text, bytes.substr(0, bytes_max / 2));
  return text;
}

std::string uuid(std::string_view bytes) {
  std::string text;
  for (const std::size_t group : {4UL, 2UL, 2UL, 2UL, 6UL}) {
    text += text.empty() ? "" : "-";
    append_hexadecimal(text, bytes.substr(0, group));
    bytes.remove_prefix(group);
  }
  return text;
}

// Digits in groups of four behind a head of four fields: how many groups, the weight of the first, the sign, and how
// many decimals are shown.
std::string numeric(std::string_view bytes) {
  const auto field = [&](std::size_t index) {
    return index * 2 + 2 <= bytes.size() ? static_cast<std::int16_t>(bits_of(bytes.substr(index * 2, 2)))
                                         : std::int16_t{0};
  };
  const int groups = std::max<int>(field(0), 0);
  const int weight = field(1);
  const int decimals = std::max<int>(field(3), 0);
  constexpr std::int16_t minus = 0x4000;
  constexpr int shown_groups_max = 64;
  if ((field(2) != 0 && field(2) != minus) || weight > shown_groups_max || decimals > 4 * shown_groups_max) {
    return hexadecimal(bytes, 64);
  }
  const auto group = [&](int place) {
    const int index = weight - place;
    const int digits = index >= 0 && index < groups ? field(std::size_t{4} + static_cast<std::size_t>(index)) : 0;
    const std::string text = std::to_string(std::clamp(digits, 0, 9999));
    return std::string(4 - text.size(), '0') + text;
  };
  std::string whole;
  for (int place = std::max(weight, 0); place >= 0; --place) {
    whole += group(place);
  }
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  std::string rest;
  for (int place = -1; rest.size() < static_cast<std::size_t>(decimals); --place) {
    rest += group(place);
  }
  rest.resize(static_cast<std::size_t>(decimals));
  return (field(2) == minus ? "-" : "") + whole + (rest.empty() ? "" : "." + rest);
}

bool is_readable(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != 0x7F; });
}

std::string guessed(std::string_view bytes, std::size_t bytes_max) {
  if (is_readable(bytes)) {
    return std::string(bytes.substr(0, bytes_max));
  }
  switch (bytes.size()) {
    case 1: return bytes[0] == 0 ? "f" : bytes[0] == 1 ? "t" : hexadecimal(bytes, bytes_max);
    case 2:
    case 4:
    case 8: return whole_number(bytes);
    case 16: return uuid(bytes);
    default: return hexadecimal(bytes, bytes_max);
  }
}

}  // namespace

std::string text_of_value(TypeNumber type, bool is_binary, std::string_view bytes, std::size_t bytes_max) {
  if (!is_binary || std::ranges::find(text_types, type) != text_types.end()) {
    return std::string(bytes.substr(0, bytes_max));
  }
  const std::size_t size = bytes.size();
  if (type == type_bool && size == 1) {
    return bytes[0] == 0 ? "f" : "t";
  }
  if ((type == type_int2 && size == 2) || (type == type_int4 && size == 4) || (type == type_int8 && size == 8)) {
    return whole_number(bytes);
  }
  if (type == type_oid && size == 4) {
    return std::to_string(bits_of(bytes));
  }
  if (type == type_float4 && size == 4) {
    return shortest(std::bit_cast<float>(static_cast<std::uint32_t>(bits_of(bytes))));
  }
  if (type == type_float8 && size == 8) {
    return shortest(std::bit_cast<double>(bits_of(bytes)));
  }
  if (type == type_uuid && size == 16) {
    return uuid(bytes);
  }
  if (type == type_numeric && size >= 8) {
    return numeric(bytes).substr(0, bytes_max);
  }
  if (type == type_jsonb && size > 1) {
    return std::string(bytes.substr(1, bytes_max));
  }
  return type == type_bytea ? hexadecimal(bytes, bytes_max) : guessed(bytes, bytes_max);
}

}  // namespace stalemate
