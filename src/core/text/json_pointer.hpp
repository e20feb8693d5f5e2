// JSON pointers (RFC 6901) as people write them: "/items/0/quantity".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stalemate {

/// The names and indices that a pointer goes through, with ~1 and ~0 as the "/" and "~" that they stand for.
/// std::nullopt: it does not begin with "/", or a ~ stands before neither 0 nor 1.
[[nodiscard]] std::optional<std::vector<std::string>> names_of_pointer(std::string_view pointer);

}  // namespace stalemate
