#include "cli/text/whole_number.hpp"

#include <fmt/core.h>

#include <charconv>

#include "core/number_text.hpp"

namespace stalemate {

std::function<std::string(const std::string&)> whole_number(std::uint64_t low, std::uint64_t high) {
  return [low, high](const std::string& text) -> std::string {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && number >= low && number <= high) {
      return {};
    }
    return fmt::format("'{}' is not a whole number from {} to {}", text, with_thousands(low), with_thousands(high));
  };
}

}  // namespace stalemate
