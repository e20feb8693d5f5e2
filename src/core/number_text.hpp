// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace stalemate {

/// "1,234,567".
[[nodiscard]] std::string with_thousands(std::uint64_t count);

}  // namespace stalemate
