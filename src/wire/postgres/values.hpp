// Parameters and columns as texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stalemate {

/// The type's number in pg_type; 0 where it is not known.
using TypeNumber = std::uint32_t;

/// A value as SQL would show it: "100023", "t", "0189...-...". Of a binary one whose type is not known: readable text
/// as it is, 2, 4 or 8 bytes as a whole number, 16 as a UUID, else "\x" and hexadecimal digits; so a text of two, four
/// or eight letters whose type nobody told is shown as a text, and such a number as letters. Cut to `bytes_max`.
[[nodiscard]] std::string text_of_value(TypeNumber type, bool is_binary, std::string_view bytes, std::size_t bytes_max);

}  // namespace stalemate
