#include "cli/text/whole_number.hpp"

#include <fmt/core.h>

#include "core/text/number_text.hpp"

namespace stalemate {

std::function<std::string(const std::string&)> whole_number(std::uint64_t low, std::uint64_t high) {
  return [low, high](const std::string& text) -> std::string {
    const std::optional<std::uint64_t> number = parse_number<std::uint64_t>(text);
    if (number && *number >= low && *number <= high) {
      return {};
    }
    return fmt::format("'{}' is not a whole number from {} to {}", text, with_thousands(low), with_thousands(high));
  };
}

}  // namespace stalemate
