#include "core/text/printable.hpp"

#include <algorithm>
#include <cstdint>

namespace stalemate {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

/// The bytes of the UTF-8 sequence that the text begins with, and its code point; no bytes if it begins with none.
struct Character {
  std::size_t bytes = 0;
  std::uint32_t code = 0;
};

Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t place) {
    return place < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[place])) : 0U;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80U) {
    return {.bytes = 1, .code = lead};
  }
  const std::size_t bytes = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
  if (lead < 0xC2U || lead > 0xF4U || bytes > text.size()) {
    return {};
  }
  std::uint32_t code = lead & (0x7FU >> bytes);
  for (std::size_t place = 1; place < bytes; ++place) {
    if ((byte(place) & 0xC0U) != 0x80U) {
      return {};
    }
    code = code << 6U | (byte(place) & 0x3FU);
  }
  const bool is_overlong = (bytes == 3 && code < 0x800U) || (bytes == 4 && code < 0x10000U);
  const bool is_no_character = (code >= 0xD800U && code <= 0xDFFFU) || code > 0x10FFFFU;
  return is_overlong || is_no_character ? Character{} : Character{.bytes = bytes, .code = code};
}

/// Whether a terminal obeys it, or it changes how its neighbours are shown.
bool is_control(std::uint32_t code) {
  const bool is_c0_or_c1 = code < 0x20U || (code >= 0x7FU && code <= 0x9FU);
  const bool turns_direction = code == 0x061CU || code == 0x200EU || code == 0x200FU ||
                               (code >= 0x202AU && code <= 0x202EU) || (code >= 0x2066U && code <= 0x2069U);
  const bool ends_line = code == 0x2028U || code == 0x2029U;
  return is_c0_or_c1 || turns_direction || ends_line;
}

std::string escaped(std::string_view text, bool keeps_line_feeds, bool keeps_bytes) {
  if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7F; })) {
    return std::string(text);
  }
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::size_t bytes = character.bytes == 0 ? 1 : character.bytes;
    const auto byte = static_cast<unsigned char>(text.front());
    if (character.bytes == 0 && !keeps_bytes) {
      result += "\\x";
      result += digits[byte >> 4U];
      result += digits[byte & 0xFU];
    } else if (character.bytes > 0 && is_control(character.code) && !(keeps_line_feeds && byte == '\n')) {
      result += "\\u";
      for (unsigned shift = 16; shift > 0; shift -= 4) {
        result += digits[character.code >> (shift - 4) & 0xFU];
      }
    } else {
      result += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return result;
}

}  // namespace

std::string printable(std::string_view foreign) {
  return escaped(foreign, false, false);
}

std::string printable_lines(std::string_view foreign) {
  return escaped(foreign, true, false);
}

std::string with_controls_escaped(std::string_view foreign) {
  return escaped(foreign, false, true);
}

}  // namespace stalemate
