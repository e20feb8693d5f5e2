// The files of scenarios/, as cmake/Scenarios.cmake writes them into the program.
#pragma once

#include <span>
#include <string_view>

namespace stalemate {

struct EmbeddedText {
  std::string_view name;  ///< without .toml
  std::string_view text;
};

/// Sorted by name.
[[nodiscard]] std::span<const EmbeddedText> embedded_scenarios();

}  // namespace stalemate
