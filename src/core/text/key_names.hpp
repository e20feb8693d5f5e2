// The product ids behind the keys: the origin's six, then generated ones.
#pragma once

#include <array>
#include <string_view>

#include "core/types.hpp"

namespace stalemate {

/// How many keys the origin's table has.
inline constexpr std::uint32_t origin_key_count = 6;
/// The quantity every row starts with.
inline constexpr Value initial_value = 1000;

/// The text of a UUID, without a terminator.
struct ProductId {
  std::array<char, 36> text = {};
  [[nodiscard]] std::string_view view() const { return {text.data(), text.size()}; }
  friend bool operator==(const ProductId&, const ProductId&) = default;
};

/// The key's product id: a pure function; distinct keys have distinct ids. Lower case, RFC 4122 version 4 form.
[[nodiscard]] ProductId product_id(Key key);

}  // namespace stalemate
