// Numbers as people read and write them.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace stalemate {

/// "1,234,567".
[[nodiscard]] std::string with_thousands(std::uint64_t count);

/// The number that is the whole text, without blanks and a plus sign; none where it is something else or does not fit.
template <std::integral Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}
template <std::floating_point Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text,
                                                 std::chars_format format = std::chars_format::general) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, format);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

}  // namespace stalemate
