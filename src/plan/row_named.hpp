// Which row a fault names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/types.hpp"

namespace stalemate {

/// The row of that product id, or the one at that place in the order of keys, which is counted from 1. O(keys).
[[nodiscard]] std::optional<Key> row_named(std::string_view name, std::uint32_t keys);

}  // namespace stalemate
