// Reading a scenario with or without looking its pattern and faults up.
#pragma once

#include <cstdint>
#include <string_view>

#include "scenario/scenario.hpp"

namespace stalemate {

/// `registered`: the pattern and faults must be known to this program; `any`: they are not looked up.
enum class Names : std::uint8_t { registered, any };

/// As parse_scenario.
[[nodiscard]] Result<Scenario> parse_fields(std::string_view text, std::string_view source_name, Names names);

}  // namespace stalemate
